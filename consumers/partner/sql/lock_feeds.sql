-- lock_feeds: what is expected next of each feed, locked in key order.
-- $1 text[] feeds
-- → version bigint, feed text, next_sequence bigint, gap_count bigint
SELECT version, feed, next_sequence, gap_count
  FROM feed
 WHERE feed = ANY ($1::text[])
 ORDER BY feed
   FOR UPDATE
