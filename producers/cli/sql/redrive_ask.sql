-- Begins a job: asks the owner to run the parked events of the keys selected again, oldest first.  A key that
-- is asked for already is left to the job that asked.
-- $1 uuid job  $2 text by whom  $3 text why  $4 text selection as JSON  $5 text command  $6 integer keys a second
-- $7 boolean force  $8 bigint at most so many keys
-- Shape: keys asked bigint, keys selected bigint, of those already asked for bigint.
WITH selected AS (
    SELECT * FROM redrive_selected($4::text::jsonb)
), chosen AS (
    SELECT * FROM selected WHERE request_id IS NULL ORDER BY seq LIMIT $8
), job AS (
    INSERT INTO redrive_job (id, requested_by, why, selection, command, per_second, is_forced)
    SELECT $1, $2, $3, $4::text::jsonb, $5, $6, $7
     WHERE EXISTS (SELECT FROM chosen)
    RETURNING id
), asked AS (
    INSERT INTO redrive_request (key_kind, key, requested_by, job_id, events_asked)
    SELECT c.key_kind, c.key, $2, job.id, c.events
      FROM chosen AS c CROSS JOIN job
     ORDER BY c.seq
    ON CONFLICT DO NOTHING
    RETURNING 1
)
SELECT (SELECT count(*) FROM asked), count(*), count(request_id)
  FROM selected
