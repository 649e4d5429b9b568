/* coupon_worth.c — what a coupon is, and is worth to an order.  Contract: coupon_parts.h */
#include "coupon/coupon_parts.h"
#include <string.h>

int64_t
coupon_discount(const struct coupon *coupon, int64_t subtotal)
{
    int64_t discount = coupon->discount;
    if (coupon->percent > 0) /* hundreds and rest apart: the product of both could overflow */
        discount = subtotal / 100 * coupon->percent + subtotal % 100 * coupon->percent / 100;
    return discount < subtotal ? discount : subtotal;
}

static bool
is_of_another(const struct coupon *coupon, const struct customer_id *customer_id)
{
    return coupon->customer_id.text[0] != '\0' &&
           strcmp(coupon->customer_id.text, customer_id->text) != 0;
}

enum coupon_rejected_reason
coupon_refusal(const struct coupon *coupon, const struct customer_id *customer_id, int64_t subtotal,
               int64_t now_us)
{
    if (coupon->state == COUPON_UNKNOWN)
        return COUPON_REJECTED_UNKNOWN;
    if (is_of_another(coupon, customer_id))
        return COUPON_REJECTED_NOT_YOURS;
    if (coupon->state == COUPON_USED)
        return COUPON_REJECTED_ALREADY_USED;
    if (coupon->expires_at_us != 0 && now_us >= coupon->expires_at_us)
        return COUPON_REJECTED_EXPIRED;
    if (subtotal < coupon->minimum_amount)
        return COUPON_REJECTED_BELOW_MINIMUM;
    return COUPON_REJECTED_OTHER;
}

void
coupon_define(struct coupon *coupon, const struct coupon_issued *issued, int64_t now_us)
{
    coupon->revision = issued->has_revision ? issued->revision : now_us;
    coupon->customer_id =
        issued->has_customer_id ? issued->customer_id : (struct customer_id){ "" };
    coupon->discount = issued->has_discount ? issued->discount : 0;
    coupon->percent = issued->has_percent ? issued->percent : 0;
    coupon->minimum_amount = issued->has_minimum_amount ? issued->minimum_amount : 0;
    coupon->expires_at_us = 0;
    if (issued->has_expires_at)
        coupon->expires_at_us = issued->expires_at_us != 0 ? issued->expires_at_us : 1;
}
