-- Begins the oldest open request whose first parked event lies in one of our partition numbers, or of which
-- nothing is parked.
-- $1 int[] partition  → id, key_kind, key, partition of the first parked event or NULL, its seq, its attempts,
--    begun_count, is_forced, per_second, was_handled
WITH oldest AS (
    SELECT r.id, f.partition, f.seq, f.attempts, coalesce(j.is_forced, false) AS is_forced,
           coalesce(j.per_second, 0) AS per_second
    FROM redrive_request AS r
    LEFT JOIN redrive_job AS j ON j.id = r.job_id
    LEFT JOIN LATERAL (
        SELECT p.partition, p.seq, p.attempts FROM parked AS p
        WHERE p.key = r.key AND p.key_kind = r.key_kind
        ORDER BY p.seq LIMIT 1) AS f ON true
    WHERE r.finished_at IS NULL AND (f.partition IS NULL OR f.partition = ANY ($1::int[]))
    ORDER BY r.id
    LIMIT 1)
UPDATE redrive_request AS r
SET begun_count = r.begun_count + 1, begun_at = coalesce(r.begun_at, clock_timestamp())
FROM oldest AS o
WHERE r.id = o.id AND r.finished_at IS NULL
RETURNING r.id, r.key_kind, r.key, o.partition, coalesce(o.seq, 0), coalesce(o.attempts, 0), r.begun_count,
          o.is_forced, o.per_second, r.events_handled > 0
