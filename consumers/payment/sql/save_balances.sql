-- save_balances: inserts balances of version 1, updates the others from the version before; all or JM001.
-- $1 bigint[] versions, $2 text[] customer_id, $3 boolean[] known, $4 bigint[] balance, $5 bigint[] credited,
-- $6 bigint[] captured
-- → bigint: rows written
WITH given AS (
    SELECT version, customer_id, known, balance, credited, captured
      FROM unnest($1::bigint[], $2::text[], $3::boolean[], $4::bigint[], $5::bigint[], $6::bigint[])
        AS g (version, customer_id, known, balance, credited, captured)
), inserted AS (
    INSERT INTO balance (version, customer_id, known, balance, credited, captured)
    SELECT version, customer_id, known, balance, credited, captured
      FROM given
     WHERE version = 1
        ON CONFLICT (customer_id) DO NOTHING
    RETURNING 1
), updated AS (
    UPDATE balance
       SET version = given.version, known = given.known, balance = given.balance, credited = given.credited, captured = given.captured
      FROM given
     WHERE balance.customer_id = given.customer_id
       AND balance.version = given.version - 1
       AND given.version > 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1::bigint[]))
