-- P4 between order and coupon: a coupon stands for the order whose discount it is, and for no order that is
-- cancelled.  Shape: subject text, key text, detail text; no row: it holds, once nothing is under way.
WITH parked AS (
    SELECT key FROM jumun_coupon.parked
    UNION SELECT key FROM jumun_order.parked
), standing AS (
    SELECT order_id, coupon_code, discount
      FROM jumun_coupon.redemption
     WHERE outcome = 'APPLIED'
)
SELECT 'order', o.order_id::text,
       format('%s with coupon %s and discount %s, but coupon has %s and %s', o.state,
              coalesce(o.coupon_code, 'none'), o.discount, coalesce(s.coupon_code, 'none'),
              coalesce(s.discount, 0))
  FROM jumun_order.orders o
  LEFT JOIN standing s ON s.order_id = o.order_id
 WHERE o.state IN ('PENDING', 'PAID')
   AND (o.coupon_code IS DISTINCT FROM s.coupon_code OR o.discount <> coalesce(s.discount, 0))
   AND o.order_id::text NOT IN (SELECT key FROM parked)
UNION ALL
SELECT 'order', s.order_id::text, format('%s, but coupon %s is still on it', coalesce(o.state, 'unknown'), s.coupon_code)
  FROM standing s
  LEFT JOIN jumun_order.orders o ON o.order_id = s.order_id
 WHERE coalesce(o.state, 'NONE') NOT IN ('RESERVED', 'PENDING', 'PAID')
   AND s.order_id::text NOT IN (SELECT key FROM parked)
