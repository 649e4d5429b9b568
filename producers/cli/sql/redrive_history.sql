-- Who had what handed back, and what became of it; the latest, oldest first.  $1 text: a key, NULL: all.
-- $2 text: a job's id, NULL: all.  $3 text: since, NULL: ever.  $4 bigint: at most so many.
-- Shape: at timestamptz, action text, by_whom text, why text, database_role text, job_id text, key_kind text,
--        key text, event text ('': none), attempts integer, reason text, detail text.
SELECT at, action, by_whom, why, database_role, job_id, key_kind, key, event, attempts, reason, detail
  FROM (SELECT id, at, action, by_whom, why, database_role, coalesce(job_id::text, '') AS job_id, key_kind, key,
               coalesce(topic || '/' || partition || '/' || record_offset, '') AS event,
               coalesce(attempts, 0) AS attempts, coalesce(reason, '') AS reason, coalesce(detail, '') AS detail
          FROM redrive_history
         WHERE ($1::text IS NULL OR key = $1) AND ($2::text IS NULL OR job_id = $2::uuid)
           AND ($3::text IS NULL OR at >= $3::text::timestamptz)
         ORDER BY id DESC
         LIMIT $4) AS latest
 ORDER BY id
