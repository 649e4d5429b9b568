-- The next events of many orders, as events.sql tells those of one.  $1 uuid[], $2 int[] last seq seen of each,
-- $3 int rows of each.  In the order of the array: its place there, from 1, is_over, events (NULL: none).
SELECT asked.place::text, o.is_over::text, e.events
FROM unnest($1::uuid[], $2::integer[]) WITH ORDINALITY AS asked (order_id, last_seq, place)
JOIN order_shown o USING (order_id)
LEFT JOIN LATERAL (SELECT first_seq, events FROM order_events
                   WHERE order_id = asked.order_id AND last_seq > asked.last_seq
                   ORDER BY first_seq LIMIT $3) e ON true
ORDER BY asked.place, e.first_seq
