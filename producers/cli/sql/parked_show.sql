-- The parked events of the keys selected, in the order in which they will run.  $1 text: a selection as JSON.
-- $2 bigint: of at most so many keys.
-- Shape: key_kind text, key text, nth bigint, events bigint, topic text, partition integer,
--        record_offset bigint, recorded_at timestamptz, headers text, record_key bytea, record_value bytea,
--        reason text, detail text, attempts integer, tried_at timestamptz or NULL, parked_at timestamptz.
WITH chosen AS (
    SELECT key_kind, key, events, seq FROM redrive_selected($1::text::jsonb) ORDER BY seq LIMIT $2
)
SELECT p.key_kind, p.key, row_number() OVER (PARTITION BY c.seq ORDER BY p.seq), c.events, p.topic, p.partition,
       p.record_offset, p.recorded_at, p.headers::text, p.record_key, p.record_value, p.reason, p.detail,
       p.attempts, p.tried_at, p.parked_at
  FROM chosen AS c
  JOIN parked AS p ON p.key = c.key AND p.key_kind = c.key_kind
 ORDER BY c.seq, p.seq
