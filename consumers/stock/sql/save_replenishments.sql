-- save_replenishments: a replenishment is counted once and never changed; all new or JM001.
-- $1 bigint[] versions, $2 text[] replenishment_id, $3 text[] product_id, $4 integer[] quantity, $5 timestamptz[] counted_at
-- → bigint: rows written
WITH inserted AS (
    INSERT INTO replenishment (version, replenishment_id, product_id, quantity, counted_at)
    SELECT version, replenishment_id, product_id, quantity, counted_at
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::integer[], $5::timestamptz[])
        AS g (version, replenishment_id, product_id, quantity, counted_at)
     WHERE version = 1
        ON CONFLICT (replenishment_id) DO NOTHING
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted), cardinality($1::bigint[]))
