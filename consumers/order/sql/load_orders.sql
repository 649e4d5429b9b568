-- load_orders: orders by id.
-- $1 text[] keys
-- → version bigint, order_id uuid, customer_id text, state text, items jsonb, subtotal bigint, discount bigint,
-- amount bigint, coupon_code text, codes jsonb, auto_pay boolean, on_coupon_rejected text,
-- on_payment_failure text, has_expected_amount boolean, expected_amount bigint, submitted_revision integer,
-- submitted_code text, shipping jsonb, created_revision integer, deadline_at timestamptz,
-- timer_partition integer, paid_at timestamptz, cancel_reason text, cancels_answered integer,
-- stock_released boolean, payment_refunded boolean, has_early boolean
SELECT version, order_id, customer_id, state, items, subtotal, discount, amount, coupon_code, codes, auto_pay,
       on_coupon_rejected, on_payment_failure, has_expected_amount, expected_amount, submitted_revision,
       submitted_code, shipping, created_revision, deadline_at, timer_partition, paid_at, cancel_reason,
       cancels_answered, stock_released, payment_refunded, has_early
  FROM orders
 WHERE order_id = ANY ($1::text[]::uuid[])
