-- P7 within export, true at every commit.  Shape: subject text, key text, detail text; no row: it holds.
WITH numbers AS (
    SELECT feed, count(*) AS orders, min(feed_sequence) AS lowest, max(feed_sequence) AS highest,
           count(DISTINCT feed_sequence) AS different
      FROM jumun_export.export
     GROUP BY feed
)
SELECT 'feed', coalesce(f.feed, n.feed),
       format('%s orders numbered %s to %s, %s of them different; the counter says %s',
              coalesce(n.orders, 0), n.lowest, n.highest, coalesce(n.different, 0), f.last_sequence)
  FROM jumun_export.feed f
  FULL JOIN numbers n USING (feed)
 WHERE n.orders IS DISTINCT FROM f.last_sequence OR n.lowest IS DISTINCT FROM 1
    OR n.highest IS DISTINCT FROM f.last_sequence OR n.different IS DISTINCT FROM n.orders
