-- save_orders: orders: inserts those of version 1, updates the others from the version before; all or JM001.
-- $1 bigint[] versions, $2 uuid[] order_id, $3 text[] customer_id, $4 boolean[] owner_decided,
-- $5 timestamptz[] created_at, $6 text[] request_digest, $7 integer[] last_seq,
-- $8 integer[] early_count, $9 text[] status, $10 boolean[] at_rest, $11 text[] next,
-- $12 boolean[] priced, $13 bigint[] subtotal, $14 bigint[] discount, $15 bigint[] amount,
-- $16 text[] coupon_code, $17 text[] coupon_status, $18 text[] coupon_reason,
-- $19 integer[] revision, $20 integer[] last_revision, $21 text[] payment_status,
-- $22 integer[] payment_attempt, $23 text[] payment_reason, $24 integer[] last_attempt,
-- $25 text[] compensation_stock, $26 text[] compensation_coupon, $27 text[] compensation_payment,
-- $28 text[] export, $29 text[] rejection_reason, $30 text[] cancel_reason,
-- $31 timestamptz[] deadline_at, $32 boolean[] coupon_open, $33 boolean[] shipping_open,
-- $34 boolean[] payment_open, $35 boolean[] cancel_open, $36 integer[] facts,
-- $37 integer[] shipping_rank, $38 integer[] named_rank, $39 text[] named_code,
-- $40 integer[] submitted_revision, $41 integer[] created_revision,
-- $42 integer[] cancelled_revision, $43 integer[] captured_attempt, $44 integer[] failed_attempt,
-- $45 text[] failed_reason, $46 bytea[] attempts_requested, $47 bytea[] attempts_answered,
-- $48 text[] codes (JSON), $49 text[] items (JSON), $50 text[] shipping (JSON),
-- $51 text[] rejection_lines (JSON)
-- → bigint: rows written
-- items, shipping, rejection_lines: JSON null leaves what is there.
WITH given AS (
    SELECT version, order_id, customer_id, owner_decided, created_at, request_digest, last_seq,
           early_count, status, at_rest, next, priced, subtotal, discount, amount, coupon_code,
           coupon_status, coupon_reason, revision, last_revision, payment_status, payment_attempt,
           payment_reason, last_attempt, compensation_stock, compensation_coupon,
           compensation_payment, export, rejection_reason, cancel_reason, deadline_at, coupon_open,
           shipping_open, payment_open, cancel_open, facts, shipping_rank, named_rank, named_code,
           submitted_revision, created_revision, cancelled_revision, captured_attempt,
           failed_attempt, failed_reason, attempts_requested, attempts_answered,
           codes::json AS codes, nullif(items, 'null')::json AS items,
           nullif(shipping, 'null')::json AS shipping,
           nullif(rejection_lines, 'null')::json AS rejection_lines
      FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::boolean[], $5::timestamptz[],
                  $6::text[], $7::integer[], $8::integer[], $9::text[], $10::boolean[], $11::text[],
                  $12::boolean[], $13::bigint[], $14::bigint[], $15::bigint[], $16::text[],
                  $17::text[], $18::text[], $19::integer[], $20::integer[], $21::text[],
                  $22::integer[], $23::text[], $24::integer[], $25::text[], $26::text[],
                  $27::text[], $28::text[], $29::text[], $30::text[], $31::timestamptz[],
                  $32::boolean[], $33::boolean[], $34::boolean[], $35::boolean[], $36::integer[],
                  $37::integer[], $38::integer[], $39::text[], $40::integer[], $41::integer[],
                  $42::integer[], $43::integer[], $44::integer[], $45::text[], $46::bytea[],
                  $47::bytea[], $48::text[], $49::text[], $50::text[], $51::text[])
        AS g (version, order_id, customer_id, owner_decided, created_at, request_digest, last_seq,
              early_count, status, at_rest, next, priced, subtotal, discount, amount, coupon_code,
              coupon_status, coupon_reason, revision, last_revision, payment_status,
              payment_attempt, payment_reason, last_attempt, compensation_stock,
              compensation_coupon, compensation_payment, export, rejection_reason, cancel_reason,
              deadline_at, coupon_open, shipping_open, payment_open, cancel_open, facts,
              shipping_rank, named_rank, named_code, submitted_revision, created_revision,
              cancelled_revision, captured_attempt, failed_attempt, failed_reason,
              attempts_requested, attempts_answered, codes, items, shipping, rejection_lines)
), inserted AS (
    INSERT INTO order_view (version, order_id, customer_id, owner_decided, created_at,
        request_digest, last_seq, early_count, status, at_rest, next, priced, subtotal, discount,
        amount, coupon_code, coupon_status, coupon_reason, revision, last_revision, payment_status,
        payment_attempt, payment_reason, last_attempt, compensation_stock, compensation_coupon,
        compensation_payment, export, rejection_reason, cancel_reason, deadline_at, coupon_open,
        shipping_open, payment_open, cancel_open, facts, shipping_rank, named_rank, named_code,
        submitted_revision, created_revision, cancelled_revision, captured_attempt, failed_attempt,
        failed_reason, attempts_requested, attempts_answered, codes, items, shipping,
        rejection_lines)
    SELECT version, order_id, customer_id, owner_decided, created_at, request_digest, last_seq,
           early_count, status, at_rest, next, priced, subtotal, discount, amount, coupon_code,
           coupon_status, coupon_reason, revision, last_revision, payment_status, payment_attempt,
           payment_reason, last_attempt, compensation_stock, compensation_coupon,
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
           next = given.next, priced = given.priced, subtotal = given.subtotal,
           discount = given.discount, amount = given.amount, coupon_code = given.coupon_code,
           coupon_status = given.coupon_status, coupon_reason = given.coupon_reason,
           revision = given.revision, last_revision = given.last_revision,
           payment_status = given.payment_status, payment_attempt = given.payment_attempt,
           payment_reason = given.payment_reason, last_attempt = given.last_attempt,
           compensation_stock = given.compensation_stock,
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
