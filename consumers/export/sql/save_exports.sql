-- save_exports: inserts exports of version 1; of the others only the acknowledgement can change; all or JM001.
-- $1 bigint[] versions, $2 uuid[] order_id, $3 text[] customer_id, $4 text[] state, $5 text[] feed, $6 bigint[] feed_sequence,
-- $7 bigint[] amount, $8 timestamptz[] sent_at, $9 timestamptz[] acknowledged_at, $10 text[] partner
-- → bigint: rows written
WITH given AS (
    SELECT *
      FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::timestamptz[],
                  $9::timestamptz[], $10::text[])
        AS g (version, order_id, customer_id, state, feed, feed_sequence, amount, sent_at, acknowledged_at, partner)
), inserted AS (
    INSERT INTO export (version, order_id, customer_id, state, feed, feed_sequence, amount, sent_at, acknowledged_at, partner)
    SELECT version, order_id, customer_id, state, feed, feed_sequence, amount, sent_at, acknowledged_at, partner
      FROM given
     WHERE version = 1
        ON CONFLICT (order_id) DO NOTHING
    RETURNING 1
), updated AS (
    UPDATE export
       SET version = given.version, state = given.state, acknowledged_at = given.acknowledged_at, partner = given.partner
      FROM given
     WHERE export.order_id = given.order_id
       AND export.version = given.version - 1
       AND given.version > 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1::bigint[]))
