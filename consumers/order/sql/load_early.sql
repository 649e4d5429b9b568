-- load_early: requests that came before their orders.
-- $1 text[] keys
-- → version bigint, order_id uuid, customers jsonb
SELECT version, order_id, customers
  FROM early
 WHERE order_id = ANY ($1::text[]::uuid[])
