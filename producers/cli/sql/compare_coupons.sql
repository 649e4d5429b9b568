-- Shape: coupon_code text, used_by uuid or NULL.
SELECT coupon_code, used_by
  FROM jumun_coupon.coupon
