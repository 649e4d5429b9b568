-- Whether a coupon would be taken now, in the contract's order of refusals.  $1 uuid, $2 text code.
-- No row: no such order.  Else reason (NULL: it would) and discount (NULL: unknown, or refused).
SELECT reason,
       CASE WHEN reason IS NULL THEN
           CASE WHEN percent > 0 THEN floor(subtotal::numeric * percent / 100)::bigint
                ELSE least(discount, subtotal) END::text END
FROM (SELECT o.subtotal, k.percent, k.discount,
             CASE WHEN o.status = 'CANCELLED' THEN 'CANCELLED'
                  WHEN o.status IN ('SOLD_OUT', 'PENDING', 'PAID') THEN 'TOO_LATE'
                  WHEN o.coupon_status = 'APPLIED' THEN 'ANOTHER_APPLIED'
                  WHEN k.coupon_code IS NULL THEN 'UNKNOWN'
                  WHEN k.customer_id <> o.customer_id THEN 'NOT_YOURS'
                  WHEN k.status = 'USED' THEN 'ALREADY_USED'
                  WHEN k.expires_at <= now() THEN 'EXPIRED'
                  WHEN o.subtotal < k.minimum_amount THEN 'BELOW_MINIMUM'
             END AS reason
      FROM order_shown o
      LEFT JOIN coupon_view k ON k.coupon_code = $2 AND k.issued
      WHERE o.order_id = $1) checked
