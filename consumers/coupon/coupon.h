/* coupon.h — coupons, and who has redeemed them.
 *
 * Shapes     coupon(coupon_code): its definition and who uses it · order(order_id): the outcome
 *            of every code that was tried for it.  One row each, by value.
 * Units      discount and minimum_amount are won; percent is 1–100; *_at_us are µs since
 *            1970-01-01 UTC.
 * States     UNKNOWN → AVAILABLE ⇄ USED.  Table in coupon.c.
 * Invariant  a coupon is USED by at most one order, an order has at most one coupon APPLIED; a
 *            used coupon's definition is never changed; every (order, code) has one outcome.
 * Refusals   CANCELLED, ANOTHER_APPLIED, UNKNOWN, NOT_YOURS, ALREADY_USED, EXPIRED,
 *            BELOW_MINIMUM, in this order: CouponRejected.reason.
 * Errors     none: decisions are total.
 * Threads    none: called by the one loop.
 * Source     schemas/topics.json; docs/saga.md#coupon */
#pragma once
#include "runtime/service.h"

enum coupon_row { COUPON_ORDER, COUPON_COUPON, COUPON_ROW_TYPES };

enum coupon_state { COUPON_UNKNOWN, COUPON_AVAILABLE, COUPON_USED };

enum coupon_outcome { OUTCOME_NONE, OUTCOME_APPLIED, OUTCOME_REJECTED, OUTCOME_RESTORED };

struct coupon {
    struct coupon_code coupon_code;
    enum coupon_state state;
    struct customer_id customer_id; /* "": anyone's */
    int64_t revision;
    int64_t discount; /* either this … */
    int32_t percent;  /* … or this */
    int64_t minimum_amount;
    int64_t expires_at_us;   /* 0: never */
    struct order_id used_by; /* of a USED one */
};

struct coupon_try {
    struct coupon_code coupon_code;
    enum coupon_outcome outcome;
    enum coupon_rejected_reason reason; /* of a REJECTED one */
    int64_t discount;                   /* of one that was APPLIED */
};

struct coupon_tries {
    uint32_t count;
    struct coupon_try at[ORDER_CODES_MAX];
};

struct coupon_order {
    struct order_id order_id;
    struct customer_id customer_id;
    bool cancelled; /* the fence: nothing is applied any more */
    struct coupon_tries tries;
};

extern const struct service coupon_service;
