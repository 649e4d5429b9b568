-- The oldest open request whose first parked event lies in one of our partition numbers, or of which
-- nothing is parked.
-- $1 int[] partition  → id, key_kind, key, partition of the first parked event or NULL
SELECT r.id, r.key_kind, r.key, f.partition
FROM redrive_request AS r
LEFT JOIN LATERAL (
    SELECT p.partition FROM parked AS p
    WHERE p.key = r.key AND p.key_kind = r.key_kind
    ORDER BY p.seq LIMIT 1) AS f ON true
WHERE r.finished_at IS NULL AND (f.partition IS NULL OR f.partition = ANY ($1::int[]))
ORDER BY r.id
LIMIT 1
