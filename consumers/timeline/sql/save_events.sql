-- save_events: the events that one batch brought, one row per order; all or JM001.
-- $1 bigint[] versions, $2 uuid[] order_id, $3 integer[] first_seq, $4 integer[] last_seq,
-- $5 text[] events (JSON array, kept as the text it is)
-- → bigint: rows written
-- Two batches cannot have the same seq of an order: its row in order_view, saved before, has one version.
WITH inserted AS (
    INSERT INTO order_events (order_id, first_seq, last_seq, events)
    SELECT order_id, first_seq, last_seq, events
      FROM unnest($1::bigint[], $2::uuid[], $3::integer[], $4::integer[], $5::text[])
        AS g (version, order_id, first_seq, last_seq, events)
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted), cardinality($1::bigint[]))
