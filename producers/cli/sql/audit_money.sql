-- P5 within payment, true at every commit.  Shape: subject text, key text, detail text; no row: it holds.
-- What is credited and what stands captured is added up anew from single rows.
WITH credited AS (
    SELECT customer_id, sum(amount)::numeric AS won
      FROM jumun_payment.credit
     GROUP BY customer_id
), captured AS (
    SELECT customer_id, sum(captured_amount - refunded_amount)::numeric AS won
      FROM jumun_payment.payment
     WHERE customer_id IS NOT NULL
     GROUP BY customer_id
    HAVING sum(captured_amount - refunded_amount) <> 0
), counted AS (
    SELECT coalesce(b.customer_id, cr.customer_id, ca.customer_id) AS customer_id, b.balance,
           coalesce(b.credited, 0) AS said_credited, coalesce(b.captured, 0) AS said_captured,
           coalesce(cr.won, 0) AS credited, coalesce(ca.won, 0) AS captured
      FROM jumun_payment.balance b
      FULL JOIN credited cr ON cr.customer_id = b.customer_id
      FULL JOIN captured ca ON ca.customer_id = coalesce(b.customer_id, cr.customer_id)
)
SELECT 'customer', customer_id,
       format('%s credited and %s captured in single rows, but the balance says %s and %s', credited,
              captured, said_credited, said_captured)
  FROM counted
 WHERE credited <> said_credited OR captured <> said_captured
UNION ALL
SELECT 'customer', customer_id,
       format('%s credited, but %s left and %s captured', said_credited, balance, said_captured)
  FROM counted
 WHERE said_credited <> balance + said_captured OR balance < 0
UNION ALL
SELECT 'order', order_id::text, format('%s captured of %s, %s refunded, state %s', captured_amount, amount,
                                       refunded_amount, state)
  FROM jumun_payment.payment
 WHERE (state = 'CAPTURED' AND (captured_amount <> amount OR refunded_amount <> 0))
    OR (state = 'REFUNDED' AND refunded_amount <> captured_amount)
    OR (state IN ('NONE', 'OPEN', 'VOIDED', 'FENCED') AND (captured_amount <> 0 OR refunded_amount <> 0))
