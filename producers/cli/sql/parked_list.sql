-- What waits behind an event that failed, one row per key, oldest first.  $1 bigint: at most so many.
-- Shape: key_kind text, key text, events bigint, since timestamptz, reason text, detail text (of the first).
SELECT key_kind, key, count(*), min(parked_at),
       (array_agg(reason ORDER BY seq))[1], (array_agg(detail ORDER BY seq))[1]
  FROM parked
 GROUP BY key_kind, key
 ORDER BY min(seq)
 LIMIT $1
