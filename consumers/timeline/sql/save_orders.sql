-- save_orders: orders: inserts those of version 1, updates the others from the version before; all or JM001.
-- $1 bigint[] versions, $2 uuid[] order_id, $3 text[] customer_id, $4 boolean[] owner_decided,
-- $5 timestamptz[] created_at, $6 text[] request_digest, $7 integer[] last_seq,
-- $8 integer[] early_count, $9 text[] status, $10 boolean[] at_rest, $11 boolean[] is_over,
-- $12 text[] next, $13 boolean[] priced, $14 bigint[] subtotal, $15 bigint[] discount,
-- $16 bigint[] amount, $17 text[] coupon_code, $18 text[] coupon_status, $19 text[] coupon_reason,
-- $20 integer[] revision, $21 integer[] last_revision, $22 text[] payment_status,
-- $23 integer[] payment_attempt, $24 text[] payment_reason, $25 integer[] last_attempt,
-- $26 text[] compensation_stock, $27 text[] compensation_coupon, $28 text[] compensation_payment,
-- $29 text[] export, $30 text[] rejection_reason, $31 text[] cancel_reason,
-- $32 timestamptz[] deadline_at, $33 boolean[] coupon_open, $34 boolean[] shipping_open,
-- $35 boolean[] payment_open, $36 boolean[] cancel_open, $37 integer[] facts,
-- $38 integer[] shipping_rank, $39 integer[] named_rank, $40 text[] named_code,
-- $41 integer[] submitted_revision, $42 integer[] created_revision,
-- $43 integer[] cancelled_revision, $44 integer[] captured_attempt, $45 integer[] failed_attempt,
-- $46 text[] failed_reason, $47 bytea[] attempts_requested, $48 bytea[] attempts_answered,
-- $49 text[] codes (JSON), $50 text[] items (JSON), $51 text[] shipping (JSON),
-- $52 text[] rejection_lines (JSON)
-- → bigint: rows written
-- items, shipping, rejection_lines: JSON null leaves what is there.
WITH given AS (
    SELECT version, order_id, customer_id, owner_decided, created_at, request_digest, last_seq,
           early_count, status, at_rest, is_over, next, priced, subtotal, discount, amount,
           coupon_code, coupon_status, coupon_reason, revision, last_revision, payment_status,
           payment_attempt, payment_reason, last_attempt, compensation_stock, compensation_coupon,
           compensation_payment, export, rejection_reason, cancel_reason, deadline_at, coupon_open,
           shipping_open, payment_open, cancel_open, facts, shipping_rank, named_rank, named_code,
           submitted_revision, created_revision, cancelled_revision, captured_attempt,
           failed_attempt, failed_reason, attempts_requested, attempts_answered,
           codes::json AS codes, nullif(items, 'null')::json AS items,
           nullif(shipping, 'null')::json AS shipping,
           nullif(rejection_lines, 'null')::json AS rejection_lines
      FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::boolean[], $5::timestamptz[],
                  $6::text[], $7::integer[], $8::integer[], $9::text[], $10::boolean[],
                  $11::boolean[], $12::text[], $13::boolean[], $14::bigint[], $15::bigint[],
                  $16::bigint[], $17::text[], $18::text[], $19::text[], $20::integer[],
                  $21::integer[], $22::text[], $23::integer[], $24::text[], $25::integer[],
                  $26::text[], $27::text[], $28::text[], $29::text[], $30::text[], $31::text[],
                  $32::timestamptz[], $33::boolean[], $34::boolean[], $35::boolean[],
                  $36::boolean[], $37::integer[], $38::integer[], $39::integer[], $40::text[],
                  $41::integer[], $42::integer[], $43::integer[], $44::integer[], $45::integer[],
                  $46::text[], $47::bytea[], $48::bytea[], $49::text[], $50::text[], $51::text[],
                  $52::text[])
        AS g (version, order_id, customer_id, owner_decided, created_at, request_digest, last_seq,
              early_count, status, at_rest, is_over, next, priced, subtotal, discount, amount,
              coupon_code, coupon_status, coupon_reason, revision, last_revision, payment_status,
              payment_attempt, payment_reason, last_attempt, compensation_stock,
              compensation_coupon, compensation_payment, export, rejection_reason, cancel_reason,
              deadline_at, coupon_open, shipping_open, payment_open, cancel_open, facts,
              shipping_rank, named_rank, named_code, submitted_revision, created_revision,
              cancelled_revision, captured_attempt, failed_attempt, failed_reason,
              attempts_requested, attempts_answered, codes, items, shipping, rejection_lines)
), inserted AS (
    INSERT INTO order_view (version, order_id, customer_id, owner_decided, created_at,
        request_digest, last_seq, early_count, status, at_rest, is_over, next, priced, subtotal,
        discount, amount, coupon_code, coupon_status, coupon_reason, revision, last_revision,
        payment_status, payment_attempt, payment_reason, last_attempt, compensation_stock,
        compensation_coupon, compensation_payment, export, rejection_reason, cancel_reason,
        deadline_at, coupon_open, shipping_open, payment_open, cancel_open, facts, shipping_rank,
        named_rank, named_code, submitted_revision, created_revision, cancelled_revision,
        captured_attempt, failed_attempt, failed_reason, attempts_requested, attempts_answered,
        codes, items, shipping, rejection_lines)
    SELECT version, order_id, customer_id, owner_decided, created_at, request_digest, last_seq,
           early_count, status, at_rest, is_over, next, priced, subtotal, discount, amount,
           coupon_code, coupon_status, coupon_reason, revision, last_revision, payment_status,
           payment_attempt, payment_reason, last_attempt, compensation_stock, compensation_coupon,
           compensation_payment, export, rejection_reason, cancel_reason, deadline_at, coupon_open,
           shipping_open, payment_open, cancel_open, facts, shipping_rank, named_rank, named_code,
           submitted_revision, created_revision, cancelled_revision, captured_attempt,
           failed_attempt, failed_reason, attempts_requested, attempts_answered, codes, items,
           shipping, rejection_lines
      FROM given
     WHERE version = 1
        ON CONFLICT (order_id) DO NOTHING
    RETURNING 1
), updated AS (
    UPDATE order_view
       SET version = given.version, customer_id = given.customer_id,
           owner_decided = given.owner_decided, created_at = given.created_at,
           request_digest = given.request_digest, last_seq = given.last_seq,
           early_count = given.early_count, status = given.status, at_rest = given.at_rest,
           is_over = given.is_over, next = given.next, priced = given.priced,
           subtotal = given.subtotal, discount = given.discount, amount = given.amount,
           coupon_code = given.coupon_code, coupon_status = given.coupon_status,
           coupon_reason = given.coupon_reason, revision = given.revision,
           last_revision = given.last_revision, payment_status = given.payment_status,
           payment_attempt = given.payment_attempt, payment_reason = given.payment_reason,
           last_attempt = given.last_attempt, compensation_stock = given.compensation_stock,
           compensation_coupon = given.compensation_coupon,
           compensation_payment = given.compensation_payment, export = given.export,
           rejection_reason = given.rejection_reason, cancel_reason = given.cancel_reason,
           deadline_at = given.deadline_at, coupon_open = given.coupon_open,
           shipping_open = given.shipping_open, payment_open = given.payment_open,
           cancel_open = given.cancel_open, facts = given.facts,
           shipping_rank = given.shipping_rank, named_rank = given.named_rank,
           named_code = given.named_code, submitted_revision = given.submitted_revision,
           created_revision = given.created_revision, cancelled_revision = given.cancelled_revision,
           captured_attempt = given.captured_attempt, failed_attempt = given.failed_attempt,
           failed_reason = given.failed_reason, attempts_requested = given.attempts_requested,
           attempts_answered = given.attempts_answered, codes = given.codes,
           items = coalesce(given.items, order_view.items),
           shipping = coalesce(given.shipping, order_view.shipping),
           rejection_lines = coalesce(given.rejection_lines, order_view.rejection_lines)
      FROM given
     WHERE order_view.order_id = given.order_id
       AND order_view.version = given.version - 1
       AND given.version > 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated),
                   cardinality($1::bigint[]))
