-- P3 between order and stock: what is paid or still open stays held, what is cancelled is given back.
-- Shape: subject text, key text, detail text; no row: it holds, once nothing is under way.
WITH parked AS (
    SELECT key FROM jumun_stock.parked
    UNION SELECT key FROM jumun_order.parked
)
SELECT 'order', o.order_id::text, format('order says %s, its stock is %s', o.state, coalesce(h.state, 'not held'))
  FROM jumun_order.orders o
  LEFT JOIN jumun_stock.hold h ON h.order_id = o.order_id
 WHERE (o.state IN ('RESERVED', 'PENDING', 'PAID') AND h.state IS DISTINCT FROM 'HELD'
        OR o.state IN ('CANCELLED', 'SOLD_OUT') AND h.state = 'HELD')
   AND o.order_id::text NOT IN (SELECT key FROM parked)
UNION ALL
SELECT 'order', o.order_id::text, 'order and stock have different lines or subtotals'
  FROM jumun_order.orders o
  JOIN jumun_stock.hold h ON h.order_id = o.order_id
 WHERE o.state IN ('RESERVED', 'PENDING', 'PAID', 'CANCELLED') AND h.state IN ('HELD', 'RELEASED')
   AND (o.subtotal <> h.subtotal OR o.items::jsonb <> h.items OR o.customer_id <> h.customer_id)
   AND o.order_id::text NOT IN (SELECT key FROM parked)
