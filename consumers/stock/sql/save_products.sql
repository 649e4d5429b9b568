-- save_products: inserts products of version 1, updates the others from the version before; all or JM001.
-- $1 bigint[] versions, $2 text[] product_id, $3 boolean[] listed, $4 bigint[] revision, $5 bigint[] unit_price,
-- $6 bigint[] replenished_units, $7 bigint[] available_units, $8 bigint[] held_units
-- → bigint: rows written
WITH given AS (
    SELECT *
      FROM unnest($1::bigint[], $2::text[], $3::boolean[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
        AS g (version, product_id, listed, revision, unit_price, replenished_units, available_units, held_units)
), inserted AS (
    INSERT INTO product (version, product_id, listed, revision, unit_price, replenished_units, available_units, held_units)
    SELECT version, product_id, listed, revision, unit_price, replenished_units, available_units, held_units
      FROM given
     WHERE version = 1
        ON CONFLICT (product_id) DO NOTHING
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
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1::bigint[]))
