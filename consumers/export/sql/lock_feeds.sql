-- lock_feeds: the counters of feeds, locked in key order.
-- $1 text[] feeds
-- → version bigint, feed text, last_sequence bigint
SELECT version, feed, last_sequence
  FROM feed
 WHERE feed = ANY ($1::text[])
 ORDER BY feed
   FOR UPDATE
