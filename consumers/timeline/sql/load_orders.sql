-- load_orders: orders; what is only shown (items, shipping, rejection_lines) stays where it is.
-- $1 text[] keys
-- → version bigint, order_id uuid, customer_id text, owner_decided boolean, created_at timestamptz,
--   request_digest text, last_seq integer, early_count integer, status text, at_rest boolean,
--   is_over boolean, next text, priced boolean, subtotal bigint, discount bigint, amount bigint,
--   coupon_code text, coupon_status text, coupon_reason text, revision integer,
--   last_revision integer, payment_status text, payment_attempt integer, payment_reason text,
--   last_attempt integer, compensation_stock text, compensation_coupon text,
--   compensation_payment text, export text, rejection_reason text, cancel_reason text,
--   deadline_at timestamptz, coupon_open boolean, shipping_open boolean, payment_open boolean,
--   cancel_open boolean, facts integer, shipping_rank integer, named_rank integer, named_code text,
--   submitted_revision integer, created_revision integer, cancelled_revision integer,
--   captured_attempt integer, failed_attempt integer, failed_reason text, attempts_requested bytea,
--   attempts_answered bytea, codes json, items json, shipping json, rejection_lines json
SELECT version, order_id, customer_id, owner_decided, created_at, request_digest, last_seq,
       early_count, status, at_rest, is_over, next, priced, subtotal, discount, amount, coupon_code,
       coupon_status, coupon_reason, revision, last_revision, payment_status, payment_attempt,
       payment_reason, last_attempt, compensation_stock, compensation_coupon, compensation_payment,
       export, rejection_reason, cancel_reason, deadline_at, coupon_open, shipping_open,
       payment_open, cancel_open, facts, shipping_rank, named_rank, named_code, submitted_revision,
       created_revision, cancelled_revision, captured_attempt, failed_attempt, failed_reason,
       attempts_requested, attempts_answered, codes, NULL::json, NULL::json, NULL::json
  FROM order_view
 WHERE order_id = ANY ($1::text[]::uuid[])
