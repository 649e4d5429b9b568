-- P5 between order and payment: captured less refunded is the amount of a paid order, and nothing for any
-- other.  Shape: subject text, key text, detail text; no row: it holds, once nothing is under way.
WITH parked AS (
    SELECT key FROM jumun_payment.parked
    UNION SELECT key FROM jumun_order.parked
), owed AS (
    SELECT coalesce(o.order_id, p.order_id) AS order_id, coalesce(o.state, 'NONE') AS state,
           CASE o.state WHEN 'PAID' THEN o.amount ELSE 0 END AS due,
           coalesce(p.captured_amount - p.refunded_amount, 0) AS stands,
           o.created_revision, o.customer_id, p.state AS payment, p.customer_id AS payer
      FROM jumun_order.orders o
      FULL JOIN jumun_payment.payment p ON p.order_id = o.order_id
)
SELECT 'order', order_id::text, format('%s: %s is due, %s stands captured', state, due, stands)
  FROM owed
 WHERE due <> stands
   AND order_id::text NOT IN (SELECT key FROM parked)
UNION ALL
SELECT 'order', order_id::text, format('%s, but payment says %s', state, coalesce(payment, 'nothing'))
  FROM owed
 WHERE (state = 'PAID' AND payment IS DISTINCT FROM 'CAPTURED'
        OR state = 'CANCELLED' AND created_revision > 0 AND coalesce(payment, '') NOT IN ('REFUNDED', 'VOIDED'))
   AND order_id::text NOT IN (SELECT key FROM parked)
UNION ALL
SELECT 'order', order_id::text, format('customer %s ordered, customer %s paid', customer_id, payer)
  FROM owed
 WHERE stands <> 0 AND customer_id <> payer
UNION ALL
SELECT 'order', order_id::text, format('amount %s is not subtotal %s less discount %s', amount, subtotal, discount)
  FROM jumun_order.orders
 WHERE state IN ('PENDING', 'PAID') AND amount <> subtotal - discount
