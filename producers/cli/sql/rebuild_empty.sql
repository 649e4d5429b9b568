-- May a rebuild write here?  Keeps instances from taking positions until the transaction ends.
-- Shape: one row: offsets handled so far bigint, 0 where the tables are fresh.
SELECT coalesce(sum(next_offset), 0)::bigint
  FROM consumer_position
