-- lock_coupons: coupons, locked in key order.
-- $1 text[] keys
-- → version bigint, coupon_code text, issued boolean, revision bigint, customer_id text,
--   discount bigint, percent integer, minimum_amount bigint, expires_at timestamptz,
--   standing integer, status text, used_by uuid, used_at timestamptz
SELECT version, coupon_code, issued, revision, customer_id, discount, percent, minimum_amount,
       expires_at, standing, status, used_by, used_at
  FROM coupon_view
 WHERE coupon_code = ANY ($1::text[])
 ORDER BY coupon_code
   FOR UPDATE
