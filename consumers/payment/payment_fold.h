/* payment_fold.h — payment's rows, from what it has said and from credits: for `jumun rebuild`.
 *
 * Shapes   payment_fold: the same rows as payment_service, with one route per fact in the order in which
 *          topics are folded.  It decides nothing and says nothing: who was charged stands in the facts.
 * Repeats  a fact again changes nothing.
 * Errors   none.
 * Threads  none.
 * Source   architecture.md section 4. */
#pragma once
#include "runtime/service.h"

extern const struct service payment_fold;
