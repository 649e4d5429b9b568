-- save_places: which orders began or ceased to be open in one batch, and which coupon codes they named.
-- $1 order_place[] one for each order of which that changed
-- → bigint: rows taken
WITH given AS MATERIALIZED (
    SELECT * FROM unnest($1::order_place[])
), closed AS (
    DELETE FROM order_open
     USING given
     WHERE order_open.created_at = given.was_open_at AND order_open.order_id = given.order_id
       AND given.was_open_at IS DISTINCT FROM given.open_at
), opened AS (
    INSERT INTO order_open (created_at, order_id)
    SELECT open_at, order_id FROM given
     WHERE open_at IS NOT NULL AND open_at IS DISTINCT FROM was_open_at
), named AS (
    INSERT INTO order_coupon (coupon_code, order_id)
    SELECT code, order_id FROM given, json_array_elements_text(codes) AS code
     WHERE codes IS NOT NULL
    ON CONFLICT DO NOTHING
)
SELECT expect_rows((SELECT count(*) FROM given), cardinality($1))
