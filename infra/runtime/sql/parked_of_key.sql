-- The parked events of one key, in order.
-- $1 text key_kind  $2 text key  $3 int limit
-- → seq, topic, partition, record_offset, recorded_at, headers, record_key, record_value
SELECT seq, topic, partition, record_offset, recorded_at, headers, record_key, record_value
FROM parked
WHERE key_kind = $1::text AND key = $2::text
ORDER BY seq
LIMIT $3::int
