-- next_deadline: the earliest deadline of the open orders of one partition.
-- $1 integer partition
-- → min timestamptz or NULL
SELECT min(deadline_at)
  FROM orders
 WHERE timer_partition = $1::integer
   AND state IN ('RESERVED', 'PENDING')
