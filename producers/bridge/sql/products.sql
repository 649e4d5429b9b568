-- Products after $1 text (the last product_id of the page before, '' for the first), at most $2 int.
SELECT product_id, name, unit_price::text, greatest(available, 0)::text
FROM product_view
WHERE listed AND product_id > $1
ORDER BY product_id
LIMIT $2
