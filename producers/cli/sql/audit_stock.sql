-- P3 within stock, true at every commit.  Shape: subject text, key text, detail text; no row: it holds.
-- What is replenished and what is held is added up anew from single rows.
WITH replenished AS (
    SELECT product_id, sum(quantity)::bigint AS units
      FROM jumun_stock.replenishment
     GROUP BY product_id
), held AS (
    SELECT product_id, sum(quantity)::bigint AS units
      FROM jumun_stock.hold_line
     WHERE state = 'HELD'
     GROUP BY product_id
), counted AS (
    SELECT coalesce(p.product_id, r.product_id, h.product_id) AS product_id,
           p.replenished_units, p.available_units, p.held_units,
           coalesce(r.units, 0) AS replenished, coalesce(h.units, 0) AS held
      FROM jumun_stock.product p
      FULL JOIN replenished r ON r.product_id = p.product_id
      FULL JOIN held h ON h.product_id = coalesce(p.product_id, r.product_id)
)
SELECT 'product', product_id,
       format('%s replenished and %s held in single rows, but the product says %s and %s', replenished,
              held, coalesce(replenished_units, 0), coalesce(held_units, 0))
  FROM counted
 WHERE coalesce(replenished_units, 0) <> replenished OR coalesce(held_units, 0) <> held
UNION ALL
SELECT 'product', product_id,
       format('%s replenished, but %s available and %s held', replenished_units, available_units, held_units)
  FROM counted
 WHERE replenished_units <> available_units + held_units
UNION ALL
SELECT 'product', product_id, format('%s available', available_units)
  FROM counted
 WHERE available_units < 0 OR held_units < 0
UNION ALL
SELECT 'order', order_id::text, 'the subtotal of its hold is not the sum of its lines'
  FROM jumun_stock.hold h
 WHERE state IN ('HELD', 'RELEASED')
   AND subtotal <> (SELECT sum((line ->> 'quantity')::numeric * (line ->> 'unit_price')::numeric)
                      FROM jsonb_array_elements(h.items) AS line)
