/* timeline_rows.h — what the read model keeps of orders, products, customers and coupons.
 *
 * Shapes     one struct per row type (timeline_rows.c has its columns).
 * Stored     the numbers of enum order_fact, of enum code_fact and of the schemas' reasons, and the
 *            bytes of order_view from subtotal to attempts_answered: none changes without a
 *            migration.
 * Invariant  facts only ever grow; everything shown is computed from facts, maxima and bits.
 * Threads    none. */
#pragma once
#include "timeline/timeline.h"
#include "json/json_write.h"

#define ATTEMPT_BYTES 16 /* a bit per attempt up to PAYMENT_ATTEMPT_MAX */

/* Of shipping data: revision × 2 as asked for, + 1 as a service has it; what was paid is final. */
#define RANK_OF_REQUEST  2
#define RANK_OF_RESERVED 3
#define RANK_OF_PAID     INT32_MAX

/* What is shown; in the tables by the names that the contract gives them. */
enum shown_status {
    STATUS_UNKNOWN,
    STATUS_REQUESTED,
    STATUS_SOLD_OUT,
    STATUS_RESERVED,
    STATUS_PENDING,
    STATUS_PAID,
    STATUS_CANCELLED,
};
enum shown_next {
    NEXT_NOTHING,
    NEXT_CANCEL,
    NEXT_COUPON_SHIPPING_CANCEL,
    NEXT_SHIPPING_CANCEL,
    NEXT_PAYMENT_SHIPPING_CANCEL,
};
enum shown_coupon {
    SHOWN_NO_COUPON,
    SHOWN_SELECTED,
    SHOWN_APPLIED,
    SHOWN_REJECTED,
    SHOWN_RESTORED
};
enum shown_payment {
    SHOWN_NO_PAYMENT,
    SHOWN_REQUESTED,
    SHOWN_FAILED,
    SHOWN_COMPLETED,
    SHOWN_REFUNDED
};
enum compensation { COMPENSATION_NONE, COMPENSATION_PENDING, COMPENSATION_DONE };
enum shown_export { SHOWN_UNSENT, SHOWN_SENT, SHOWN_ACKNOWLEDGED };
enum coupon_use { SHOWN_AVAILABLE, SHOWN_USED };

/* What has been told of an order.  Stored: a bit never changes its meaning. */
enum order_fact {
    FACT_REQUESTED = 1 << 0,
    FACT_RESERVED = 1 << 1,
    FACT_REJECTED = 1 << 2,
    FACT_FENCED = 1 << 3, /* StockRejected CANCELLED: OrderCancelled ends it, not the shelf */
    FACT_RELEASED = 1 << 4,
    FACT_CREATED = 1 << 6,  /* amounts are fixed */
    FACT_AUTO_PAY = 1 << 7, /* attempt 1 is asked for by OrderCreated itself */
    FACT_CONTINUES = 1 << 8,
    FACT_FAILURE_CANCELS = 1 << 9,
    FACT_CAPTURED = 1 << 10,
    FACT_FAILED = 1 << 11, /* a failure that on_payment_failure: "cancel" heeds */
    FACT_REFUNDED = 1 << 12,
    FACT_VOIDED = 1 << 13,
    FACT_PAID = 1 << 14,
    FACT_CANCELLED = 1 << 15,
    FACT_CANCELLED_BY_REQUEST = 1 << 16,
    FACT_CANCEL_BY_CUSTOMER = 1 << 17,
    FACT_CANCEL_BY_OPERATOR = 1 << 18,
    FACT_CANCEL_BY_OTHER = 1 << 19,
    FACT_CANCEL_REFUSED = 1 << 20,
    FACT_SENT = 1 << 21,
    FACT_ACKNOWLEDGED = 1 << 22,
    FACT_RESTORED = 1 << 23, /* some coupon was */
    FACT_OWNED = 1 << 24,    /* not only OrderRequested has named the customer */
};

/* What has been told of one coupon code of an order.  Stored likewise. */
enum code_fact {
    CODE_CARRIED = 1 << 0, /* by OrderRequested, StockReserved */
    CODE_SELECTED = 1 << 1,
    CODE_ASKED = 1 << 2, /* CouponRequested */
    CODE_APPLIED = 1 << 3,
    CODE_REJECTED = 1 << 4,
    CODE_RESTORED = 1 << 5,
    CODE_PRICED = 1 << 6,   /* OrderCreated, OrderPaid name it: so it was applied */
    CODE_GIVEN_UP = 1 << 7, /* OrderCancelled lists it */
    CODE_NAMED = 1 << 8,    /* by the newest request for shipping: selected by it */
};

struct order_code {
    struct coupon_code code;
    uint16_t facts;
    enum coupon_rejected_reason reason;
    int64_t discount;
    int64_t at_us; /* of the newest event about it */
};

struct order_codes {
    uint32_t count;
    struct order_code at[ORDER_CODES_MAX];
};

