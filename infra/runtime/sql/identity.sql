-- Writes which cluster the positions belong to, at the first start; afterwards tells what was written.
-- $1 text cluster_id  $2 text topic_prefix  → cluster_id, topic_prefix
WITH first AS (
    INSERT INTO cluster_identity (cluster_id, topic_prefix) VALUES ($1::text, $2::text)
    ON CONFLICT DO NOTHING
    RETURNING cluster_id, topic_prefix)
SELECT cluster_id, topic_prefix FROM first
UNION ALL
SELECT cluster_id, topic_prefix FROM cluster_identity
LIMIT 1
