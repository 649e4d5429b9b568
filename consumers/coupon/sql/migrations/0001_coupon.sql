-- 0001_coupon: coupons, and the outcome of every code that was tried for an order.

CREATE TABLE coupon (
    coupon_code    text COLLATE "C" PRIMARY KEY,
    version        bigint NOT NULL,
    state          text COLLATE "C" NOT NULL,
    customer_id    text COLLATE "C",
    revision       bigint NOT NULL,
    discount       bigint NOT NULL,
    percent        integer NOT NULL,
    minimum_amount bigint NOT NULL,
    expires_at     timestamptz,
    used_by        uuid,
    CONSTRAINT coupon_state_known CHECK (state IN ('AVAILABLE', 'USED')),
    CONSTRAINT coupon_used_by_an_order CHECK ((state = 'USED') = (used_by IS NOT NULL)),
    CONSTRAINT coupon_discount_is_money CHECK (discount BETWEEN 0 AND 9007199254740991),
    CONSTRAINT coupon_percent_within_limit CHECK (percent BETWEEN 0 AND 100),
    CONSTRAINT coupon_discount_or_percent CHECK (discount = 0 OR percent = 0),
    CONSTRAINT coupon_minimum_is_money CHECK (minimum_amount BETWEEN 0 AND 9007199254740991)
);
COMMENT ON COLUMN coupon.customer_id IS 'NULL: anyone may use it';
COMMENT ON COLUMN coupon.percent IS '0: the fixed discount holds';
-- One standing redemption per order; also the way from an order to what it gives back.
CREATE UNIQUE INDEX coupon_one_per_order ON coupon (used_by);

CREATE TABLE order_coupon (
    order_id    uuid PRIMARY KEY,
    version     bigint NOT NULL,
    customer_id text COLLATE "C" NOT NULL,
    cancelled   boolean NOT NULL,
    tries       jsonb
);
COMMENT ON TABLE order_coupon IS 'one row per order that tried a coupon or was cancelled (the fence)';
COMMENT ON COLUMN order_coupon.tries IS '[{coupon_code, outcome, reason | discount}], in the order they were decided; NULL: the cancel came first';

-- For people and for `jumun audit`: one row per order and code.
CREATE VIEW redemption AS
SELECT order_coupon.order_id, order_coupon.customer_id, order_coupon.cancelled,
       try ->> 'coupon_code' AS coupon_code,
       try ->> 'outcome' AS outcome,
       try ->> 'reason' AS reason,
       (try ->> 'discount')::bigint AS discount
  FROM order_coupon CROSS JOIN jsonb_array_elements(order_coupon.tries) AS try;
