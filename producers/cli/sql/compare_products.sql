-- Shape: product_id text, replenished bigint, held bigint.
SELECT product_id, replenished_units, held_units
  FROM jumun_stock.product
