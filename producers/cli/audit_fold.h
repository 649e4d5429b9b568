/* audit_fold.h — all topics, folded by key.
 *
 * Shapes   fact: one event of an order, by what makes it one (type and code, attempt or revision); a list
 *          per order.  order: what its facts add up to.  product, customer, coupon, feed: sums over facts.
 * Repeats  the same bytes again are a repeat, counted; other bytes where there can be one fact are a
 *          finding (PROMISE_ONCE), and the first seen stays.
 * Order    none is assumed: any order of arrival gives the same fold, findings apart.
 * Memory   32 bytes per fact, 144 per order, 8 per line held.
 * Errors   none; what is not an event is counted by the caller.
 * Threads  none. */
#pragma once
#include "cli/audit.h"
#include "cli/audit_names.h"

struct audit_fact {
    uint64_t hash; /* of the value */
    int64_t offset;
    uint32_t next;  /* index of the order's next fact; 0: none */
    uint32_t which; /* code (index), attempt, revision; else 0 */
    int32_t partition;
    uint8_t type;    /* enum event_type */
    bool is_settled; /* lay there before the positions were asked, see audit_judge.h */
};

struct audit_order {
    struct uuid id;
    uint32_t facts;             /* index of the newest, 0: none */
    uint32_t customer;          /* index */
    uint32_t lines, line_count; /* of StockReserved, in audit.lines */
    uint64_t lines_hash,
        released_hash;             /* products and quantities of StockReserved, StockReleased */
    uint64_t paid_hash, sent_hash; /* of what OrderPaid and PartnerOrder must agree on */
    int64_t subtotal, discount,
        amount; /* of the first OrderCreated; subtotal: StockReserved's before */
    int64_t captured, refunded, paid;
    uint32_t paid_code; /* coupon in OrderPaid, index */
    int32_t cancel_revision;
    bool was_created;
    bool refused_by_cancel; /* StockRejected with reason CANCELLED */
};

struct audit_line {
    uint32_t product;
    int32_t quantity;
};

struct audit_product {
    __int128 replenished, held, flying; /* pieces; flying: their order's release is under way */
};

struct audit_customer {
    __int128 credited, captured, refunded, flying;
};

struct audit_coupon {
    bool is_issued;
    uint32_t owner;    /* customer index, 0: anyone */
    uint32_t standing; /* orders that have it */
    uint32_t order;    /* one of them, index + 1 */
};

struct audit_feed {
    uint32_t *orders; /* by feed_sequence − 1: order index + 1 */
    uint32_t capacity;
    int64_t highest;
    int64_t outside; /* numbers too large to be kept */
};

struct audit {
    struct audit_order *orders;
    uint32_t order_count, order_capacity;
    uint32_t *slots;
    uint32_t slot_count;
    struct audit_fact *facts; /* [0] is unused */
    uint32_t fact_count, fact_capacity;
    struct audit_line *lines;
    uint32_t line_count, line_capacity;
    struct names products, customers, coupons, singles; /* singles: replenishment and credit ids */
    struct audit_product *product_sums;                 /* by index in names */
    struct audit_customer *customer_sums;
    struct audit_coupon *coupon_sums;
    uint32_t product_room, customer_room, coupon_room;
    struct audit_feed *feeds; /* by partition */
    uint32_t feed_count;
    uint64_t *single_hashes; /* by index in singles */
    uint32_t single_room;
    uint64_t events, repeats;
    struct findings findings;
};

void audit_free(struct audit *audit);
/* event->source says where it lay. */
void audit_fold(struct audit *audit, const struct event *event, bool is_settled);

/* The order's fact, or NULL.  which: as in struct audit_fact. */
const struct audit_fact *audit_fact_of(const struct audit *audit, const struct audit_order *order,
                                       enum event_type type);
const struct audit_order *audit_order_find(const struct audit *audit, struct uuid id);
void audit_order_text(const struct audit_order *order, char out[UUID_TEXT_BYTES]);
