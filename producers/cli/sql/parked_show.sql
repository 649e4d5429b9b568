-- The parked events of one key, in the order in which they will run.  $1 text: the key; NULL: of every key.
-- Shape: key_kind text, key text, seq bigint, topic text, partition integer, record_offset bigint,
--        recorded_at timestamptz, record_value bytea, reason text, detail text.
SELECT key_kind, key, seq, topic, partition, record_offset, recorded_at, record_value, reason, detail
  FROM parked
 WHERE $1::text IS NULL OR key = $1
 ORDER BY key_kind, key, seq
