-- Whether this service keeps events of an order aside.  $1 text: its id.
-- Shape: boolean.
SELECT EXISTS (SELECT FROM parked WHERE key = $1 AND key_kind = 'order')
