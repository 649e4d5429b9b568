-- Moves source partitions, or raises JM002: another owner, or not where we thought.
-- $1 text[] topic  $2 int[] partition  $3 bigint[] expected next_offset  $4 bigint[] next_offset
-- $5 bigint[] published_next  $6 uuid epoch  → one row
WITH moved AS (
    UPDATE consumer_position AS p
    SET next_offset = m.next_offset, published_next = m.published_next
    FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[])
         AS m (topic, partition, expected, next_offset, published_next)
    WHERE p.topic = m.topic AND p.partition = m.partition
      AND p.epoch = $6::uuid AND p.next_offset = m.expected
    RETURNING 1)
SELECT fence(count(*), cardinality($1)) FROM moved
