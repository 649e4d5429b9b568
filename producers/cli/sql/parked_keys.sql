-- Orders of which a service keeps events aside.  Shape: key text.
SELECT DISTINCT key
  FROM parked
 WHERE key_kind = 'order'
