-- What became of requests.  $1 bigint[]: their ids.
-- Shape: id bigint, key text, is_finished boolean, outcome text, detail text.
SELECT id, key, finished_at IS NOT NULL, coalesce(outcome, ''), coalesce(detail, '')
  FROM redrive_request
 WHERE id = ANY ($1)
 ORDER BY id
