-- save_customers: customers: inserts those of version 1, updates the others from the version before; all or JM001.
-- $1 bigint[] versions, $2 text[] customer_id, $3 boolean[] known, $4 bigint[] credited,
-- $5 bigint[] balance
-- → bigint: rows written
WITH given AS (
    SELECT version, customer_id, known, credited, balance
      FROM unnest($1::bigint[], $2::text[], $3::boolean[], $4::bigint[], $5::bigint[])
        AS g (version, customer_id, known, credited, balance)
), inserted AS (
    INSERT INTO customer_view (version, customer_id, known, credited, balance)
    SELECT version, customer_id, known, credited, balance
      FROM given
     WHERE version = 1
        ON CONFLICT (customer_id) DO NOTHING
    RETURNING 1
), updated AS (
    UPDATE customer_view
       SET version = given.version, known = given.known, credited = given.credited,
           balance = given.balance
      FROM given
     WHERE customer_view.customer_id = given.customer_id
       AND customer_view.version = given.version - 1
       AND given.version > 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated),
                   cardinality($1::bigint[]))
