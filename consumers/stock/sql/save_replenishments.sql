-- save_replenishments: a replenishment is counted once and never changed; all new or nothing.
-- $1 replenishment[] rows
-- → bigint: rows written
WITH inserted AS (
    INSERT INTO replenishment
    SELECT * FROM unnest($1::replenishment[])
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted), cardinality($1))
