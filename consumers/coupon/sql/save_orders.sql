-- save_orders: inserts orders of version 1, updates the others from the version before; all or nothing.
-- $1 order_coupon[] rows, each with its new version (1 = first)
-- → bigint: rows written
WITH given AS (
    SELECT * FROM unnest($1::order_coupon[])
), inserted AS (
    INSERT INTO order_coupon
    SELECT * FROM given WHERE version = 1
    RETURNING 1
), updated AS (
    UPDATE order_coupon
       SET version = given.version, customer_id = given.customer_id, cancelled = given.cancelled, tries = given.tries
      FROM given
     WHERE order_coupon.order_id = given.order_id
       AND order_coupon.version = given.version - 1
       AND given.version > 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1))
