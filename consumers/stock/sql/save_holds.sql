-- save_holds: inserts holds of version 1, updates the others from the version before; all or nothing.
-- $1 hold[] rows, each with its new version (1 = first)
-- → bigint: rows written
WITH given AS (
    SELECT * FROM unnest($1::hold[])
), inserted AS (
    INSERT INTO hold
    SELECT * FROM given WHERE version = 1
    RETURNING 1
), updated AS (
    UPDATE hold
       SET version = given.version, customer_id = given.customer_id, state = given.state, reason = given.reason,
           items = given.items, subtotal = given.subtotal, deadline_at = given.deadline_at
      FROM given
     WHERE hold.order_id = given.order_id
       AND hold.version = given.version - 1
       AND given.version > 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1))
