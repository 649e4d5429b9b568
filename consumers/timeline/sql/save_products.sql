-- save_products: products: inserts those of version 1, updates the others from the version before; all or nothing.
-- $1 product_view[] rows, each with its new version (1 = first)
-- → bigint: rows written
WITH given AS (
    SELECT * FROM unnest($1::product_view[])
), inserted AS (
    INSERT INTO product_view
    SELECT * FROM given WHERE version = 1
    RETURNING 1
), updated AS (
    UPDATE product_view
       SET version = given.version, listed = given.listed, revision = given.revision,
           name = given.name, unit_price = given.unit_price, available = given.available
      FROM given
     WHERE product_view.product_id = given.product_id
       AND product_view.version = given.version - 1
       AND given.version > 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1))
