-- Whether the tables an operator searches by say what order_view says: no row, or what differs.
WITH truth AS (
    SELECT count(*) FILTER (WHERE status = 'REQUESTED')::bigint AS requested,
           count(*) FILTER (WHERE status = 'SOLD_OUT')::bigint AS sold_out,
           count(*) FILTER (WHERE status = 'RESERVED')::bigint AS reserved,
           count(*) FILTER (WHERE status = 'PENDING')::bigint AS pending,
           count(*) FILTER (WHERE status = 'PAID')::bigint AS paid,
           count(*) FILTER (WHERE status = 'CANCELLED')::bigint AS cancelled,
           count(*) FILTER (WHERE NOT at_rest)::bigint AS moving
      FROM jumun_timeline.order_shown
), told AS (
    SELECT sum(requested)::bigint AS requested, sum(sold_out)::bigint AS sold_out,
           sum(reserved)::bigint AS reserved, sum(pending)::bigint AS pending,
           sum(paid)::bigint AS paid, sum(cancelled)::bigint AS cancelled,
           sum(moving)::bigint AS moving
      FROM jumun_timeline.order_count
), open AS (
    SELECT created_at, order_id FROM jumun_timeline.order_shown
     WHERE NOT (at_rest AND status IN ('SOLD_OUT', 'PAID', 'CANCELLED'))
)
SELECT 'order_count' AS of, truth::text AS truth, told::text AS told
  FROM truth, told WHERE truth::text <> told::text
UNION ALL
SELECT 'order_open', open::text, is_told::text
  FROM open FULL JOIN jumun_timeline.order_open AS is_told USING (created_at, order_id)
 WHERE open IS NULL OR is_told IS NULL
UNION ALL
SELECT 'order_coupon', code ->> 0, o.order_id::text
  FROM jumun_timeline.order_view AS o, json_array_elements(o.codes) AS code
 WHERE NOT EXISTS (SELECT FROM jumun_timeline.order_coupon AS k
                    WHERE k.coupon_code = code ->> 0 AND k.order_id = o.order_id)
