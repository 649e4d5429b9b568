-- A page of orders for an operator.  Candidates come from one way of looking (or, for a word that may be anything,
-- from three), each through its index and at most $2 of them; what is asked for beside that is looked up in these.
--   $1 bool oldest first   $2 int candidates at most   $3 int rows wanted
--   $4 timestamptz, $5 uuid: after that one   $6, $7 timestamptz: created from, and before
--   $8 bool all of them   $9 bool those that are open   $10 text customer_id   $11 text coupon_code
--   $12, $13 uuid: order ids from, to (NULL, or a range of nothing: not this way)
--   $14 text status   $15 text true or false: at rest   $16 text customer_id   $17 text coupon_code (NULL: any)
-- → is_end bool, and the columns of enum found_column (admin_orders.c); all text.  The last row may be an end: not
-- all candidates were looked through, and the next page begins behind the order of that row.
WITH candidates AS (
    (SELECT created_at, order_id, true AS goes_on FROM order_view
      WHERE $8 AND NOT $1 AND created_at >= $6 AND created_at < $7 AND (created_at, order_id) < ($4, $5)
      ORDER BY created_at DESC, order_id DESC LIMIT $2)
    UNION ALL
    (SELECT created_at, order_id, true FROM order_view
      WHERE $8 AND $1 AND created_at >= $6 AND created_at < $7 AND (created_at, order_id) > ($4, $5)
      ORDER BY created_at, order_id LIMIT $2)
    UNION ALL
    (SELECT created_at, order_id, true FROM order_open
      WHERE $9 AND NOT $1 AND created_at >= $6 AND created_at < $7 AND (created_at, order_id) < ($4, $5)
      ORDER BY created_at DESC, order_id DESC LIMIT $2)
    UNION ALL
    (SELECT created_at, order_id, true FROM order_open
      WHERE $9 AND $1 AND created_at >= $6 AND created_at < $7 AND (created_at, order_id) > ($4, $5)
      ORDER BY created_at, order_id LIMIT $2)
    UNION ALL
    (SELECT created_at, order_id, true FROM order_view
      WHERE customer_id = $10 AND NOT $1 AND created_at >= $6 AND created_at < $7 AND (created_at, order_id) < ($4, $5)
      ORDER BY created_at DESC, order_id DESC LIMIT $2)
    UNION ALL
    (SELECT created_at, order_id, true FROM order_view
      WHERE customer_id = $10 AND $1 AND created_at >= $6 AND created_at < $7 AND (created_at, order_id) > ($4, $5)
      ORDER BY created_at, order_id LIMIT $2)
    UNION ALL
    SELECT v.created_at, v.order_id, false
      FROM (SELECT order_id FROM order_coupon WHERE coupon_code = $11 ORDER BY order_id DESC LIMIT 1000) k
      JOIN order_view v ON v.order_id = k.order_id
     WHERE v.created_at >= $6 AND v.created_at < $7
       AND CASE WHEN $1 THEN (v.created_at, v.order_id) > ($4, $5) ELSE (v.created_at, v.order_id) < ($4, $5) END
    UNION ALL
    SELECT created_at, order_id, false
      FROM (SELECT created_at, order_id FROM order_view WHERE order_id >= $12 AND order_id <= $13
             ORDER BY order_id DESC LIMIT 1000) named
     WHERE created_at >= $6 AND created_at < $7
       AND CASE WHEN $1 THEN (created_at, order_id) > ($4, $5) ELSE (created_at, order_id) < ($4, $5) END
), placed AS MATERIALIZED (
    SELECT created_at, order_id, bool_or(goes_on) AS goes_on,
           row_number() OVER (ORDER BY created_at, order_id) * CASE WHEN $1 THEN 1 ELSE -1 END AS place
      FROM candidates
     GROUP BY created_at, order_id
), last AS (
    SELECT max(place) AS place FROM placed WHERE goes_on HAVING count(*) >= $2
), found AS MATERIALIZED (
    SELECT p.order_id, p.place
      FROM placed p
      JOIN order_view v ON v.order_id = p.order_id
     WHERE v.status <> 'UNKNOWN'
       AND ($14::text IS NULL OR v.status = $14)
       AND ($15::text IS NULL OR (v.shown::json ->> 'at_rest' IS NOT NULL) = ($15::text)::boolean)
       AND ($16::text IS NULL OR v.customer_id = $16)
       AND ($17::text IS NULL OR EXISTS (SELECT FROM order_coupon k WHERE k.coupon_code = $17 AND k.order_id = v.order_id))
       AND p.place <= coalesce((SELECT place FROM last), 1000000)
     ORDER BY p.place
     LIMIT $3
)
(SELECT 'false', o.order_id::text, (extract(epoch FROM o.created_at) * 1000000)::bigint::text,
        to_char(o.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        o.customer_id, o.status, o.at_rest::text, o.amount::text, o.cancel_reason, o.payment_status,
        o.payment_attempt::text, o.payment_reason, o.coupon_code, o.export
   FROM found f JOIN order_shown o ON o.order_id = f.order_id
  ORDER BY f.place)
UNION ALL
SELECT 'true', p.order_id::text, (extract(epoch FROM p.created_at) * 1000000)::bigint::text,
       NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM placed p JOIN last USING (place)
