/* coupon_fold.h — coupon's rows, from what it has said and from what was issued: for `jumun rebuild`.
 *
 * Shapes   coupon_fold: the same rows as coupon_service, with one route per fact in the order in which topics
 *          are folded.  It decides nothing and says nothing: whose coupon it is stands in the facts.
 * Limits   of a coupon that was issued again while it was used, topics do not tell which terms hold: the
 *          newest revision does.
 * Errors   none.
 * Threads  none.
 * Source   architecture.md section 4. */
#pragma once
#include "runtime/service.h"

extern const struct service coupon_fold;
/* Coupons that an order's row refers to. */
void coupon_refers_to(const void *order, struct keys *keys);
/* What topics do not tell is taken out of a row: the order in which codes were tried; terms of a coupon. */
void coupon_comparable(unsigned row_type, void *row);
