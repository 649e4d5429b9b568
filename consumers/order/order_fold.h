/* order_fold.h — order's rows, from what it has said: for `jumun rebuild`.
 *
 * Shapes   order_fold: the same rows as order_service, with one route per fact in the order in which topics
 *          are folded; StockReserved last, for orders of which something was said.  An order of which nothing
 *          was said has no row: it is decided when its inputs come again.
 * Repeats  a fact again changes nothing.
 * Errors   none.
 * Threads  none.
 * Source   architecture.md section 4. */
#pragma once
#include "runtime/service.h"

extern const struct service order_fold;
/* What topics do not tell is taken out of a row: with what shipping an order ended that was never PENDING. */
void order_comparable(unsigned row_type, void *row);
