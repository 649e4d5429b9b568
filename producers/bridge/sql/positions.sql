-- How far timeline has come.  Rows of topic, partition, next offset; all text.
SELECT topic, partition::text, next_offset::text FROM consumer_position
