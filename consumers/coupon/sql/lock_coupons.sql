-- lock_coupons: coupons that the events name, and those that the orders use, locked in key order.
-- $1 text[] coupon codes, $2 text[] order ids
-- → version bigint, coupon_code text, state text, customer_id text, revision bigint, discount bigint, percent integer,
--   minimum_amount bigint, expires_at timestamptz, used_by uuid
SELECT version, coupon_code, state, customer_id, revision, discount, percent, minimum_amount, expires_at, used_by
  FROM coupon
 WHERE coupon_code = ANY ($1::text[] || ARRAY (
           SELECT used.coupon_code
             FROM coupon AS used
            WHERE used.used_by = ANY ($2::text[]::uuid[])))
 ORDER BY coupon_code
   FOR UPDATE
