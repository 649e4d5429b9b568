-- lock_products: products that the events name, and those that the orders hold, locked in key order.
-- $1 text[] product ids, $2 text[] order ids
-- → version bigint, product_id text, listed boolean, revision bigint, unit_price bigint, replenished_units bigint,
--   available_units bigint, held_units bigint
SELECT version, product_id, listed, revision, unit_price, replenished_units, available_units, held_units
  FROM product
 WHERE product_id = ANY ($1::text[] || ARRAY (
           SELECT line ->> 'product_id'
             FROM hold CROSS JOIN jsonb_array_elements(hold.items) AS line
            WHERE hold.order_id = ANY ($2::text[]::uuid[])
              AND hold.state = 'HELD'))
 ORDER BY product_id
   FOR UPDATE
