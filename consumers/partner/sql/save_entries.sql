-- save_entries: an entry of the ledger is written once and never changed; all new or nothing.
-- $1 entry[] rows
-- → bigint: rows written
WITH inserted AS (
    INSERT INTO entry
    SELECT * FROM unnest($1::entry[])
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted), cardinality($1))
