-- save_orders: inserts orders of version 1, updates the others from the version before; all or JM001.
-- $1 bigint[] versions, $2 uuid[] order_id, $3 text[] customer_id, $4 text[] state, $5 text[] items (JSON),
-- $6 bigint[] subtotal, $7 bigint[] discount, $8 bigint[] amount, $9 text[] coupon_code,
-- $10 text[] codes (JSON), $11 boolean[] auto_pay, $12 text[] on_coupon_rejected,
-- $13 text[] on_payment_failure, $14 boolean[] has_expected_amount, $15 bigint[] expected_amount,
-- $16 integer[] submitted_revision, $17 text[] submitted_code, $18 text[] shipping (JSON),
-- $19 integer[] created_revision, $20 timestamptz[] deadline_at, $21 integer[] timer_partition,
-- $22 timestamptz[] paid_at, $23 text[] cancel_reason, $24 integer[] cancels_answered,
-- $25 boolean[] stock_released, $26 boolean[] payment_refunded, $27 boolean[] has_early
-- → bigint: rows written
WITH given AS (
    SELECT version, order_id, customer_id, state, items::jsonb AS items, subtotal, discount, amount,
           coupon_code, codes::jsonb AS codes, auto_pay, on_coupon_rejected, on_payment_failure,
           has_expected_amount, expected_amount, submitted_revision, submitted_code,
           shipping::jsonb AS shipping, created_revision, deadline_at, timer_partition, paid_at, cancel_reason,
           cancels_answered, stock_released, payment_refunded, has_early
      FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
                  $8::bigint[], $9::text[], $10::text[], $11::boolean[], $12::text[], $13::text[],
                  $14::boolean[], $15::bigint[], $16::integer[], $17::text[], $18::text[], $19::integer[],
                  $20::timestamptz[], $21::integer[], $22::timestamptz[], $23::text[], $24::integer[],
                  $25::boolean[], $26::boolean[], $27::boolean[])
        AS g (version, order_id, customer_id, state, items, subtotal, discount, amount, coupon_code, codes,
              auto_pay, on_coupon_rejected, on_payment_failure, has_expected_amount, expected_amount,
              submitted_revision, submitted_code, shipping, created_revision, deadline_at, timer_partition,
              paid_at, cancel_reason, cancels_answered, stock_released, payment_refunded, has_early)
), inserted AS (
    INSERT INTO orders (version, order_id, customer_id, state, items, subtotal, discount, amount, coupon_code,
                        codes, auto_pay, on_coupon_rejected, on_payment_failure, has_expected_amount,
                        expected_amount, submitted_revision, submitted_code, shipping, created_revision,
                        deadline_at, timer_partition, paid_at, cancel_reason, cancels_answered, stock_released,
                        payment_refunded, has_early)
    SELECT version, order_id, customer_id, state, items, subtotal, discount, amount, coupon_code, codes,
           auto_pay, on_coupon_rejected, on_payment_failure, has_expected_amount, expected_amount,
           submitted_revision, submitted_code, shipping, created_revision, deadline_at, timer_partition,
           paid_at, cancel_reason, cancels_answered, stock_released, payment_refunded, has_early
      FROM given
     WHERE version = 1
        ON CONFLICT (order_id) DO NOTHING
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
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1::bigint[]))
