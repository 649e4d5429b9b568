-- save_exports: inserts exports of version 1; of the others only the acknowledgement can change; all or nothing.
-- $1 export[] rows, each with its new version (1 = first)
-- → bigint: rows written
WITH given AS (
    SELECT * FROM unnest($1::export[])
), inserted AS (
    INSERT INTO export
    SELECT * FROM given WHERE version = 1
    RETURNING 1
), updated AS (
    UPDATE export
       SET version = given.version, state = given.state, acknowledged_at = given.acknowledged_at, partner = given.partner
      FROM given
     WHERE export.order_id = given.order_id
       AND export.version = given.version - 1
       AND given.version > 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1))
