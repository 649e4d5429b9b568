-- save_customers: customers: inserts those of version 1, updates the others from the version before; all or nothing.
-- $1 customer_view[] rows, each with its new version (1 = first)
-- → bigint: rows written
WITH given AS (
    SELECT * FROM unnest($1::customer_view[])
), inserted AS (
    INSERT INTO customer_view
    SELECT * FROM given WHERE version = 1
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
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1))
