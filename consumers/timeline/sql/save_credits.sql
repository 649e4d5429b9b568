-- save_credits: a credit is counted once and never changed; all new or JM001.
-- $1 bigint[] versions, $2 text[] credit_id, $3 text[] customer_id, $4 bigint[] amount
-- → bigint: rows written
WITH given AS (
    SELECT version, credit_id, customer_id, amount
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[])
        AS g (version, credit_id, customer_id, amount)
), inserted AS (
    INSERT INTO credit_seen (version, credit_id, customer_id, amount)
    SELECT version, credit_id, customer_id, amount
      FROM given
     WHERE version = 1
        ON CONFLICT (credit_id) DO NOTHING
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted), cardinality($1::bigint[]))
