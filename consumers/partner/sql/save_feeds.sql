-- save_feeds: inserts feeds of version 1, moves the others on from the version before; all or nothing.
-- $1 feed[] rows, each with its new version (1 = first)
-- → bigint: rows written
WITH given AS (
    SELECT * FROM unnest($1::feed[])
), inserted AS (
    INSERT INTO feed
    SELECT * FROM given WHERE version = 1
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
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1))
