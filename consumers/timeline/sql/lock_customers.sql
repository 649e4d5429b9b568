-- lock_customers: customers, locked in key order.
-- $1 text[] keys
-- → version bigint, customer_id text, known boolean, credited bigint, balance bigint
SELECT version, customer_id, known, credited, balance
  FROM customer_view
 WHERE customer_id = ANY ($1::text[])
 ORDER BY customer_id
   FOR UPDATE
