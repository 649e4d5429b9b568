-- What is open of an order, as the read model knows it.  $1 text: its id.
-- Shape: status text, at_rest boolean, coupon_open boolean, shipping_open boolean, payment_open boolean,
--        cancel_open boolean, stock_back boolean, coupon_back boolean, payment_back boolean (not given back yet),
--        export text, deadline_at timestamptz or NULL.  No row: not known.
SELECT status, at_rest, coupon_open, shipping_open, payment_open, cancel_open,
       compensation_stock = 'PENDING', compensation_coupon = 'PENDING', compensation_payment = 'PENDING',
       export, deadline_at
  FROM order_shown
 WHERE order_id = $1::uuid
