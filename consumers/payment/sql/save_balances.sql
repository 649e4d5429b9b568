-- save_balances: inserts balances of version 1, updates the others from the version before; all or nothing.
-- $1 balance[] rows, each with its new version (1 = first)
-- → bigint: rows written
WITH given AS (
    SELECT * FROM unnest($1::balance[])
), inserted AS (
    INSERT INTO balance
    SELECT * FROM given WHERE version = 1
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
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1))
