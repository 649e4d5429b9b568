/* order_once.c — the customer an event names, and whether it has been told before.
 *
 * What makes an event the same is its type and its attempt, revision, code or reason: what the
 * services answer by.  So a repeat under another event id is a repeat all the same. */
#include "timeline/timeline_parts.h"

const struct customer_id *
fold_customer_of(const struct event *in)
{
    /* clang-format off */
    switch (in->type) {
    case EV_ORDER_REQUESTED:    return &in->as.order_requested.customer_id;
    case EV_COUPON_SELECTED:    return &in->as.coupon_selected.customer_id;
    case EV_SHIPPING_SUBMITTED: return &in->as.shipping_submitted.customer_id;
    case EV_PAYMENT_REQUESTED:  return &in->as.payment_requested.customer_id;
    case EV_CANCEL_REQUESTED:   return &in->as.cancel_requested.customer_id;
    case EV_STOCK_RESERVED:     return &in->as.stock_reserved.customer_id;
    case EV_STOCK_REJECTED:     return &in->as.stock_rejected.customer_id;
    case EV_STOCK_RELEASED:     return &in->as.stock_released.customer_id;
    case EV_COUPON_REQUESTED:   return &in->as.coupon_requested.customer_id;
    case EV_COUPON_APPLIED:     return &in->as.coupon_applied.customer_id;
    case EV_COUPON_REJECTED:    return &in->as.coupon_rejected.customer_id;
    case EV_COUPON_RESTORED:    return &in->as.coupon_restored.customer_id;
    case EV_ORDER_CREATED:      return &in->as.order_created.customer_id;
    case EV_PAYMENT_COMPLETED:  return &in->as.payment_completed.customer_id;
    case EV_PAYMENT_FAILED:     return &in->as.payment_failed.customer_id;
    case EV_PAYMENT_REFUNDED:   return &in->as.payment_refunded.customer_id;
    case EV_PAYMENT_VOIDED:     return &in->as.payment_voided.customer_id;
    case EV_ORDER_PAID:         return &in->as.order_paid.customer_id;
    case EV_ORDER_CANCELLED:    return &in->as.order_cancelled.customer_id;
    case EV_CANCEL_REFUSED:     return &in->as.cancel_refused.customer_id;
    case EV_PARTNER_ORDER:      return &in->as.partner_order.customer_id;
    case EV_NONE:
    case EV_EXPORT_ACKNOWLEDGED:
    case EV_PRODUCT_LISTED:
    case EV_STOCK_REPLENISHED:
    case EV_COUPON_ISSUED:
    case EV_BALANCE_CREDITED:
    case EV_DEAD_LETTER:
    case EV_ORDER_DEADLINE_PASSED:
    case EV_COUNT:              break;
    }
    /* clang-format on */
    return NULL;
}

static bool
first_fact(struct order_view *order, enum order_fact fact)
{
    if ((order->facts & (int32_t)fact) != 0)
        return false;
    order->facts |= (int32_t)fact;
    return true;
}

static bool
first_attempt(uint8_t bits[ATTEMPT_BYTES], int32_t attempt)
{
    if (attempt < 1 || attempt > PAYMENT_ATTEMPT_MAX)
        return false;
    uint8_t bit = (uint8_t)(1u << (attempt % 8));
    if ((bits[attempt / 8] & bit) != 0)
        return false;
    bits[attempt / 8] = (uint8_t)(bits[attempt / 8] | bit);
    return true;
}

static bool
first_code(struct order_view *order, const struct event *in, const struct coupon_code *code,
           enum code_fact fact)
{
    return order_code_mark(order, code, fact, in->at_us);
}

/* A revision is a repeat unless it is newer: as order has it. */
static bool
newer(int32_t *newest, int32_t revision)
{
    if (revision <= *newest)
        return false;
    *newest = revision;
    return true;
}

static enum order_fact
fact_of_cancel(enum cancel_requested_reason reason)
{
    switch (reason) {
    case CANCEL_REQUESTED_CUSTOMER:
        return FACT_CANCEL_BY_CUSTOMER;
    case CANCEL_REQUESTED_OPERATOR:
        return FACT_CANCEL_BY_OPERATOR;
    case CANCEL_REQUESTED_OTHER:
        break;
    }
    return FACT_CANCEL_BY_OTHER;
}

bool
fold_is_new(struct order_view *order, const struct event *in)
{
    switch (in->type) {
    case EV_ORDER_REQUESTED:
        return first_fact(order, FACT_REQUESTED);
    case EV_STOCK_RESERVED:
        return first_fact(order, FACT_RESERVED);
    case EV_STOCK_REJECTED:
        return first_fact(order, FACT_REJECTED);
    case EV_STOCK_RELEASED:
        return first_fact(order, FACT_RELEASED);
    case EV_PAYMENT_REFUNDED:
        return first_fact(order, FACT_REFUNDED);
    case EV_PAYMENT_VOIDED:
        return first_fact(order, FACT_VOIDED);
    case EV_ORDER_PAID:
        return first_fact(order, FACT_PAID);
    case EV_ORDER_CANCELLED:
        return first_fact(order, FACT_CANCELLED);
    case EV_CANCEL_REFUSED:
        return first_fact(order, FACT_CANCEL_REFUSED);
    case EV_PARTNER_ORDER:
        return first_fact(order, FACT_SENT);
    case EV_EXPORT_ACKNOWLEDGED:
        return first_fact(order, FACT_ACKNOWLEDGED);
    case EV_CANCEL_REQUESTED:
        return first_fact(order, fact_of_cancel(in->as.cancel_requested.reason));
    case EV_COUPON_SELECTED:
        return first_code(order, in, &in->as.coupon_selected.coupon_code, CODE_SELECTED);
    case EV_COUPON_REQUESTED:
        return first_code(order, in, &in->as.coupon_requested.coupon_code, CODE_ASKED);
    case EV_COUPON_APPLIED:
        return first_code(order, in, &in->as.coupon_applied.coupon_code, CODE_APPLIED);
    case EV_COUPON_REJECTED:
        return first_code(order, in, &in->as.coupon_rejected.coupon_code, CODE_REJECTED);
    case EV_COUPON_RESTORED:
        return first_code(order, in, &in->as.coupon_restored.coupon_code, CODE_RESTORED);
    case EV_PAYMENT_REQUESTED:
        return first_attempt(order->attempts_requested, in->as.payment_requested.attempt);
    case EV_PAYMENT_COMPLETED:
        return first_attempt(order->attempts_answered, in->as.payment_completed.attempt);
    case EV_PAYMENT_FAILED:
        return first_attempt(order->attempts_answered, in->as.payment_failed.attempt);
    case EV_SHIPPING_SUBMITTED:
        return newer(&order->submitted_revision, in->as.shipping_submitted.revision);
    case EV_ORDER_CREATED:
        return newer(&order->created_revision, in->as.order_created.revision);
    case EV_NONE:
    case EV_PRODUCT_LISTED:
    case EV_STOCK_REPLENISHED:
    case EV_COUPON_ISSUED:
    case EV_BALANCE_CREDITED:
    case EV_DEAD_LETTER:
    case EV_ORDER_DEADLINE_PASSED:
    case EV_COUNT:
        break;
    }
    return false;
}
