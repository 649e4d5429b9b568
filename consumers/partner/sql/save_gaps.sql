-- save_gaps: one row per hole seen in a feed; all new or JM001.
-- $1 bigint[] versions (1), $2 text[] feed, $3 bigint[] first_missing, $4 bigint[] last_missing, $5 timestamptz[] seen_at
-- → bigint: rows written
WITH inserted AS (
    INSERT INTO feed_gap (feed, first_missing, last_missing, seen_at)
    SELECT feed, first_missing, last_missing, seen_at
      FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::timestamptz[])
        AS g (version, feed, first_missing, last_missing, seen_at)
        ON CONFLICT (feed, first_missing) DO NOTHING
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted), cardinality($1::bigint[]))
