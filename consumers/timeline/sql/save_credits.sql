-- save_credits: a credit is counted once and never changed; all new or nothing.
-- $1 credit_seen[] rows, each with its new version (1 = first)
-- → bigint: rows written
WITH given AS (
    SELECT * FROM unnest($1::credit_seen[])
), inserted AS (
    INSERT INTO credit_seen
    SELECT * FROM given WHERE version = 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted), cardinality($1))
