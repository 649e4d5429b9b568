/* stock.h — units on hand, and units held per order.
 *
 * Shapes     hold(order_id), product(product_id), replenishment(replenishment_id): one row each,
 *            by value.
 * Units      *_units are pieces ≥ 0; unit_price and subtotal are won; *_at_us are µs since
 *            1970-01-01 UTC.
 * States     NONE → HELD → RELEASED; NONE → REFUSED; NONE → FENCED → REFUSED.  Table in stock.c.
 * Invariant  replenished = available + held, per product, at every commit (what is paid stays
 *            held).
 * Refusals   CANCELLED, UNKNOWN_PRODUCT, AMOUNT_TOO_LARGE, SOLD_OUT, in this order:
 *            StockRejected.reason. A replenishment beyond the limit, or one whose id was used for
 *            another: a dead letter.
 * Errors     none: decisions are total.
 * Threads    none: called by the one loop.
 * Source     schemas/topics.json; docs/saga.md#stock */
#pragma once
#include "runtime/service.h"

enum stock_row { STOCK_HOLD, STOCK_PRODUCT, STOCK_REPLENISHMENT, STOCK_ROW_TYPES };

enum hold_state { HOLD_NONE, HOLD_HELD, HOLD_REFUSED, HOLD_RELEASED, HOLD_FENCED };

struct stock_hold {
    struct order_id order_id;
    struct customer_id customer_id;
    enum hold_state state;
    enum stock_rejected_reason reason; /* of a REFUSED one */
    struct priced_lines items;         /* what was taken; what is given back */
    int64_t subtotal;
    int64_t deadline_at_us;
};

struct stock_product {
    struct product_id product_id;
    bool listed; /* until then unknown to orders, whatever was replenished */
    int64_t revision;
    int64_t unit_price;
    int64_t replenished_units;
    int64_t available_units;
    int64_t held_units;
};

struct stock_replenishment {
    struct replenishment_id replenishment_id;
    struct product_id product_id;
    int32_t quantity;
    int64_t counted_at_us;
};

extern const struct service stock_service;
