-- save_products: inserts products of version 1, updates the others from the version before; all or nothing.
-- $1 product[] rows, each with its new version (1 = first)
-- → bigint: rows written
WITH given AS (
    SELECT * FROM unnest($1::product[])
), inserted AS (
    INSERT INTO product
    SELECT * FROM given WHERE version = 1
    RETURNING 1
), updated AS (
    UPDATE product
       SET version = given.version, listed = given.listed, revision = given.revision, unit_price = given.unit_price,
           replenished_units = given.replenished_units, available_units = given.available_units, held_units = given.held_units
      FROM given
     WHERE product.product_id = given.product_id
       AND product.version = given.version - 1
       AND given.version > 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1))
