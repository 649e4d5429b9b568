-- Customers after $1 text (the last customer_id of the page before, '' for the first), at most $2 int.
SELECT customer_id, balance::text
FROM customer_view
WHERE known AND customer_id > $1
ORDER BY customer_id
LIMIT $2
