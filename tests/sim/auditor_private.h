/* auditor_private.h — what the auditor's files share: its books. */
#pragma once
#include "sim/auditor.h"
#include "sim/reader.h"
#include "sim/sometimes.h"

#define ID_BYTES       66
#define AUDITED_LINES  4
#define AUDITED_CODES  8
#define AUDITED_ORDERS 32
#define AUDITED_NAMES  8
#define AUDITED_SHARDS 4

enum stock_word { STOCK_UNDECIDED, STOCK_RESERVED, STOCK_REJECTED };
enum order_end { ORDER_OPEN, ORDER_ENDED_PAID, ORDER_ENDED_CANCELLED };

struct audited_code {
    char code[ID_BYTES];
    bool is_asked, is_applied, is_restored;
    bool is_rejected[2]; /* by coupon, by order */
    int64_t discount;
};

/* What one customer asked of one order, early or not. */
struct audited_asker {
    char customer[ID_BYTES];
    uint64_t attempts;    /* bits */
    int64_t expected[64]; /* of each; −1: any */
    uint32_t cancels;     /* bit 0 customer, 1 operator */
};

struct audited_order {
    char id[ID_BYTES], customer[ID_BYTES];
    bool is_requested;
    struct {
        char product[ID_BYTES];
        int64_t quantity;
    } lines[AUDITED_LINES];
    uint32_t line_count;

    enum stock_word stock;
    bool is_released;
    int64_t subtotal, deadline_us;

    struct audited_code codes[AUDITED_CODES];
    uint32_t code_count;

    int64_t created_revision, amount, discount;
    struct audited_asker askers[AUDITED_NAMES];
    uint32_t asker_count;
    uint64_t attempts_answered; /* bits */
    bool attempts_failed, auto_pay_said;
    int64_t auto_pay_expected; /* −1: any */
    bool is_captured, is_refunded, is_voided;
    int64_t captured;
    int64_t completed_at_us; /* the record PaymentCompleted's first time; 0: none */

    enum order_end end;
    int64_t cancel_revision;
    char cancel_reason[24];
    uint32_t cancels_refused;
    char refusals[2][24];

    bool is_exported, is_acknowledged;
    int64_t feed_sequence, feed;

    /* as seen in the topics */
    bool seen_reserved, seen_rejected, seen_paid, seen_cancelled;
    int32_t seen_revision, seen_failed, seen_completed;
    int64_t seen_amount;
};

struct audited_product {
    char id[ID_BYTES];
    int64_t price, replenished, held;
    bool is_listed, was_released;
};

struct audited_coupon {
    char code[ID_BYTES], used_by[ID_BYTES], of_customer[ID_BYTES];
    bool is_issued, was_restored, is_percent;
    int64_t worth, minimum;
};

struct audited_customer {
    char id[ID_BYTES];
    int64_t credited, captured;
};

struct audited_event { /* decided by a service, under this ce_id */
    char ce_id[37];
    const char *service;
    struct text topic, key, value;
    int32_t partition;
    uint32_t place; /* among those of its service, topic and key */
    bool is_published;
    struct audited_chain *chain;
    struct audited_event *next;
};

struct audited_chain {
    const char *service;
    struct text topic, key;
    uint32_t decided, published;
    int64_t
        handled; /* of what one partition holds of a key: the last offset that decided something */
    struct audited_chain *next;
};

struct audited_record {
    struct seen_record seen;
    bool is_bad;
    uint32_t letters, letters_due; /* dead letters said about it, and expected */
    struct audited_record *next;   /* of its partition, newest first */
};

struct audited_letter { /* one per record and group */
    struct text topic, group, reason;
    int64_t partition, offset;
    struct audited_letter *next;
};

#define AUDITED_BUCKETS 512

struct auditor {
    struct arena *arena;
    struct auditor_settings settings;
    const char *invariant;
    char text[512];
    uint64_t sagas, events;
    uint32_t bad_due;

    struct audited_order orders[AUDITED_ORDERS];
    uint32_t order_count;
    struct audited_product products[AUDITED_NAMES];
    uint32_t product_count;
    struct audited_coupon coupons[AUDITED_NAMES];
    uint32_t coupon_count;
    struct audited_customer customers[AUDITED_NAMES];
    uint32_t customer_count;
    int64_t feeds[AUDITED_SHARDS]; /* last sequence decided */
    char counted[4096][12];        /* ids of replenishments and credits */
    uint32_t counted_count;

    struct audited_event *events_by_id[AUDITED_BUCKETS];
    struct audited_chain *chains[AUDITED_BUCKETS];
    struct audited_record *records[AUDITED_BUCKETS];
    struct audited_letter *letters;
};

/* One event that a transaction decided. */
struct decision {
    struct auditor *auditor;
    const char *service;
    struct frame_seen frame;
    struct audited_order *order; /* of its order_id; NULL: none */
};

#define FAIL(decision, invariant, ...) auditor_fail((decision)->auditor, invariant, __VA_ARGS__)

/* auditor.c */
struct audited_order *order_named(struct auditor *auditor, struct text id);
struct audited_record *record_at(struct auditor *auditor, struct text topic, int64_t partition,
                                 int64_t offset);
struct text member(const struct decision *decision, const char *name);
int64_t number(const struct decision *decision, const char *name);
uint32_t hash_of(struct text text, uint32_t seed);

/* auditor_cause.c */
struct audited_record *record_of_cause(struct auditor *auditor, struct text cause);
void check_cause(const struct decision *decision);

/* Its owner's requests. */
const struct audited_asker *asked_of(const struct audited_order *order);

/* auditor_facts.c: what shoppers and the shop's people say */
void take_fact(struct auditor *auditor, const struct seen_record *record);
void take_seen(struct auditor *auditor, const struct seen_record *record);
struct audited_product *product_named(struct auditor *auditor, struct text id);
struct audited_coupon *coupon_named(struct auditor *auditor, struct text code);
struct audited_customer *customer_named(struct auditor *auditor, struct text id);

/* auditor_stock.c, auditor_coupon.c, auditor_order.c, auditor_money.c, auditor_export.c */
void on_stock_decided(struct decision *decision);
void on_coupon_decided(struct decision *decision);
void on_order_decided(struct decision *decision);
void on_payment_decided(struct decision *decision);
void on_export_decided(struct decision *decision);
void on_partner_decided(struct decision *decision);
void on_letter_decided(struct decision *decision);
void check_stock_rows(struct auditor *auditor, const struct rows *rows);
void check_coupon_rows(struct auditor *auditor, const struct rows *rows);
void check_payment_rows(struct auditor *auditor, const struct rows *rows);
struct audited_code *code_of(struct audited_order *order, struct text code);
void check_letters(struct auditor *auditor);
