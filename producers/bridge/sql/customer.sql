-- A customer's balance and coupons.  $1 text, $2 int at most so many coupons.
-- No row: unknown.  Else one row per coupon that is the customer's own; coupon_code NULL when there are none.
SELECT c.customer_id, c.balance::text, k.coupon_code, k.status,
       CASE WHEN k.percent = 0 THEN k.discount::text END,
       nullif(k.percent, 0)::text, nullif(k.minimum_amount, 0)::text,
       to_char(k.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
FROM customer_view c
LEFT JOIN LATERAL (SELECT * FROM coupon_view
                   WHERE customer_id = c.customer_id AND issued
                   ORDER BY coupon_code LIMIT $2) k ON true
WHERE c.customer_id = $1 AND c.known
ORDER BY k.coupon_code
