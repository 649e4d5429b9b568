/* coupon_parts.h — what coupon's own files share; no one else includes it.
 *
 * Shapes   coupon_rows: the row types (coupon_rows.c) · what a coupon is worth, and whether it is
 *          worth it here and now (coupon_worth.c).
 * Threads  none. */
#pragma once
#include "coupon/coupon.h"

extern const char *const coupon_states[];
extern const struct row_type coupon_rows[COUPON_ROW_TYPES];

/* ⌊subtotal × percent / 100⌋ or the fixed discount, never more than the subtotal. */
int64_t coupon_discount(const struct coupon *coupon, int64_t subtotal);
/* The first refusal of the coupon itself that applies, or COUPON_REJECTED_OTHER for none. */
enum coupon_rejected_reason coupon_refusal(const struct coupon *coupon,
                                           const struct customer_id *customer_id, int64_t subtotal,
                                           int64_t now_us);
/* The definition as issued; without a revision of its own it takes its record time. */
void coupon_define(struct coupon *coupon, const struct coupon_issued *issued, int64_t now_us);
