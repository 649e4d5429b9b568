-- The digest of the request that made an order.  $1 uuid.  No row, or one text.
SELECT request_digest FROM order_shown WHERE order_id = $1
