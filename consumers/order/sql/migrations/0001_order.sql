-- 0001_order: what shoppers ordered, and requests that came before their order.

CREATE TABLE orders (
    order_id            uuid PRIMARY KEY,
    version             bigint  NOT NULL,
    customer_id         text COLLATE "C",
    state               text COLLATE "C" NOT NULL,
    items               jsonb,
    subtotal            bigint  NOT NULL,
    discount            bigint  NOT NULL,
    amount              bigint  NOT NULL,
    coupon_code         text COLLATE "C",
    codes               jsonb,
    auto_pay            boolean NOT NULL,
    on_coupon_rejected  text COLLATE "C" NOT NULL,
    on_payment_failure  text COLLATE "C" NOT NULL,
    has_expected_amount boolean NOT NULL,
    expected_amount     bigint  NOT NULL,
    submitted_revision  integer NOT NULL,
    submitted_code      text COLLATE "C",
    shipping            jsonb,
    created_revision    integer NOT NULL,
    deadline_at         timestamptz,
    timer_partition     integer NOT NULL,
    paid_at             timestamptz,
    cancel_reason       text COLLATE "C" NOT NULL,
    cancels_answered    integer NOT NULL,
    stock_released      boolean NOT NULL,
    payment_refunded    boolean NOT NULL,
    has_early           boolean NOT NULL,
    CONSTRAINT orders_state_known CHECK (state IN ('NONE', 'RESERVED', 'PENDING', 'PAID', 'CANCELLED', 'SOLD_OUT')),
    CONSTRAINT orders_owner_known CHECK (state = 'NONE' OR customer_id IS NOT NULL),
    CONSTRAINT orders_amounts_are_money CHECK (
        subtotal BETWEEN 0 AND 9007199254740991 AND discount BETWEEN 0 AND subtotal
        AND (created_revision = 0 OR amount = subtotal - discount)),
    CONSTRAINT orders_pending_has_shipping CHECK (state NOT IN ('PENDING', 'PAID') OR (shipping IS NOT NULL AND created_revision > 0)),
    CONSTRAINT orders_paid_has_time CHECK ((state = 'PAID') = (paid_at IS NOT NULL)),
    CONSTRAINT orders_cancelled_has_reason CHECK ((state = 'CANCELLED') = (cancel_reason <> 'OTHER'))
) WITH (fillfactor = 70);  -- each order is updated a few times: leave room on the page
COMMENT ON COLUMN orders.codes IS 'every code in order of arrival: WAITING, ASKED (outcome open), APPLIED, REJECTED by coupon, REFUSED by order, RESTORED';
COMMENT ON COLUMN orders.submitted_revision IS 'newest shipping; above created_revision: OrderCreated waits for a coupon outcome or for the shopper';
COMMENT ON COLUMN orders.has_early IS 'requests wait in early: two members that handle one order at once meet in this row';
COMMENT ON COLUMN orders.timer_partition IS 'partition of StockReserved; whoever holds it fires the deadline';
CREATE INDEX orders_due ON orders (timer_partition, deadline_at) WHERE state IN ('RESERVED', 'PENDING');

CREATE TABLE early (
    order_id  uuid PRIMARY KEY,
    version   bigint NOT NULL,
    customers jsonb
);
COMMENT ON TABLE early IS 'requests per customer that wait for StockReserved or StockRejected; customers is NULL when that has come';
