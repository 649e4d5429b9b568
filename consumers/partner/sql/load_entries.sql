-- load_entries: what the ledger holds of each order.
-- $1 text[] order ids
-- → version bigint, order_id uuid, customer_id text, state text, feed text, feed_sequence bigint, amount bigint,
--   digest bytea, received_at timestamptz
SELECT version, order_id, customer_id, state, feed, feed_sequence, amount, digest, received_at
  FROM entry
 WHERE order_id = ANY ($1::text[]::uuid[])
