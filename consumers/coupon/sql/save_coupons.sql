-- save_coupons: inserts coupons of version 1, updates the others from the version before; all or nothing.
-- $1 coupon[] rows, each with its new version (1 = first)
-- → bigint: rows written
WITH given AS (
    SELECT * FROM unnest($1::coupon[])
), inserted AS (
    INSERT INTO coupon
    SELECT * FROM given WHERE version = 1
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
SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated), cardinality($1))
