-- Takes handled events out of the parked ones; JM001 when someone else did.
-- $1 bigint[] seq  → one row
WITH gone AS (DELETE FROM parked WHERE seq = ANY ($1::bigint[]) RETURNING 1)
SELECT expect_rows(count(*), cardinality($1)) FROM gone
