-- save_replenishments: a replenishment is counted once and never changed; all new or nothing.
-- $1 replenishment_seen[] rows, each with its new version (1 = first)
-- → bigint: rows written
WITH given AS (
    SELECT * FROM unnest($1::replenishment_seen[])
), inserted AS (
    INSERT INTO replenishment_seen
    SELECT * FROM given WHERE version = 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted), cardinality($1))
