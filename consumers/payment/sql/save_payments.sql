-- save_payments: inserts payments of version 1, updates the others from the version before; all or nothing.
-- $1 payment[] rows, each with its new version (1 = first)
-- → bigint: rows written
WITH given AS (
    SELECT * FROM unnest($1::payment[])
), inserted AS (
    INSERT INTO payment
    SELECT * FROM given WHERE version = 1
    RETURNING 1
), updated AS (
    UPDATE payment
       SET version = given.version, customer_id = given.customer_id, state = given.state,
           revision = given.revision, amount = given.amount, captured_attempt = given.captured_attempt,
           captured_amount = given.captured_amount, refunded_amount = given.refunded_amount,
           decided = given.decided, waiting = given.waiting
      FROM given
     WHERE payment.order_id = given.order_id
       AND payment.version = given.version - 1
       AND given.version > 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1))
