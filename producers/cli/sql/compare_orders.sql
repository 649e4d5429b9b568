-- Shape: order_id uuid, state text.
SELECT order_id, state
  FROM jumun_order.orders
 WHERE state <> 'NONE'
