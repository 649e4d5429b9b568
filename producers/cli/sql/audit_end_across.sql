-- P6: one end per order, and every service agrees on it.  Shape: subject text, key text, detail text; no
-- row: it holds, once nothing is under way.  Orders with parked events are not judged.
WITH parked AS (
    SELECT key FROM jumun_stock.parked
    UNION SELECT key FROM jumun_coupon.parked
    UNION SELECT key FROM jumun_order.parked
    UNION SELECT key FROM jumun_payment.parked
    UNION SELECT key FROM jumun_export.parked
    UNION SELECT key FROM jumun_timeline.parked
), known AS (
    SELECT coalesce(o.order_id, h.order_id) AS order_id, o.state, h.state AS hold
      FROM jumun_order.orders o
      FULL JOIN jumun_stock.hold h ON h.order_id = o.order_id
     WHERE o.state IS DISTINCT FROM 'NONE' OR h.order_id IS NOT NULL
)
SELECT 'order', order_id::text, format('stock has it as %s, order does not know it', hold)
  FROM known
 WHERE coalesce(state, 'NONE') = 'NONE' AND hold <> 'FENCED'
   AND order_id::text NOT IN (SELECT key FROM parked)
UNION ALL
SELECT 'order', order_id::text, format('order says %s, stock says %s', state, coalesce(hold, 'nothing'))
  FROM known
 WHERE state <> 'NONE' AND (state = 'SOLD_OUT') <> (coalesce(hold, '') = 'REFUSED')
   AND NOT (state = 'CANCELLED' AND hold = 'REFUSED')
   AND order_id::text NOT IN (SELECT key FROM parked)
UNION ALL
SELECT 'order', o.order_id::text, format('order says %s, the read model shows %s', o.state,
                                         coalesce(v.status, 'nothing'))
  FROM jumun_order.orders o
  LEFT JOIN jumun_timeline.order_view v ON v.order_id = o.order_id
 WHERE o.state <> 'NONE' AND v.status IS DISTINCT FROM o.state
   AND o.order_id::text NOT IN (SELECT key FROM parked)
