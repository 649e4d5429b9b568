-- The read model.  What each column means, and which of them the bridge reads, is told in timeline.h.

-- One row per order.
CREATE TABLE order_view (
    order_id        uuid    PRIMARY KEY,
    version         bigint  NOT NULL,
    customer_id     text    COLLATE "C", -- NULL: not named yet
    created_at      timestamptz,
    request_digest  text,
    status          text    NOT NULL,    -- UNKNOWN: only requests were seen
    fold            bytea   NOT NULL,    -- what the fold remembers: facts, maxima, bits (struct order_view)
    codes           json,                -- the coupon codes of the order, each with what was told of it
    shown           text    NOT NULL,    -- JSON: everything else that is shown, without what is null, false,
                                         -- NONE or 0: see order_shown
    items           json,                -- written by the fold and never loaded, like shown
    shipping        json,
    rejection_lines json
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
    product_id text    COLLATE "C" PRIMARY KEY,
    version    bigint  NOT NULL,
    listed     boolean NOT NULL,
    revision   bigint  NOT NULL,
    name       text,
    unit_price bigint  NOT NULL,
    available  bigint  NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE customer_view (
    customer_id text    COLLATE "C" PRIMARY KEY,
    version     bigint  NOT NULL,
    known       boolean NOT NULL,
    credited    bigint  NOT NULL,
    balance     bigint  NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE coupon_view (
    coupon_code    text    COLLATE "C" PRIMARY KEY,
    version        bigint  NOT NULL,
    issued         boolean NOT NULL,
    revision       bigint  NOT NULL,
    customer_id    text    COLLATE "C",
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
    replenishment_id text    COLLATE "C" PRIMARY KEY,
    version          bigint  NOT NULL,
    product_id       text    NOT NULL,
    quantity         integer NOT NULL
);

CREATE TABLE credit_seen (
    credit_id   text   COLLATE "C" PRIMARY KEY,
    version     bigint NOT NULL,
    customer_id text   NOT NULL,
    amount      bigint NOT NULL
);

-- What GET /v1/orders/{id} shows, null until known, in the contract's names; no row for an order of which only
-- requests were seen.
CREATE VIEW order_shown AS
SELECT order_id, version, request_digest, created_at, customer_id, status,
       j ->> 'at_rest' IS NOT NULL AS at_rest,
       j ->> 'is_over' IS NOT NULL AS is_over,
       j ->> 'next' AS next,
       items,
       (j ->> 'subtotal')::bigint AS subtotal,
       (j ->> 'discount')::bigint AS discount,
       (j ->> 'amount')::bigint AS amount,
       j ->> 'coupon_code' AS coupon_code,
       j ->> 'coupon_status' AS coupon_status,
       j ->> 'coupon_reason' AS coupon_reason,
       CASE WHEN j ->> 'revision' IS NOT NULL THEN shipping END AS shipping,
       (j ->> 'revision')::integer AS revision,
       coalesce((j ->> 'last_revision')::integer, 0) AS last_revision,
       j ->> 'payment_status' AS payment_status,
       (j ->> 'payment_attempt')::integer AS payment_attempt,
       j ->> 'payment_reason' AS payment_reason,
       coalesce((j ->> 'last_attempt')::integer, 0) AS last_attempt,
       coalesce(j ->> 'compensation_stock', 'NONE') AS compensation_stock,
       coalesce(j ->> 'compensation_coupon', 'NONE') AS compensation_coupon,
       coalesce(j ->> 'compensation_payment', 'NONE') AS compensation_payment,
       coalesce(j ->> 'export', 'NONE') AS export,
       j ->> 'rejection_reason' AS rejection_reason,
       CASE WHEN j ->> 'rejection_reason' IS NOT NULL THEN rejection_lines END AS rejection_lines,
       j ->> 'cancel_reason' AS cancel_reason,
       (j ->> 'deadline_at')::timestamptz AS deadline_at,
       j ->> 'coupon_open' IS NOT NULL AS coupon_open,
       j ->> 'shipping_open' IS NOT NULL AS shipping_open,
       j ->> 'payment_open' IS NOT NULL AS payment_open,
       j ->> 'cancel_open' IS NOT NULL AS cancel_open
  FROM order_view CROSS JOIN LATERAL (SELECT shown::json AS j) AS s
 WHERE status <> 'UNKNOWN';
