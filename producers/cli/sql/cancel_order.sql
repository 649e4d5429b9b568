-- An order as the read model knows it.  $1 text: its id.
-- Shape: customer_id text ('': not named yet), status text, at_rest boolean.  No row: not known.
SELECT coalesce(customer_id, ''), status, at_rest
  FROM order_shown
 WHERE order_id = $1::uuid
