-- Writes which cluster the positions belong to, at the first start; afterwards tells what was written.
-- $1 text cluster_id  $2 text topic_prefix  → cluster_id, topic_prefix
-- Two first instances at once: the second waits for the first, and is told what that one wrote.
INSERT INTO cluster_identity AS there (cluster_id, topic_prefix) VALUES ($1::text, $2::text)
ON CONFLICT (only_row) DO UPDATE SET recorded_at = there.recorded_at
RETURNING cluster_id, topic_prefix
