-- save_holds: inserts holds of version 1, updates the others from the version before; all or JM001.
-- $1 bigint[] versions, $2 uuid[] order_id, $3 text[] customer_id, $4 text[] state, $5 text[] reason,
-- $6 text[] items (JSON), $7 bigint[] subtotal, $8 timestamptz[] deadline_at
-- → bigint: rows written
WITH given AS (
    SELECT version, order_id, customer_id, state, reason, items::jsonb AS items, subtotal, deadline_at
      FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::timestamptz[])
        AS g (version, order_id, customer_id, state, reason, items, subtotal, deadline_at)
), inserted AS (
    INSERT INTO hold (version, order_id, customer_id, state, reason, items, subtotal, deadline_at)
    SELECT version, order_id, customer_id, state, reason, items, subtotal, deadline_at
      FROM given
     WHERE version = 1
        ON CONFLICT (order_id) DO NOTHING
    RETURNING 1
), updated AS (
    UPDATE hold
       SET version = given.version, customer_id = given.customer_id, state = given.state, reason = given.reason,
           items = given.items, subtotal = given.subtotal, deadline_at = given.deadline_at
      FROM given
     WHERE hold.order_id = given.order_id
       AND hold.version = given.version - 1
       AND given.version > 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1::bigint[]))
