-- How far jobs are, newest first.  $1 text: a job's id, NULL: all.  $2 bigint: at most so many.
-- Shape: id uuid, requested_by text, why text, requested_at timestamptz, command text, keys bigint,
--        waiting bigint, handed_back bigint, failed_again bigint, given_up bigint, stopped bigint,
--        nothing_parked bigint, events_asked bigint, events_handled bigint, finished_at timestamptz or NULL,
--        per_second integer, is_forced boolean.
SELECT id, requested_by, why, requested_at, command, keys, waiting, handed_back, failed_again, given_up, stopped,
       nothing_parked, events_asked, events_handled::bigint, finished_at, per_second, is_forced
  FROM redrive_progress
 WHERE $1::text IS NULL OR id = $1::uuid
 ORDER BY requested_at DESC
 LIMIT $2
