/* payment.h — balances of customers, and at most one standing capture per order.
 *
 * Shapes     payment(order_id): one row per order · balance(customer_id) · credit(credit_id).  By value.
 * Units      amounts and balances are won, 0 … 2⁵³−1; *_at_us are µs since 1970-01-01 UTC.
 * States     NONE → OPEN → CAPTURED → REFUNDED; NONE, OPEN → VOIDED (cancelled, nothing captured);
 *            NONE → FENCED (cancelled before it was ever PENDING).  Table in payment.c.
 * Invariant  credited = balance + captured (what stands captured), per customer; an attempt has one outcome;
 *            OrderCancelled of revision ≥ 1 is answered by exactly one of PaymentRefunded, PaymentVoided.
 * Refusals   CANCELLED, ALREADY_PAID, AMOUNT_CHANGED, UNKNOWN_CUSTOMER, INSUFFICIENT_BALANCE, in this
 *            order: PaymentFailed.reason.  A customer who was never credited is unknown, also for an amount
 *            of 0; a known customer's amount of 0 is captured as 0.
 * Waiting    a request whose order or revision is not known yet waits in the row: at most
 *            PAYMENT_WAITING_CUSTOMERS_MAX customers, PAYMENT_WAITING_PER_CUSTOMER_MAX requests of each;
 *            beyond: a dead letter.  A stranger's is one as soon as the owner is known.
 * Errors     none: decisions are total.
 * Threads    none: called by the one loop.
 * Source     schemas/topics.json; docs/saga.md#payment */
#pragma once
#include "runtime/service.h"

enum payment_row { PAYMENT_PAYMENT, PAYMENT_BALANCE, PAYMENT_CREDIT, PAYMENT_ROW_TYPES };

enum payment_state {
    PAYMENT_NONE,
    PAYMENT_OPEN,
    PAYMENT_CAPTURED,
    PAYMENT_REFUNDED,
    PAYMENT_VOIDED,
    PAYMENT_FENCED,
};

#define PAYMENT_WAITING_CUSTOMERS_MAX    4
#define PAYMENT_WAITING_PER_CUSTOMER_MAX 8
/* … and attempt 1 of auto_pay, which may always join. */
#define PAYMENT_WAITING_MAX   (PAYMENT_WAITING_CUSTOMERS_MAX * PAYMENT_WAITING_PER_CUSTOMER_MAX + 1)
#define PAYMENT_DECIDED_BYTES (PAYMENT_ATTEMPT_MAX / 8 + 1)

/* A PaymentRequested that waits, with where it came from.  Rows are compared byte by byte: no padding. */
struct payment_request {
    struct customer_id customer_id;
    bool has_expected_amount;
    uint8_t unused[2];
    int32_t attempt;
    int32_t revision; /* of OrderCreated that must be known; 0: auto_pay */
    int32_t source_partition;
    int64_t source_offset;
    int64_t expected_amount;
};
_Static_assert(sizeof(struct payment_request) == 96, "padding would make equal rows differ");

struct payment_requests {
    uint32_t count;
    struct payment_request at[PAYMENT_WAITING_MAX];
};

struct payment {
    struct order_id order_id;
    struct customer_id customer_id; /* "": the owner is not known yet */
    enum payment_state state;
    int32_t revision; /* newest OrderCreated; 0: none */
    int64_t amount;
    int32_t captured_attempt; /* 0: never captured */
    int64_t captured_amount;
    int64_t refunded_amount;
    uint8_t decided[PAYMENT_DECIDED_BYTES]; /* bit set of attempts that have their outcome */
    struct payment_requests waiting;        /* ascending by attempt */
};

struct balance {
    struct customer_id customer_id;
    bool known; /* was credited at least once */
    int64_t balance;
    int64_t credited;
    int64_t captured; /* what stands: refunds are taken off */
};

struct credit {
    struct credit_id credit_id;
    struct customer_id customer_id;
    int64_t amount;
    int64_t credited_at_us;
};

extern const struct service payment_service;
