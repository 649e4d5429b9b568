-- save_gaps: one row per hole seen in a feed; all new or nothing.
-- $1 feed_gap[] rows
-- → bigint: rows written
WITH inserted AS (
    INSERT INTO feed_gap
    SELECT * FROM unnest($1::feed_gap[])
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted), cardinality($1))
