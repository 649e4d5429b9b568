-- Says how a request ended.
-- $1 bigint id  $2 text outcome  $3 text detail
UPDATE redrive_request
SET finished_at = clock_timestamp(), outcome = $2::text, detail = $3::text
WHERE id = $1::bigint AND finished_at IS NULL
