-- P7 between order, export and the example partner: every paid order is sent, and no other; the partner has
-- what was sent, under the same number.  Shape: subject text, key text, detail text; no row: it holds, once
-- nothing is under way.
WITH parked AS (
    SELECT key FROM jumun_export.parked
    UNION SELECT key FROM jumun_order.parked
    UNION SELECT key FROM jumun_partner.parked
), sent AS (
    SELECT coalesce(o.order_id, e.order_id) AS order_id, coalesce(o.state, 'unknown') AS state, o.amount,
           o.customer_id, e.order_id IS NOT NULL AS is_sent, e.amount AS sent_amount,
           e.customer_id AS sent_customer
      FROM jumun_order.orders o
      FULL JOIN jumun_export.export e ON e.order_id = o.order_id
)
SELECT 'order', order_id::text, CASE WHEN is_sent THEN format('%s, but sent to the partner', state)
                                     ELSE 'paid, but not sent to the partner' END
  FROM sent
 WHERE (state = 'PAID') <> is_sent
   AND order_id::text NOT IN (SELECT key FROM parked)
UNION ALL
SELECT 'order', order_id::text, format('paid %s by %s, sent as %s by %s', amount, customer_id, sent_amount,
                                       sent_customer)
  FROM sent
 WHERE is_sent AND state = 'PAID' AND (amount <> sent_amount OR customer_id <> sent_customer)
UNION ALL
SELECT 'order', p.order_id::text, format('the partner has %s/%s for %s, sent was %s/%s for %s', p.feed,
                                         p.feed_sequence, p.amount, coalesce(e.feed, '-'), e.feed_sequence,
                                         e.amount)
  FROM jumun_partner.entry p
  LEFT JOIN jumun_export.export e ON e.order_id = p.order_id
 WHERE (p.feed, p.feed_sequence, p.amount) IS DISTINCT FROM (e.feed, e.feed_sequence, e.amount)
   AND p.order_id::text NOT IN (SELECT key FROM parked)
UNION ALL
SELECT 'order', e.order_id::text, 'acknowledged by the example partner, which does not have it'
  FROM jumun_export.export e
  LEFT JOIN jumun_partner.entry p ON p.order_id = e.order_id
 WHERE e.state = 'ACKNOWLEDGED' AND e.partner = 'example-partner' AND p.order_id IS NULL
   AND e.order_id::text NOT IN (SELECT key FROM parked)
