-- Tells what this transaction changes, when it has committed; nothing while half of the server's queue is full.
-- $1 text channel  $2 text[] payload
SELECT pg_notify($1::text, payload) FROM unnest($2::text[]) AS payload
WHERE pg_notification_queue_usage() < 0.5
