-- save_feeds: inserts feeds of version 1, moves the others on from the version before; all or JM001.
-- $1 bigint[] versions, $2 text[] feed, $3 bigint[] next_sequence, $4 bigint[] gap_count
-- → bigint: rows written
WITH given AS (
    SELECT *
      FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[]) AS g (version, feed, next_sequence, gap_count)
), inserted AS (
    INSERT INTO feed (version, feed, next_sequence, gap_count)
    SELECT version, feed, next_sequence, gap_count
      FROM given
     WHERE version = 1
        ON CONFLICT (feed) DO NOTHING
    RETURNING 1
), updated AS (
    UPDATE feed
       SET version = given.version, next_sequence = given.next_sequence, gap_count = given.gap_count
      FROM given
     WHERE feed.feed = given.feed
       AND feed.version = given.version - 1
       AND given.version > 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1::bigint[]))
