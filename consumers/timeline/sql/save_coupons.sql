-- save_coupons: coupons: inserts those of version 1, updates the others from the version before; all or JM001.
-- $1 bigint[] versions, $2 text[] coupon_code, $3 boolean[] issued, $4 bigint[] revision,
-- $5 text[] customer_id, $6 bigint[] discount, $7 integer[] percent, $8 bigint[] minimum_amount,
-- $9 timestamptz[] expires_at, $10 integer[] standing, $11 text[] status, $12 uuid[] used_by,
-- $13 timestamptz[] used_at
-- → bigint: rows written
WITH given AS (
    SELECT version, coupon_code, issued, revision, customer_id, discount, percent, minimum_amount,
           expires_at, standing, status, used_by, used_at
      FROM unnest($1::bigint[], $2::text[], $3::boolean[], $4::bigint[], $5::text[], $6::bigint[],
                  $7::integer[], $8::bigint[], $9::timestamptz[], $10::integer[], $11::text[],
                  $12::uuid[], $13::timestamptz[])
        AS g (version, coupon_code, issued, revision, customer_id, discount, percent,
              minimum_amount, expires_at, standing, status, used_by, used_at)
), inserted AS (
    INSERT INTO coupon_view (version, coupon_code, issued, revision, customer_id, discount, percent,
        minimum_amount, expires_at, standing, status, used_by, used_at)
    SELECT version, coupon_code, issued, revision, customer_id, discount, percent, minimum_amount,
           expires_at, standing, status, used_by, used_at
      FROM given
     WHERE version = 1
        ON CONFLICT (coupon_code) DO NOTHING
    RETURNING 1
), updated AS (
    UPDATE coupon_view
       SET version = given.version, issued = given.issued, revision = given.revision,
           customer_id = given.customer_id, discount = given.discount, percent = given.percent,
           minimum_amount = given.minimum_amount, expires_at = given.expires_at,
           standing = given.standing, status = given.status, used_by = given.used_by,
           used_at = given.used_at
      FROM given
     WHERE coupon_view.coupon_code = given.coupon_code
       AND coupon_view.version = given.version - 1
       AND given.version > 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated),
                   cardinality($1::bigint[]))