/* JSON that is written when it changes and never loaded; its bytes live in the batch's arena. */
struct shown_json {
    const char *bytes;
    uint32_t length;
};

/* What is shown beside it: computed by show_order from the rest of the row, written as one JSON
 * text, never loaded.  Reasons are NULL or a name of the schemas. */
struct order_shown {
    bool at_rest;
    bool is_over; /* nothing more comes, unless somebody asks for something */
    bool priced;
    bool coupon_open, shipping_open, payment_open, cancel_open;
    enum shown_next next;
    enum shown_coupon coupon_status;
    struct coupon_code coupon_code;
    const char *coupon_reason;
    enum shown_payment payment_status;
    int32_t payment_attempt;
    const char *payment_reason;
    enum compensation compensation_stock, compensation_coupon, compensation_payment;
    enum shown_export export;
};

/* Where it stands among all orders. */
struct place {
    bool is_told;
    bool is_moving; /* not at rest */
    enum shown_status status;
    int64_t open_at_us; /* created at, while it goes on; 0: it does not */
};

struct order_view {
    struct order_id order_id;
    struct customer_id customer_id;
    int64_t created_at_us;
    struct request_digest request_digest;
    enum shown_status status;

    struct { /* one column of FOLD_BYTES, as they lie here: a change needs a migration */
        int64_t subtotal, discount, amount;
        int64_t deadline_at_us;
        int32_t facts; /* enum order_fact */
        int32_t last_seq;
        int32_t early_count; /* > 0: the early row exists */
        int32_t revision;    /* shown */
        int32_t last_revision;
        int32_t shipping_rank;      /* of the shipping data shown */
        int32_t named_rank;         /* of the request for shipping whose code is CODE_NAMED */
        int32_t submitted_revision; /* by ShippingSubmitted */
        int32_t created_revision;
        int32_t cancelled_revision;
        int32_t last_attempt;
        int32_t captured_attempt;
        int32_t failed_attempt;
        uint8_t failed_reason, refunded_reason, rejected_reason, cancelled_reason;
        uint8_t attempts_requested[ATTEMPT_BYTES], attempts_answered[ATTEMPT_BYTES];
    };
    struct order_codes codes;

    struct order_shown shown;
    struct shown_json items, shipping, rejection_lines;
    uint32_t events_row; /* a guess at this batch's row of order_events, + 1; no column */
    uint32_t place_row;  /* the same of order_place */
    struct place place;  /* as this batch has told it; no column */
};

#define FOLD_OFFSET offsetof(struct order_view, subtotal)
#define FOLD_BYTES  120
_Static_assert(offsetof(struct order_view, attempts_answered) + ATTEMPT_BYTES - FOLD_OFFSET ==
                   FOLD_BYTES,
               "stored: no padding, no change without a migration");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "stored: little-endian");

struct order_events {
    struct order_id order_id;
    int32_t first_seq, last_seq;
    struct json_writer events; /* the array, still open */
};

/* What a batch changed of where an order stands; has no table. */
struct order_place {
    struct order_id order_id;
    int64_t was_open_at_us, open_at_us; /* created at, while it goes on; 0: it does not */
    struct order_codes codes;           /* all of them, where a new one was named; else none */
};

/* How many orders more, or fewer, stand where after a batch; one for all of it, without a table. */
struct order_tally {
    char key[8]; /* "": there is but one */
    int64_t requested, sold_out, reserved, pending, paid, cancelled;
    int64_t moving; /* not at rest */
};

struct early_intent {
    enum event_type type;
    int64_t at_us;
    struct uuid id;
    uint32_t start, value_bytes; /* in early_intents.bytes */
};

struct early_intents {
    uint32_t count;
    struct early_intent at[EARLY_INTENTS_MAX];
    uint32_t used_bytes;
    char bytes[EARLY_BYTES_MAX];
};

struct order_early {
    struct order_id order_id;
    struct early_intents intents;
};

struct product_view {
    struct product_id product_id;
    bool listed;
    int64_t revision;
    struct product_name name;
    int64_t unit_price;
    int64_t available;
};

struct customer_view {
    struct customer_id customer_id;
    bool known;
    int64_t credited; /* payment refuses what would take this beyond the maximum */
    int64_t balance;
};

struct coupon_view {
    struct coupon_code coupon_code;
    bool issued;
    int64_t revision;
    struct customer_id customer_id;
    int64_t discount;
    int32_t percent;
    int64_t minimum_amount;
    int64_t expires_at_us;
    int32_t standing; /* applied − restored */
    enum coupon_use status;
    struct order_id used_by;
    int64_t used_at_us;
};

struct replenishment_seen {
    struct replenishment_id replenishment_id;
    struct product_id product_id;
    int32_t quantity;
};

struct credit_seen {
    struct credit_id credit_id;
    struct customer_id customer_id;
    int64_t amount;
};
