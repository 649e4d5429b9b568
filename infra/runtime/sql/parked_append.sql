-- Parks events, in the order given.  A deadline that is parked already, or a record that another owner
-- parked, is not parked twice.
-- $1 text[] key_kind  $2 text[] key  $3 text[] topic  $4 int[] partition  $5 bigint[] record_offset
-- $6 timestamptz[] recorded_at  $7 text[] headers as JSON  $8 bytea[] record_key  $9 bytea[] record_value
-- $10 text[] reason  $11 text[] detail
INSERT INTO parked (key_kind, key, topic, partition, record_offset, recorded_at, headers, record_key,
                    record_value, reason, detail, attempts, tried_at)
SELECT e.key_kind, e.key, e.topic, e.partition, e.record_offset, e.recorded_at, e.headers::jsonb,
       e.record_key, e.record_value, e.reason, e.detail, (e.reason <> 'behind')::int,
       CASE WHEN e.reason <> 'behind' THEN clock_timestamp() END
FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::bigint[], $6::timestamptz[], $7::text[],
            $8::bytea[], $9::bytea[], $10::text[], $11::text[])
     WITH ORDINALITY
     AS e (key_kind, key, topic, partition, record_offset, recorded_at, headers, record_key,
           record_value, reason, detail, at)
ORDER BY e.at
ON CONFLICT DO NOTHING
