-- save_orders: orders: inserts those of version 1, updates the others from the version before; all or nothing.
-- $1 order_view[] rows, each with its new version (1 = first)
-- → bigint: rows written
-- items, shipping, rejection_lines: JSON null leaves what is there.
WITH given AS (
    SELECT * FROM unnest($1::order_view[])
), inserted AS (
    INSERT INTO order_view
    SELECT * FROM given WHERE version = 1
    RETURNING 1
), updated AS (
    UPDATE order_view
       SET version = given.version, customer_id = given.customer_id, created_at = given.created_at,
           request_digest = given.request_digest, status = given.status, fold = given.fold,
           codes = given.codes, shown = given.shown,
           items = coalesce(given.items, order_view.items),
           shipping = coalesce(given.shipping, order_view.shipping),
           rejection_lines = coalesce(given.rejection_lines, order_view.rejection_lines)
      FROM given
     WHERE order_view.order_id = given.order_id
       AND order_view.version = given.version - 1
       AND given.version > 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1))
