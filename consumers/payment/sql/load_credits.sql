-- load_credits: credits that were counted.
-- $1 text[] keys
-- → version bigint, credit_id text, customer_id text, amount bigint, credited_at timestamptz
SELECT version, credit_id, customer_id, amount, credited_at
  FROM credit
 WHERE credit_id = ANY ($1::text[])
