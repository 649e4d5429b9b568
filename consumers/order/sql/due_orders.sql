-- due_orders: open orders of one partition whose deadline has passed, the earliest first.
-- $1 integer partition, $2 timestamptz now, $3 integer limit
-- → order_id uuid, deadline_at timestamptz
SELECT order_id, deadline_at
  FROM orders
 WHERE timer_partition = $1::integer
   AND state IN ('RESERVED', 'PENDING')
   AND deadline_at <= $2::timestamptz
 ORDER BY deadline_at, order_id
 LIMIT $3::integer
