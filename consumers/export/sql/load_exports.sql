-- load_exports: what was sent of each order.
-- $1 text[] order ids
-- → version bigint, order_id uuid, customer_id text, state text, feed text, feed_sequence bigint, amount bigint,
--   sent_at timestamptz, acknowledged_at timestamptz, partner text
SELECT version, order_id, customer_id, state, feed, feed_sequence, amount, sent_at, acknowledged_at, partner
  FROM export
 WHERE order_id = ANY ($1::text[]::uuid[])
