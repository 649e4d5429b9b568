/* auditor.h — an independent bookkeeper: what must hold, by a simple sequential model.
 *
 * Sees       every record of every topic as it is appended, what each transaction decided (the frames of
 *            its outbox), and rows by the names of their columns.  Nothing of the domains' code.
 * Promises   P1 – P9, P11, P12 of the README, each checked at the earliest moment it can be seen broken.
 * Files      auditor.c identity and order of events (P2, P8, P12) · auditor_money.c, auditor_stock.c,
 *            auditor_order.c the model (P3 – P7) · auditor_letters.c (P9) · auditor_rest.c (P1, P11). */
#pragma once
#include "base/arena.h"
#include "sim/rows.h"
#include <stdbool.h>
#include <stdint.h>

struct auditor;

struct auditor_settings {
    bool keeps_order;          /* no client publishes with another partitioner */
    bool parks;                /* events may be handled out of their order, for one could not be */
    int64_t order_deadline_us; /* as the services are told */
};

struct seen_record {
    const char *topic; /* one pointer per topic */
    int32_t partition;
    int64_t offset, at_us;
    const char *key, *value, *ce_id, *cause;
    uint32_t key_bytes, value_bytes, cause_bytes;
    const char *from; /* a service's name, or "shopper", "operator", "nemesis" */
};

struct decided_frames {
    const char *bytes;
    uint32_t count;
    bool is_handed_back; /* by a redrive */
};

struct auditor *auditor_new(struct arena *arena, const struct auditor_settings *settings);
void auditor_appended(struct auditor *auditor, const struct seen_record *record);
/* The next record that "nemesis" appends is no event: each consumer writes a dead letter. */
void auditor_expect_bad(struct auditor *auditor, uint32_t consumers);
/* rows NULL: only positions moved. */
void auditor_committed(struct auditor *auditor, const char *service,
                       const struct decided_frames *decided, uint32_t count,
                       const struct rows *rows);
/* All has come to rest.  is_over: every deadline has passed as well. */
void auditor_rest(struct auditor *auditor, int64_t now_us, bool is_over);
void auditor_rest_rows(struct auditor *auditor, const char *service, const struct rows *rows);

const char *auditor_invariant(const struct auditor *auditor); /* NULL: all holds */
const char *auditor_text(const struct auditor *auditor);
void auditor_fail(struct auditor *auditor, const char *invariant, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
uint64_t auditor_sagas(const struct auditor *auditor);  /* orders that were accepted */
uint64_t auditor_events(const struct auditor *auditor); /* decided */

/* For shoppers: what anyone sees in the topics of an order. */
struct order_seen {
    bool is_reserved, is_rejected, is_paid, is_cancelled;
    int32_t created_revision, failed_attempts, completed;
    int64_t amount;
};
struct order_seen auditor_order_seen(const struct auditor *auditor, const char *order_id);
