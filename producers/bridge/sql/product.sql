-- One product.  $1 text.  No row, or one.
SELECT product_id, name, unit_price::text, greatest(available, 0)::text
FROM product_view
WHERE listed AND product_id = $1
