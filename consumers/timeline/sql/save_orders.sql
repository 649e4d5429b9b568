-- save_orders: orders: inserts those of version 1, updates the others from the version before; all or JM001.
-- $1 bigint[] versions, $2 uuid[] order_id, $3 text[] customer_id, $4 timestamptz[] created_at,
-- $5 text[] request_digest, $6 text[] status, $7 bytea[] fold, $8 text[] codes (JSON),
-- $9 text[] shown (JSON), $10 text[] items (JSON), $11 text[] shipping (JSON),
-- $12 text[] rejection_lines (JSON)
-- → bigint: rows written
-- items, shipping, rejection_lines: JSON null leaves what is there.
WITH given AS (
    SELECT version, order_id, customer_id, created_at, request_digest, status, fold,
           codes::json AS codes, shown, nullif(items, 'null')::json AS items,
           nullif(shipping, 'null')::json AS shipping,
           nullif(rejection_lines, 'null')::json AS rejection_lines
      FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[], $6::text[],
                  $7::bytea[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[])
        AS g (version, order_id, customer_id, created_at, request_digest, status, fold, codes,
              shown, items, shipping, rejection_lines)
), inserted AS (
    INSERT INTO order_view (version, order_id, customer_id, created_at, request_digest, status,
        fold, codes, shown, items, shipping, rejection_lines)
    SELECT version, order_id, customer_id, created_at, request_digest, status, fold, codes, shown,
           items, shipping, rejection_lines
      FROM given
     WHERE version = 1
        ON CONFLICT (order_id) DO NOTHING
    RETURNING 1
), updated AS (
    UPDATE order_view
       SET version = given.version, customer_id = given.customer_id, created_at = given.created_at,
           request_digest = given.request_digest, status = given.status, fold = given.fold,
           codes = given.codes, shown = given.shown,
           items = coalesce(given.items, order_view.items),
           shipping = coalesce(given.shipping, order_view.shipping),
           rejection_lines = coalesce(given.rejection_lines, order_view.rejection_lines)
      FROM given
     WHERE order_view.order_id = given.order_id
       AND order_view.version = given.version - 1
       AND given.version > 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated),
                   cardinality($1::bigint[]))
