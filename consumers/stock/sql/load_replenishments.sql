-- load_replenishments: replenishments that were counted.
-- $1 text[] replenishment ids
-- → version bigint, replenishment_id text, product_id text, quantity integer, counted_at timestamptz
SELECT version, replenishment_id, product_id, quantity, counted_at
  FROM replenishment
 WHERE replenishment_id = ANY ($1::text[])
