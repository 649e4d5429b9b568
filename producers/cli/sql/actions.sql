-- What was done, newest first.  $1 bigint: only those before this id, NULL: all.  $2 text: a target, NULL: any.
-- $3 bigint: at most so many.
-- Shape: id bigint, at timestamptz, kind text, by_whom text, why text or NULL, target text, arguments text (JSON),
--        database_role text, outcome text or NULL: under way, or killed; ended_at timestamptz or NULL,
--        exit_status integer or NULL, detail text.
SELECT a.id, a.at, a.kind, a.by_whom, a.why, a.target, array_to_json(a.arguments)::text, a.database_role,
       o.outcome, o.at, o.exit_status, coalesce(o.detail, '')
  FROM action AS a
  LEFT JOIN action_outcome AS o ON o.action_id = a.id
 WHERE ($1::bigint IS NULL OR a.id < $1) AND ($2::text IS NULL OR a.target = $2)
 ORDER BY a.id DESC
 LIMIT $3
