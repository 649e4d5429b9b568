-- save_credits: a credit is counted once and never changed; all new or nothing.
-- $1 credit[] rows
-- → bigint: rows written
WITH inserted AS (
    INSERT INTO credit
    SELECT * FROM unnest($1::credit[])
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted), cardinality($1))
