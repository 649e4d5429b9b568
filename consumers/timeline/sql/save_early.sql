-- save_early: requests that wait: inserts those of version 1, updates the others from the version before; all or nothing.
-- $1 order_early[] rows, each with its new version (1 = first)
-- → bigint: rows written
WITH given AS (
    SELECT * FROM unnest($1::order_early[])
), inserted AS (
    INSERT INTO order_early
    SELECT * FROM given WHERE version = 1
    RETURNING 1
), updated AS (
    UPDATE order_early
       SET version = given.version, intents = given.intents
      FROM given
     WHERE order_early.order_id = given.order_id
       AND order_early.version = given.version - 1
       AND given.version > 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1))
