-- A page of a customer's orders, newest first, as order.sql shows each.
-- $1 text customer_id; $2 timestamptz and $3 uuid: the last order of the page before; $4 int limit.
SELECT order_id::text, version::text, customer_id, status, at_rest::text, next,
       items::text, subtotal::text, discount::text, amount::text,
       coupon_code, coupon_status, coupon_reason,
       shipping::text, revision::text,
       payment_status, payment_attempt::text, payment_reason,
       compensation_stock, compensation_coupon, compensation_payment,
       export, rejection_reason, rejection_lines::text, cancel_reason,
       to_char(deadline_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
       (extract(epoch FROM created_at) * 1000000)::bigint::text,
       (SELECT string_agg(substr(events, 2, length(events) - 2), ',' ORDER BY first_seq)
          FROM order_events e WHERE e.order_id = o.order_id)
FROM order_shown o
WHERE customer_id = $1 AND (created_at, order_id) < ($2, $3)
ORDER BY created_at DESC, order_id DESC
LIMIT $4
