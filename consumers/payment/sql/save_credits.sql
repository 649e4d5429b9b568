-- save_credits: a credit is counted once and never changed; all new or JM001.
-- $1 bigint[] versions, $2 text[] credit_id, $3 text[] customer_id, $4 bigint[] amount,
-- $5 timestamptz[] credited_at
-- → bigint: rows written
WITH inserted AS (
    INSERT INTO credit (version, credit_id, customer_id, amount, credited_at)
    SELECT version, credit_id, customer_id, amount, credited_at
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[])
        AS g (version, credit_id, customer_id, amount, credited_at)
     WHERE version = 1
        ON CONFLICT (credit_id) DO NOTHING
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted), cardinality($1::bigint[]))
