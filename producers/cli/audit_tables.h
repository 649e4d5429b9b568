/* audit_tables.h — the promises proven from the tables of all services, by SQL over sets.
 *
 * Shapes   tables_proof: findings, figures, and the sums that the topics' fold is compared with.
 * Snapshot one REPEATABLE READ transaction over all schemas; so the schemas must lie in one database.
 * Flying   services commit one after the other, so a snapshot may show one before its neighbour.  What a
 *          first look finds is looked at again when every service has handled all that was there; only
 *          what both looks found is a finding.
 * Errors   ERROR_RETRY: a database or Kafka does not answer.  ERROR_REFUSED: the schemas lie on several
 *          servers, or a schema is missing.
 * Threads  none.
 * Source   sql/audit_*.sql */
#pragma once
#include "cli/audit_topics.h"

struct tables_proof {
    struct progress progress;
    struct findings findings;
    struct order_counts orders;
    uint64_t products, customers, coupons, feeds;
    uint64_t unsettled; /* found at first, gone at the second look: they were under way */
    bool was_settled;   /* every service came past what was there at the first look; else: */
    uint64_t unproven[PROMISE_COUNT]; /* found at first, and no second look was possible */
    double seconds;
};

bool tables_prove(struct cli *cli, int64_t wait_s, struct tables_proof *proof,
                  struct error *err) MUST_USE;
void tables_proof_free(struct tables_proof *proof);

/* Compares every order, product, customer and coupon of the tables with the fold: adds to `out`.  Ends of
 * orders are compared always, all else only where the tables stand exactly where the fold ends
 * (*was_exact). */
bool tables_compare(struct cli *cli, const struct topics_proof *fold, struct findings *out,
                    uint64_t *compared, bool *was_exact, struct error *err) MUST_USE;
