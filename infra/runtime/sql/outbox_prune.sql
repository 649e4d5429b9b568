-- Forgets published outbox rows of a certain age, the oldest few of each source partition at once.
-- $1 text[] topic  $2 int[] partition  $3 bigint[] published_next  $4 bigint age in µs  → one row: count
WITH old AS (
    SELECT o.topic, o.partition, o.last_offset
    FROM unnest($1::text[], $2::int[], $3::bigint[]) AS p (topic, partition, published_next)
    CROSS JOIN LATERAL (
        SELECT topic, partition, last_offset, written_at
        FROM outbox
        WHERE topic = p.topic AND partition = p.partition AND last_offset < p.published_next
        ORDER BY topic, partition, last_offset
        LIMIT 20) AS o
    WHERE o.written_at < clock_timestamp() - $4::bigint * interval '1 microsecond'),
gone AS (
    DELETE FROM outbox USING old
    WHERE outbox.topic = old.topic AND outbox.partition = old.partition
      AND outbox.last_offset = old.last_offset
    RETURNING 1)
SELECT count(*) FROM gone
