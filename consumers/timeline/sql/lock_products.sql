-- lock_products: products, locked in key order.
-- $1 text[] keys
-- → version bigint, product_id text, listed boolean, revision bigint, name text, unit_price bigint,
--   available bigint
SELECT version, product_id, listed, revision, name, unit_price, available
  FROM product_view
 WHERE product_id = ANY ($1::text[])
 ORDER BY product_id
   FOR UPDATE
