-- Which of many orders are at rest.  $1 uuid[].  A row for each that is: its place in the array, from 1, in the
-- order of the array.
SELECT asked.place::text
  FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (order_id, place)
  JOIN order_shown USING (order_id)
 WHERE at_rest
 ORDER BY asked.place
