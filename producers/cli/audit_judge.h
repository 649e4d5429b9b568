/* audit_judge.h — what a fold of all topics must satisfy, and what of it cannot be judged yet.
 *
 * Asked in this order: ends A of all topics; positions P of all services; ends B; then everything up to B
 * is folded.  So:
 *   settled  a fact below A.  What caused it was published before it, so it lies below B: an effect
 *            without its cause is a finding.
 *   past     a service whose published_next in P lies beyond a cause.  What it says because of that
 *            cause was acknowledged before B was asked: a cause without its effect is a finding.
 *   flying   everything else that is incomplete: counted, not judged.
 * What is given back, but not known to be given back yet, is counted as given back: the next order may
 * have got it already.
 * Threads  none. */
#pragma once
#include "cli/audit_fold.h"

struct audit_context {
    void *context;
    /* Has `party` consumed this place, and is everything it said because of it out? */
    bool (*is_past)(void *context, enum party party, enum event_type type, int32_t partition,
                    int64_t offset);
    /* Does a service keep events of this order aside? */
    bool (*is_parked)(void *context, struct uuid order_id);
};

/* Adds findings to audit->findings, and fills the sums of products, customers and coupons. */
void audit_judge(struct audit *audit, const struct audit_context *context,
                 struct order_counts *counts);
