-- A new epoch over our own, after a commit whose answer was lost.  Fenced where a row has neither the old
-- epoch nor already the new one.
-- $1 text[] topic  $2 int[] partition  $3 uuid old epoch  $4 uuid new epoch
-- → topic, partition, next_offset, published_next
WITH taken AS (
    UPDATE consumer_position AS p SET epoch = $4::uuid
    FROM unnest($1::text[], $2::int[]) AS t (topic, partition)
    WHERE p.topic = t.topic AND p.partition = t.partition AND p.epoch IN ($3::uuid, $4::uuid)
    RETURNING p.topic, p.partition, p.next_offset, p.published_next)
SELECT topic, partition, next_offset, published_next
FROM taken
WHERE fence((SELECT count(*) FROM taken), cardinality($1)) IS NOT NULL
