-- save_orders: inserts orders of version 1, updates the others from the version before; all or JM001.
-- $1 bigint[] versions, $2 uuid[] order_id, $3 text[] customer_id, $4 boolean[] cancelled, $5 text[] tries (JSON)
-- → bigint: rows written
WITH given AS (
    SELECT version, order_id, customer_id, cancelled, tries::jsonb AS tries
      FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::boolean[], $5::text[])
        AS g (version, order_id, customer_id, cancelled, tries)
), inserted AS (
    INSERT INTO order_coupon (version, order_id, customer_id, cancelled, tries)
    SELECT version, order_id, customer_id, cancelled, tries
      FROM given
     WHERE version = 1
        ON CONFLICT (order_id) DO NOTHING
    RETURNING 1
), updated AS (
    UPDATE order_coupon
       SET version = given.version, customer_id = given.customer_id, cancelled = given.cancelled, tries = given.tries
      FROM given
     WHERE order_coupon.order_id = given.order_id
       AND order_coupon.version = given.version - 1
       AND given.version > 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1::bigint[]))
