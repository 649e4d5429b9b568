-- save_tallies: how many orders more (or, below zero, fewer) stand where after one batch.
-- $1 order_tally[] one
-- → bigint: shards counted in
-- Saved last: whoever waits here for another session's shard holds nothing that the other one still wants.
WITH counted AS (
    INSERT INTO order_count (shard, requested, sold_out, reserved, pending, paid, cancelled, moving)
    SELECT pg_backend_pid() % 16, t.* FROM unnest($1::order_tally[]) AS t
    ON CONFLICT (shard) DO UPDATE
       SET requested = order_count.requested + excluded.requested,
           sold_out = order_count.sold_out + excluded.sold_out,
           reserved = order_count.reserved + excluded.reserved,
           pending = order_count.pending + excluded.pending,
           paid = order_count.paid + excluded.paid,
           cancelled = order_count.cancelled + excluded.cancelled,
           moving = order_count.moving + excluded.moving
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM counted), cardinality($1))
