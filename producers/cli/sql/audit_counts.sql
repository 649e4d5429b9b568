-- Figures for the report, one row.  Shape, all bigint: orders, paid, cancelled, sold out, open, parked,
-- products, customers, coupons, feeds.
WITH parked AS (
    SELECT key FROM jumun_stock.parked WHERE key_kind = 'order'
    UNION SELECT key FROM jumun_coupon.parked WHERE key_kind = 'order'
    UNION SELECT key FROM jumun_order.parked WHERE key_kind = 'order'
    UNION SELECT key FROM jumun_payment.parked WHERE key_kind = 'order'
    UNION SELECT key FROM jumun_export.parked WHERE key_kind = 'order'
)
SELECT count(*) FILTER (WHERE state <> 'NONE'),
       count(*) FILTER (WHERE state = 'PAID'),
       count(*) FILTER (WHERE state = 'CANCELLED'),
       count(*) FILTER (WHERE state = 'SOLD_OUT'),
       count(*) FILTER (WHERE state IN ('RESERVED', 'PENDING')),
       (SELECT count(*) FROM parked),
       (SELECT count(*) FROM jumun_stock.product),
       (SELECT count(*) FROM jumun_payment.balance),
       (SELECT count(*) FROM jumun_coupon.coupon),
       (SELECT count(*) FROM jumun_export.feed)
  FROM jumun_order.orders
