/* audit.h — the promises P2–P7 of a system of topics, and what breaks them.
 *
 * Shapes   finding: a promise, what broke it (an order, a product …) and how.  findings: counted all,
 *          FINDINGS_KEPT_MAX of them kept.  proof: what one way of looking has found, with its figures.
 * Ways     topics: audit_fold.h, audit_judge.h, audit_topics.c.  tables: audit_tables.c, sql/audit_*.sql.
 *          Neither shares a line with the domains' decisions.
 * Threads  none.
 * Source   contract.md section 2, rules; the README's list of promises. */
#pragma once
#include "events.h"

#define FINDINGS_KEPT_MAX  10000
#define FINDING_TEXT_BYTES 200

enum promise {
    PROMISE_ONCE,   /* P2: every effect once: two different facts where there can be one */
    PROMISE_STOCK,  /* P3 */
    PROMISE_COUPON, /* P4 */
    PROMISE_MONEY,  /* P5 */
    PROMISE_END,    /* P6: one end, one winner */
    PROMISE_EXPORT, /* P7 */
    PROMISE_COUNT
};

enum subject { SUBJECT_ORDER, SUBJECT_PRODUCT, SUBJECT_COUPON, SUBJECT_CUSTOMER, SUBJECT_FEED };

struct finding {
    enum promise promise;
    enum subject subject;
    char key[65];
    char text[FINDING_TEXT_BYTES];
};

struct findings {
    struct finding *items;
    uint32_t kept, capacity;
    uint64_t counts[PROMISE_COUNT];
};

struct order_counts {
    uint64_t seen, paid, cancelled, refused; /* refused: StockRejected */
    uint64_t open;                           /* nothing is under way: the shopper's turn */
    uint64_t flying;                         /* something is under way: not judged */
    uint64_t parked;                         /* a service keeps an event of it aside: not judged */
};

extern const char *const promise_names[PROMISE_COUNT]; /* "P3 stock" … */
extern const char *const subject_names[];

void findings_add(struct findings *findings, enum promise promise, enum subject subject,
                  const char *key, const char *format, ...) __attribute__((format(printf, 5, 6)));
uint64_t findings_total(const struct findings *findings);
void findings_free(struct findings *findings);
