-- Whether an event with this id belongs to an order.  $1 uuid order_id, $2 text event id.  One text.
SELECT EXISTS (SELECT FROM order_events
               WHERE order_id = $1 AND position('"event_id":"' || $2 || '"' IN events) > 0)::text
