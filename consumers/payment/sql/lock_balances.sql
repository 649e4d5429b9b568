-- lock_balances: balances of customers, locked in key order.
-- $1 text[] keys
-- → version bigint, customer_id text, known boolean, balance bigint, credited bigint, captured bigint
SELECT version, customer_id, known, balance, credited, captured
  FROM balance
 WHERE customer_id = ANY ($1::text[])
 ORDER BY customer_id
   FOR UPDATE
