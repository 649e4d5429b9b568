-- Shape: customer_id text, credited bigint, standing captures bigint.
SELECT customer_id, credited, captured
  FROM jumun_payment.balance
