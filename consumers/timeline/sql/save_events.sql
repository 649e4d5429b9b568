-- save_events: the events that one batch brought, one row per order; all or nothing.
-- $1 order_events[] rows
-- → bigint: rows written
-- Two batches cannot have the same seq of an order: its row in order_view, saved before, has one version.
WITH inserted AS (
    INSERT INTO order_events
    SELECT * FROM unnest($1::order_events[])
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted), cardinality($1))
