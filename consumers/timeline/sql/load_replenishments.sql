-- load_replenishments: replenishments that were counted.
-- $1 text[] keys
-- → version bigint, replenishment_id text, product_id text, quantity integer
SELECT version, replenishment_id, product_id, quantity
  FROM replenishment_seen
 WHERE replenishment_id = ANY ($1::text[])
