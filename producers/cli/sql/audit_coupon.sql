-- P4 within coupon, true at every commit.  Shape: subject text, key text, detail text; no row: it holds.
WITH standing AS (
    SELECT coupon_code, order_id
      FROM jumun_coupon.redemption
     WHERE outcome = 'APPLIED'
)
SELECT 'coupon', coupon_code, format('on %s live orders', count(*))
  FROM standing
 GROUP BY coupon_code
HAVING count(*) > 1
UNION ALL
SELECT 'order', order_id::text, format('has %s coupons', count(*))
  FROM standing
 GROUP BY order_id
HAVING count(*) > 1
UNION ALL
SELECT 'coupon', s.coupon_code, format('redeemed by order %s, but it says %s', s.order_id,
                                       coalesce(c.state || ' ' || coalesce(c.used_by::text, ''), 'nothing'))
  FROM standing s
  LEFT JOIN jumun_coupon.coupon c USING (coupon_code)
 WHERE c.state IS DISTINCT FROM 'USED' OR c.used_by IS DISTINCT FROM s.order_id
UNION ALL
SELECT 'coupon', c.coupon_code, format('used by order %s, which has no redemption of it', c.used_by)
  FROM jumun_coupon.coupon c
 WHERE c.state = 'USED'
   AND NOT EXISTS (SELECT FROM standing s WHERE s.coupon_code = c.coupon_code AND s.order_id = c.used_by)
UNION ALL
SELECT 'order', o.order_id::text, format('cancelled, but coupon %s is still applied', s.coupon_code)
  FROM jumun_coupon.order_coupon o
  JOIN standing s USING (order_id)
 WHERE o.cancelled
UNION ALL
SELECT 'order', o.order_id::text, format('coupon %s belongs to customer %s', c.coupon_code, c.customer_id)
  FROM jumun_coupon.order_coupon o
  JOIN standing s USING (order_id)
  JOIN jumun_coupon.coupon c USING (coupon_code)
 WHERE c.customer_id <> o.customer_id
