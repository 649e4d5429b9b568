-- The oldest order that is not at rest, among the $1 int oldest that are open.  No row, or order_id, created at; text.
SELECT o.order_id::text, to_char(o.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
FROM (SELECT created_at, order_id FROM order_open ORDER BY created_at, order_id LIMIT $1) o
JOIN order_view v ON v.order_id = o.order_id
WHERE v.shown::json ->> 'at_rest' IS NULL
ORDER BY o.created_at, o.order_id
LIMIT 1
