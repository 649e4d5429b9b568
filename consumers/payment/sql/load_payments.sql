-- load_payments: payments by order.
-- $1 text[] keys
-- → version bigint, order_id uuid, customer_id text, state text, revision integer, amount bigint, captured_attempt integer, captured_amount bigint, refunded_amount bigint, decided bytea, waiting jsonb
SELECT version, order_id, customer_id, state, revision, amount, captured_attempt, captured_amount, refunded_amount, decided, waiting
  FROM payment
 WHERE order_id = ANY ($1::text[]::uuid[])
