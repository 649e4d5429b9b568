-- What became of a job's keys.  $1 text: its id.  $2 boolean: those that are handed back as well.
-- $3 bigint: at most so many.
-- Shape: key_kind text, key text, outcome text ('asked': still open), detail text, events_handled bigint.
SELECT key_kind, key, coalesce(outcome, 'asked'), coalesce(detail, ''), events_handled
  FROM redrive_request
 WHERE job_id = $1::uuid AND ($2 OR outcome IS DISTINCT FROM 'done')
 ORDER BY id
 LIMIT $3
