-- save_replenishments: a replenishment is counted once and never changed; all new or JM001.
-- $1 bigint[] versions, $2 text[] replenishment_id, $3 text[] product_id, $4 integer[] quantity
-- → bigint: rows written
WITH given AS (
    SELECT version, replenishment_id, product_id, quantity
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::integer[])
        AS g (version, replenishment_id, product_id, quantity)
), inserted AS (
    INSERT INTO replenishment_seen (version, replenishment_id, product_id, quantity)
    SELECT version, replenishment_id, product_id, quantity
      FROM given
     WHERE version = 1
        ON CONFLICT (replenishment_id) DO NOTHING
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted), cardinality($1::bigint[]))
