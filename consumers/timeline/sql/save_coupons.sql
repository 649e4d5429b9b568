-- save_coupons: coupons: inserts those of version 1, updates the others from the version before; all or nothing.
-- $1 coupon_view[] rows, each with its new version (1 = first)
-- → bigint: rows written
WITH given AS (
    SELECT * FROM unnest($1::coupon_view[])
), inserted AS (
    INSERT INTO coupon_view
    SELECT * FROM given WHERE version = 1
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
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1))
