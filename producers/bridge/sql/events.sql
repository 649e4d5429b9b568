-- The next events of an order, and whether more can come.  $1 uuid, $2 int last seq seen, $3 int rows.
-- No row: no such order.  Else at least one, is_over the same in each; events is NULL when there are none.
SELECT o.is_over::text, e.events
FROM order_shown o
LEFT JOIN LATERAL (SELECT first_seq, events FROM order_events
                   WHERE order_id = o.order_id AND last_seq > $2
                   ORDER BY first_seq LIMIT $3) e ON true
WHERE o.order_id = $1
ORDER BY e.first_seq
