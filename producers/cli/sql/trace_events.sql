-- What the read model holds of an order's story.  $1 text: its id.
-- Shape: events text: a JSON array, [{"seq","event","event_id","at","data"}, …].  No row: not known.
SELECT events
  FROM order_events
 WHERE order_id = $1::uuid
 ORDER BY first_seq
