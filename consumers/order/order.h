/* order.h — what a shopper wants, and the one decider of pay against cancel against deadline.
 *
 * Shapes     order(order_id): one row per order · early(order_id): requests that came before their
 *            order.  By value.
 * Units      amounts are won; *_at_us are µs since 1970-01-01 UTC; revision counts from 1, 0: none.
 * States     NONE → RESERVED → PENDING → PAID; RESERVED, PENDING → CANCELLED; NONE → SOLD_OUT.
 *            Table in order.c.
 * Invariant  one terminal state, entered once; items and amounts are fixed by the first
 *            OrderCreated; an order becomes PENDING only when no coupon outcome is open; each code
 *            is asked for once.
 * Refusals   CouponRejected CANCELLED, TOO_LATE, ANOTHER_APPLIED (by order itself, in this order);
 *            CancelRefused ALREADY_PAID, ALREADY_CANCELLED, SOLD_OUT, once per kind of cancel.
 * Waiting    requests of at most EARLY_CUSTOMERS_MAX customers, EARLY_CODES_MAX codes of each;
 *            beyond: a dead letter.  They take effect for the customer whom StockReserved or
 *            StockRejected names; a stranger's become dead letters then (of its shipping the newest
 *            revision: the others are repeats, as they would be of the owner).
 * Errors     none: decisions are total.
 * Threads    none: called by the one loop.
 * Source     schemas/topics.json; docs/saga.md#order */
#pragma once
#include "runtime/service.h"

enum order_row { ORDER_ORDER, ORDER_EARLY, ORDER_ROW_TYPES };

enum order_state {
    ORDER_NONE,
    ORDER_RESERVED,
    ORDER_PENDING,
    ORDER_PAID,
    ORDER_CANCELLED,
    ORDER_SOLD_OUT,
};

/* WAITING: behind a code whose outcome is open.  ASKED: coupon's outcome is open.  REJECTED: by
 * coupon. REFUSED: by order itself. */
enum code_state {
    CODE_WAITING,
    CODE_ASKED,
    CODE_APPLIED,
    CODE_REJECTED,
    CODE_REFUSED,
    CODE_RESTORED
};

struct order_code {
    struct coupon_code coupon_code;
    enum code_state state;
    int64_t discount; /* of one that was APPLIED */
};

struct order_codes {
    uint32_t count;
    struct order_code at[ORDER_CODES_MAX]; /* in order of arrival */
};

struct order {
    struct order_id order_id;
    struct customer_id customer_id; /* "": the owner is not known yet */
    enum order_state state;
    struct priced_lines items;
    int64_t subtotal;
    int64_t discount; /* this and amount: fixed with the first OrderCreated */
    int64_t amount;
    struct coupon_code coupon_code; /* whose discount it is; "": none */
    struct order_codes codes;

    bool auto_pay; /* wanted; from the first OrderCreated on: told */
    enum on_coupon_rejected on_coupon_rejected;
    enum on_payment_failure on_payment_failure;
    bool has_expected_amount;
    int64_t expected_amount;

    int32_t submitted_revision;        /* newest shipping */
    struct coupon_code submitted_code; /* the code it named */
    struct shipping shipping;
    int32_t created_revision; /* newest OrderCreated */

    int64_t deadline_at_us;
    int32_t timer_partition; /* of StockReserved: whoever holds it fires the deadline */
    int64_t paid_at_us;
    enum order_cancelled_reason cancel_reason;
    int32_t cancels_answered; /* bit per enum cancel_requested_reason */

    bool stock_released; /* for people: which compensation is still out */
    bool payment_refunded;

    /* Requests wait in early.  Written with the first of them, so that this row's version stands between two
     * members of which one keeps a request while the other learns whose order it is. */
    bool has_early;
};

/* ---- requests before their order */

#define EARLY_CUSTOMERS_MAX 4
#define EARLY_CODES_MAX     8
#define EARLY_CANCELS_MAX   3 /* one per enum cancel_requested_reason */

/* Where a request lies in its topic.  Rows are compared byte by byte: no padding. */
struct early_source {
    int32_t partition;
    int32_t unused;
    int64_t offset; /* −1: part of another request */
};

struct early_code {
    struct coupon_code coupon_code;
    uint8_t unused[7];
    struct early_source source;
};

struct early_codes {
    uint32_t count;
    struct early_code at[EARLY_CODES_MAX];
};

struct early_cancel {
    enum cancel_requested_reason reason;
    int32_t unused;
    struct early_source source;
};

struct early_cancels {
    uint32_t count;
    struct early_cancel at[EARLY_CANCELS_MAX]; /* the first one wins */
};

struct early_customer {
    struct customer_id customer_id;
    struct early_codes codes;
    struct early_cancels cancels;
    int32_t revision; /* of the newest shipping; 0: none */
    bool has_coupon_code;
    struct coupon_code coupon_code; /* that it names */
    bool has_shipping;
    struct shipping shipping;
    struct early_source shipping_source;
};

struct early_customers {
    uint32_t count;
    struct early_customer at[EARLY_CUSTOMERS_MAX];
};

struct early {
    struct order_id order_id;
    struct early_customers customers;
};

extern const struct service order_service;
