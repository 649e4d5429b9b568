-- What an intent needs to know of its order.  $1 uuid.  No row, or one; every column text, in the order of
-- enum step_column (intents.c).
SELECT customer_id, status, next, last_revision::text, last_attempt::text,
       shipping_open::text, payment_open::text, coupon_code, coupon_status
FROM order_shown
WHERE order_id = $1
