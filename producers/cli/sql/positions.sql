-- How far a service has come.  Shape: topic text, partition integer, next_offset bigint, published_next bigint.
SELECT topic, partition, next_offset, published_next
  FROM consumer_position
 ORDER BY topic, partition
