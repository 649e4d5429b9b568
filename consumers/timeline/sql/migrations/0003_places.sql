-- What an operator looks for orders by: time, what still goes on, coupon codes; and how many stand where.
-- order_view's status is in no index, so that its changes stay in their page; what goes on is a table of its own.

CREATE INDEX order_view_by_time ON order_view (created_at, order_id);

-- Orders that may still change by themselves or by their shopper: neither ended nor, where cancelled, given all back.
CREATE TABLE order_open (
    created_at timestamptz NOT NULL,
    order_id   uuid        NOT NULL,
    PRIMARY KEY (created_at, order_id)
);

-- Every coupon code that an order has named.
CREATE TABLE order_coupon (
    coupon_code text COLLATE "C" NOT NULL,
    order_id    uuid NOT NULL,
    PRIMARY KEY (coupon_code, order_id)
);

-- How many orders stand where: the sum over all shards.  A session adds to one shard, so that two instances
-- seldom meet in a row; a shard by itself means nothing, and may be below zero.
CREATE TABLE order_count (
    shard     integer PRIMARY KEY,
    requested bigint NOT NULL DEFAULT 0,
    sold_out  bigint NOT NULL DEFAULT 0,
    reserved  bigint NOT NULL DEFAULT 0,
    pending   bigint NOT NULL DEFAULT 0,
    paid      bigint NOT NULL DEFAULT 0,
    cancelled bigint NOT NULL DEFAULT 0,
    moving    bigint NOT NULL DEFAULT 0 -- not at rest
);

-- What one batch changed of an order's place, and of all places together.  Never stored: save_places.sql and
-- save_tallies.sql take them apart.
CREATE TYPE order_place AS (
    order_id    uuid,
    was_open_at timestamptz, -- created at; NULL: was not in order_open
    open_at     timestamptz, -- NULL: is not
    codes       json         -- NULL, or all codes that it has named
);
CREATE TYPE order_tally AS (
    requested bigint,
    sold_out  bigint,
    reserved  bigint,
    pending   bigint,
    paid      bigint,
    cancelled bigint,
    moving    bigint
);

-- The orders that are there already.
INSERT INTO order_open
SELECT created_at, order_id FROM order_shown
 WHERE NOT (at_rest AND status IN ('SOLD_OUT', 'PAID', 'CANCELLED'));

INSERT INTO order_coupon
SELECT DISTINCT code ->> 0, order_id FROM order_view, json_array_elements(codes) AS code;

INSERT INTO order_count (shard, requested, sold_out, reserved, pending, paid, cancelled, moving)
SELECT 0,
       count(*) FILTER (WHERE status = 'REQUESTED'),
       count(*) FILTER (WHERE status = 'SOLD_OUT'),
       count(*) FILTER (WHERE status = 'RESERVED'),
       count(*) FILTER (WHERE status = 'PENDING'),
       count(*) FILTER (WHERE status = 'PAID'),
       count(*) FILTER (WHERE status = 'CANCELLED'),
       count(*) FILTER (WHERE NOT at_rest)
  FROM order_shown;
