-- save_coupons: inserts coupons of version 1, updates the others from the version before; all or JM001.
-- $1 bigint[] versions, $2 text[] coupon_code, $3 text[] state, $4 text[] customer_id, $5 bigint[] revision,
-- $6 bigint[] discount, $7 integer[] percent, $8 bigint[] minimum_amount, $9 timestamptz[] expires_at, $10 uuid[] used_by
-- → bigint: rows written
WITH given AS (
    SELECT *
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::integer[], $8::bigint[],
                  $9::timestamptz[], $10::uuid[])
        AS g (version, coupon_code, state, customer_id, revision, discount, percent, minimum_amount, expires_at, used_by)
), inserted AS (
    INSERT INTO coupon (version, coupon_code, state, customer_id, revision, discount, percent, minimum_amount, expires_at, used_by)
    SELECT version, coupon_code, state, customer_id, revision, discount, percent, minimum_amount, expires_at, used_by
      FROM given
     WHERE version = 1
        ON CONFLICT (coupon_code) DO NOTHING
    RETURNING 1
), updated AS (
    UPDATE coupon
       SET version = given.version, state = given.state, customer_id = given.customer_id, revision = given.revision,
           discount = given.discount, percent = given.percent, minimum_amount = given.minimum_amount,
           expires_at = given.expires_at, used_by = given.used_by
      FROM given
     WHERE coupon.coupon_code = given.coupon_code
       AND coupon.version = given.version - 1
       AND given.version > 1
    RETURNING 1
)
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1::bigint[]))
