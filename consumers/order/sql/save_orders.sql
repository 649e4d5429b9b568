-- save_orders: inserts orders of version 1, updates the others from the version before; all or nothing.
-- $1 orders[] rows, each with its new version (1 = first)
-- → bigint: rows written
WITH given AS (
    SELECT * FROM unnest($1::orders[])
), inserted AS (
    INSERT INTO orders
    SELECT * FROM given WHERE version = 1
    RETURNING 1
), updated AS (
    UPDATE orders
       SET version = given.version, customer_id = given.customer_id, state = given.state, items = given.items,
           subtotal = given.subtotal, discount = given.discount, amount = given.amount,
           coupon_code = given.coupon_code, codes = given.codes, auto_pay = given.auto_pay,
           on_coupon_rejected = given.on_coupon_rejected, on_payment_failure = given.on_payment_failure,
           has_expected_amount = given.has_expected_amount, expected_amount = given.expected_amount,
           submitted_revision = given.submitted_revision, submitted_code = given.submitted_code,
           shipping = given.shipping, created_revision = given.created_revision,
           deadline_at = given.deadline_at, timer_partition = given.timer_partition, paid_at = given.paid_at,
           cancel_reason = given.cancel_reason, cancels_answered = given.cancels_answered,
           stock_released = given.stock_released, payment_refunded = given.payment_refunded,
           has_early = given.has_early
      FROM given
     WHERE orders.order_id = given.order_id
       AND orders.version = given.version - 1
       AND given.version > 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1))
