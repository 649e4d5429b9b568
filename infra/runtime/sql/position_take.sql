-- Takes source partitions over: a new epoch; a missing row is made at its start.  Waits for the
-- transaction of a former owner that is still moving one of them.
-- $1 text[] topic  $2 int[] partition  $3 bigint[] start, for rows that are missing  $4 uuid epoch
-- → topic, partition, next_offset, published_next
INSERT INTO consumer_position AS p (topic, partition, epoch, next_offset, published_next)
SELECT t.topic, t.partition, $4::uuid, t.start, t.start
FROM unnest($1::text[], $2::int[], $3::bigint[]) AS t (topic, partition, start)
ORDER BY t.topic, t.partition
ON CONFLICT (topic, partition) DO UPDATE SET epoch = EXCLUDED.epoch
RETURNING p.topic, p.partition, p.next_offset, p.published_next
