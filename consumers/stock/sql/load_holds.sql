-- load_holds: holds by order.
-- $1 text[] order ids
-- → version bigint, order_id uuid, customer_id text, state text, reason text, items jsonb, subtotal bigint, deadline_at timestamptz
SELECT version, order_id, customer_id, state, reason, items, subtotal, deadline_at
  FROM hold
 WHERE order_id = ANY ($1::text[]::uuid[])
