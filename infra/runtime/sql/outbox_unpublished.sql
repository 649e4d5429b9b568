-- What has to go out again, in the order of batches.
-- $1 text[] topic  $2 int[] partition  $3 bigint[] published_next
-- → topic, partition, first_offset, last_offset, batch_no, event_count, events
SELECT o.topic, o.partition, o.first_offset, o.last_offset, o.batch_no, o.event_count, o.events
FROM unnest($1::text[], $2::int[], $3::bigint[]) AS p (topic, partition, published_next)
JOIN outbox AS o ON o.topic = p.topic AND o.partition = p.partition
                AND o.last_offset >= p.published_next
ORDER BY o.partition, o.batch_no, o.topic, o.last_offset
