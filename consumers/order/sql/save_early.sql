-- save_early: inserts rows of version 1, updates the others from the version before; all or nothing.
-- $1 early[] rows, each with its new version (1 = first)
-- → bigint: rows written
WITH given AS (
    SELECT * FROM unnest($1::early[])
), inserted AS (
    INSERT INTO early
    SELECT * FROM given WHERE version = 1
    RETURNING 1
), updated AS (
    UPDATE early
       SET version = given.version, customers = given.customers
      FROM given
     WHERE early.order_id = given.order_id
       AND early.version = given.version - 1
       AND given.version > 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1))
