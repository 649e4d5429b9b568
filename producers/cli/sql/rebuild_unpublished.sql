-- Events of one type that are decided and perhaps not published.  $1 text topic
-- → value text, at timestamptz, partition integer of the cause
SELECT f.value::text, f.at, f.cause_partition
  FROM outbox_event AS f
 WHERE f.topic = $1::text AND NOT f.is_published
 ORDER BY f.batch_no, f.seq
