-- Says how a request ended; the event that failed is told from the others and counted.
-- $1 bigint id  $2 text outcome  $3 text detail  $4 bigint seq of the parked event that failed, 0: none
-- $5 text its SQLSTATE, '': not known
WITH tried AS (
    UPDATE parked
    SET attempts = attempts + 1, tried_at = clock_timestamp(),
        reason = CASE WHEN $5::text = '' THEN reason ELSE $5::text END, detail = $3::text
    WHERE seq = $4::bigint)
UPDATE redrive_request
SET finished_at = clock_timestamp(), outcome = $2::text, detail = $3::text
WHERE id = $1::bigint AND finished_at IS NULL
