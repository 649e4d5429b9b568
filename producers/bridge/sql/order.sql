-- One order as GET /v1/orders/{id} shows it.  $1 uuid.  No row, or one; every column text, in the order of
-- enum order_column (order.h).
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
WHERE order_id = $1
