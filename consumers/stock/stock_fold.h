/* stock_fold.h — stock's rows, from what it has said and from the catalogue: for `jumun rebuild`.
 *
 * Shapes   stock_fold: the same rows as stock_service, with one route per fact in the order in which topics
 *          are folded.  It decides nothing and says nothing: who got the last unit stands in the facts.
 * Repeats  a fact again changes nothing.
 * Errors   none.
 * Threads  none.
 * Source   architecture.md section 4. */
#pragma once
#include "runtime/service.h"

extern const struct service stock_fold;
/* Products that a hold refers to. */
void stock_refers_to(const void *hold, struct keys *keys);
