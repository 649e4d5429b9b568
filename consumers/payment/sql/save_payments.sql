-- save_payments: inserts payments of version 1, updates the others from the version before; all or JM001.
-- $1 bigint[] versions, $2 uuid[] order_id, $3 text[] customer_id, $4 text[] state, $5 integer[] revision,
-- $6 bigint[] amount, $7 integer[] captured_attempt, $8 bigint[] captured_amount, $9 bigint[] refunded_amount,
-- $10 bytea[] decided, $11 text[] waiting (JSON)
-- → bigint: rows written
WITH given AS (
    SELECT version, order_id, customer_id, state, revision, amount, captured_attempt, captured_amount,
           refunded_amount, decided, waiting::jsonb AS waiting
      FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::integer[], $6::bigint[], $7::integer[],
                  $8::bigint[], $9::bigint[], $10::bytea[], $11::text[])
        AS g (version, order_id, customer_id, state, revision, amount, captured_attempt, captured_amount,
              refunded_amount, decided, waiting)
), inserted AS (
    INSERT INTO payment (version, order_id, customer_id, state, revision, amount, captured_attempt,
                         captured_amount, refunded_amount, decided, waiting)
    SELECT version, order_id, customer_id, state, revision, amount, captured_attempt, captured_amount,
           refunded_amount, decided, waiting
      FROM given
     WHERE version = 1
        ON CONFLICT (order_id) DO NOTHING
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
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1::bigint[]))
