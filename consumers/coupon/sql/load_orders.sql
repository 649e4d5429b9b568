-- load_orders: what was tried for each order.
-- $1 text[] order ids
-- → version bigint, order_id uuid, customer_id text, cancelled boolean, tries jsonb
SELECT version, order_id, customer_id, cancelled, tries
  FROM order_coupon
 WHERE order_id = ANY ($1::text[]::uuid[])
