-- save_early: inserts rows of version 1, updates the others from the version before; all or JM001.
-- $1 bigint[] versions, $2 uuid[] order_id, $3 text[] customers (JSON)
-- → bigint: rows written
WITH given AS (
    SELECT version, order_id, customers::jsonb AS customers
      FROM unnest($1::bigint[], $2::uuid[], $3::text[])
        AS g (version, order_id, customers)
), inserted AS (
    INSERT INTO early (version, order_id, customers)
    SELECT version, order_id, customers
      FROM given
     WHERE version = 1
        ON CONFLICT (order_id) DO NOTHING
    RETURNING 1
), updated AS (
    UPDATE early
       SET version = given.version, customers = given.customers
      FROM given
     WHERE early.order_id = given.order_id
       AND early.version = given.version - 1
       AND given.version > 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1::bigint[]))
