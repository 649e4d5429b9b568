-- How many orders stand where: one row, all text.  The order of enum count_column (stats.c).
SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
       coalesce(sum(requested), 0)::text, coalesce(sum(sold_out), 0)::text, coalesce(sum(reserved), 0)::text,
       coalesce(sum(pending), 0)::text, coalesce(sum(paid), 0)::text, coalesce(sum(cancelled), 0)::text,
       coalesce(sum(moving), 0)::text
FROM order_count
