-- load_early: requests that wait for their order's owner.
-- $1 text[] keys, $2 text[] keys of orders that may have one
-- → version bigint, order_id uuid, intents json
SELECT version, order_id, intents
  FROM order_early
 WHERE order_id = ANY (($1::text[] || $2::text[])::uuid[])
