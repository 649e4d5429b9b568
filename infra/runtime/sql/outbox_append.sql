-- Appends outbox rows, each with the next batch number of its partition number.
-- $1 text[] topic  $2 int[] partition  $3 bigint[] first_offset  $4 bigint[] last_offset
-- $5 int[] event_count  $6 bytea[] events
WITH batch AS (
    INSERT INTO batch_counter AS c (partition, batch_no)
    SELECT DISTINCT partition, 1::bigint FROM unnest($2::int[]) AS u (partition) ORDER BY partition
    ON CONFLICT (partition) DO UPDATE SET batch_no = c.batch_no + 1
    RETURNING c.partition, c.batch_no)
INSERT INTO outbox (topic, partition, first_offset, last_offset, batch_no, event_count, events)
SELECT o.topic, o.partition, o.first_offset, o.last_offset, b.batch_no, o.event_count, o.events
FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::int[], $6::bytea[])
     AS o (topic, partition, first_offset, last_offset, event_count, events)
JOIN batch AS b USING (partition)
