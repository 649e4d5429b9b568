-- save_early: requests that wait: inserts those of version 1, updates the others from the version before; all or JM001.
-- $1 bigint[] versions, $2 uuid[] order_id, $3 text[] intents (JSON)
-- → bigint: rows written
WITH given AS (
    SELECT version, order_id, intents::json AS intents
      FROM unnest($1::bigint[], $2::uuid[], $3::text[])
        AS g (version, order_id, intents)
), inserted AS (
    INSERT INTO order_early (version, order_id, intents)
    SELECT version, order_id, intents
      FROM given
     WHERE version = 1
        ON CONFLICT (order_id) DO NOTHING
    RETURNING 1
), updated AS (
    UPDATE order_early
       SET version = given.version, intents = given.intents
      FROM given
     WHERE order_early.order_id = given.order_id
       AND order_early.version = given.version - 1
       AND given.version > 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated),
                   cardinality($1::bigint[]))
