-- What waits behind an event that failed, one row per key, oldest first.  $1 text: a selection as JSON.
-- $2 bigint: at most so many.
-- Shape: key_kind text, key text, events bigint, since timestamptz, reason text, detail text (of the first),
--        attempts integer, job_id uuid or NULL (it is asked for).
SELECT key_kind, key, events, parked_at, reason, detail, attempts, job_id
  FROM redrive_selected($1::text::jsonb)
 ORDER BY seq
 LIMIT $2
