-- save_products: products: inserts those of version 1, updates the others from the version before; all or JM001.
-- $1 bigint[] versions, $2 text[] product_id, $3 boolean[] listed, $4 bigint[] revision,
-- $5 text[] name, $6 bigint[] unit_price, $7 bigint[] available
-- → bigint: rows written
WITH given AS (
    SELECT version, product_id, listed, revision, name, unit_price, available
      FROM unnest($1::bigint[], $2::text[], $3::boolean[], $4::bigint[], $5::text[], $6::bigint[],
                  $7::bigint[])
        AS g (version, product_id, listed, revision, name, unit_price, available)
), inserted AS (
    INSERT INTO product_view (version, product_id, listed, revision, name, unit_price, available)
    SELECT version, product_id, listed, revision, name, unit_price, available
      FROM given
     WHERE version = 1
        ON CONFLICT (product_id) DO NOTHING
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
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated),
                   cardinality($1::bigint[]))
