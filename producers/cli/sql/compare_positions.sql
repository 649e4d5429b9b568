-- Where every service stands in this snapshot.  Shape: service text, topic text, partition integer,
-- next_offset bigint.
SELECT 'stock', topic, partition, next_offset FROM jumun_stock.consumer_position
UNION ALL SELECT 'coupon', topic, partition, next_offset FROM jumun_coupon.consumer_position
UNION ALL SELECT 'order', topic, partition, next_offset FROM jumun_order.consumer_position
UNION ALL SELECT 'payment', topic, partition, next_offset FROM jumun_payment.consumer_position
UNION ALL SELECT 'export', topic, partition, next_offset FROM jumun_export.consumer_position
