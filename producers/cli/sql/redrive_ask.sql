-- Asks the owner to run the parked events of a key again.  $1 text: the key; NULL: every key that has any.
-- Shape: id bigint, key_kind text, key text.
INSERT INTO redrive_request (key_kind, key)
SELECT DISTINCT key_kind, key
  FROM parked
 WHERE $1::text IS NULL OR key = $1
RETURNING id, key_kind, key
