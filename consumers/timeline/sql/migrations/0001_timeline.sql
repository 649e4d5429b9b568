-- The read model.  What each column means, and which of them the bridge reads, is told in timeline.h.

-- One row per order: what the fold remembers, and what it shows.
CREATE TABLE order_view (
    order_id            uuid    PRIMARY KEY,
    version             bigint  NOT NULL,
    -- whose, since when, by which request
    customer_id         text,
    owner_decided       boolean NOT NULL,
    created_at          timestamptz,
    request_digest      text,
    last_seq            integer NOT NULL,
    early_count         integer NOT NULL,
    -- shown
    status              text    NOT NULL,
    at_rest             boolean NOT NULL,
    is_over             boolean NOT NULL,
    next                text    NOT NULL,
    priced              boolean NOT NULL,
    subtotal            bigint  NOT NULL,
    discount            bigint  NOT NULL,
    amount              bigint  NOT NULL,
    coupon_code         text,
    coupon_status       text    NOT NULL,
    coupon_reason       text,
    revision            integer NOT NULL,
    last_revision       integer NOT NULL,
    payment_status      text    NOT NULL,
    payment_attempt     integer NOT NULL,
    payment_reason      text,
    last_attempt        integer NOT NULL,
    compensation_stock   text   NOT NULL,
    compensation_coupon  text   NOT NULL,
    compensation_payment text   NOT NULL,
    export              text    NOT NULL,
    rejection_reason    text,
    cancel_reason       text,
    deadline_at         timestamptz,
    coupon_open         boolean NOT NULL,
    shipping_open       boolean NOT NULL,
    payment_open        boolean NOT NULL,
    cancel_open         boolean NOT NULL,
    -- remembered by the fold alone
    facts               integer NOT NULL,
    shipping_rank       integer NOT NULL,
    named_rank          integer NOT NULL,
    named_code          text,
    submitted_revision  integer NOT NULL,
    created_revision    integer NOT NULL,
    cancelled_revision  integer NOT NULL,
    captured_attempt    integer NOT NULL,
    failed_attempt      integer NOT NULL,
    failed_reason       text,
    attempts_requested  bytea   NOT NULL,
    attempts_answered   bytea   NOT NULL,
    codes               json,
    -- shown; written by the fold and never loaded by it
    items               json,
    shipping            json,
    rejection_lines     json
) WITH (fillfactor = 60);

CREATE INDEX order_view_by_customer ON order_view (customer_id, created_at DESC, order_id DESC);

-- The events of an order, one row for all that one batch brought.  `events` is a JSON array, kept as text
-- because its parts are shown exactly as they came; its members carry first_seq … last_seq without a gap.
CREATE TABLE order_events (
    order_id  uuid    NOT NULL,
    first_seq integer NOT NULL,
    last_seq  integer NOT NULL,
    events    text    NOT NULL,
    PRIMARY KEY (order_id, first_seq)
) WITH (toast_tuple_target = 8160);
ALTER TABLE order_events ALTER COLUMN events SET STORAGE EXTERNAL;

-- Requests that came before anything told whose order it is.
CREATE TABLE order_early (
    order_id uuid   PRIMARY KEY,
    version  bigint NOT NULL,
    intents  json
);

CREATE TABLE product_view (
    product_id text    PRIMARY KEY,
    version    bigint  NOT NULL,
    listed     boolean NOT NULL,
    revision   bigint  NOT NULL,
    name       text,
    unit_price bigint  NOT NULL,
    available  bigint  NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE customer_view (
    customer_id text    PRIMARY KEY,
    version     bigint  NOT NULL,
    known       boolean NOT NULL,
    balance     bigint  NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE coupon_view (
    coupon_code    text    PRIMARY KEY,
    version        bigint  NOT NULL,
    issued         boolean NOT NULL,
    revision       bigint  NOT NULL,
    customer_id    text,
    discount       bigint  NOT NULL,
    percent        integer NOT NULL,
    minimum_amount bigint  NOT NULL,
    expires_at     timestamptz,
    standing       integer NOT NULL,
    status         text    NOT NULL,
    used_by        uuid,
    used_at        timestamptz
) WITH (fillfactor = 70);

CREATE INDEX coupon_view_by_customer ON coupon_view (customer_id, coupon_code);

-- Counted once, however often they arrive.
CREATE TABLE replenishment_seen (
    replenishment_id text    PRIMARY KEY,
    version          bigint  NOT NULL,
    product_id       text    NOT NULL,
    quantity         integer NOT NULL
);

CREATE TABLE credit_seen (
    credit_id   text   PRIMARY KEY,
    version     bigint NOT NULL,
    customer_id text   NOT NULL,
    amount      bigint NOT NULL
);

-- What GET /v1/orders/{id} shows, null until known, in the contract's names; no row for an order of which only
-- requests were seen.  facts & 1: OrderRequested was.
CREATE VIEW order_shown AS
SELECT order_id, version, last_seq, request_digest, created_at,
       customer_id, status, at_rest, is_over, next,
       CASE WHEN priced OR facts & 1 <> 0 THEN items END AS items,
       CASE WHEN priced THEN subtotal END AS subtotal,
       CASE WHEN priced THEN discount END AS discount,
       CASE WHEN priced THEN amount END AS amount,
       coupon_code, nullif(coupon_status, 'NONE') AS coupon_status, coupon_reason,
       CASE WHEN revision > 0 THEN shipping END AS shipping, nullif(revision, 0) AS revision, last_revision,
       nullif(payment_status, 'NONE') AS payment_status, nullif(payment_attempt, 0) AS payment_attempt,
       payment_reason, last_attempt,
       compensation_stock, compensation_coupon, compensation_payment, export,
       rejection_reason, CASE WHEN rejection_reason IS NOT NULL THEN rejection_lines END AS rejection_lines,
       cancel_reason, deadline_at,
       coupon_open, shipping_open, payment_open, cancel_open
  FROM order_view
 WHERE status <> 'UNKNOWN';
