-- load_credits: credits that were counted.
-- $1 text[] keys
-- → version bigint, credit_id text, customer_id text, amount bigint
SELECT version, credit_id, customer_id, amount
  FROM credit_seen
 WHERE credit_id = ANY ($1::text[])
