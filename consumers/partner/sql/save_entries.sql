-- save_entries: an entry of the ledger is written once and never changed; all new or JM001.
-- $1 bigint[] versions, $2 uuid[] order_id, $3 text[] customer_id, $4 text[] state, $5 text[] feed, $6 bigint[] feed_sequence,
-- $7 bigint[] amount, $8 bytea[] digest, $9 timestamptz[] received_at
-- → bigint: rows written
WITH inserted AS (
    INSERT INTO entry (version, order_id, customer_id, state, feed, feed_sequence, amount, digest, received_at)
    SELECT version, order_id, customer_id, state, feed, feed_sequence, amount, digest, received_at
      FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bytea[],
                  $9::timestamptz[])
        AS g (version, order_id, customer_id, state, feed, feed_sequence, amount, digest, received_at)
     WHERE version = 1
        ON CONFLICT (order_id) DO NOTHING
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted), cardinality($1::bigint[]))
