/* order_rest.c — whether anything more comes, and what may be asked for.
 *
 * Contents   at rest · over · next
 *
 * The bridge computes none of it a second time. */
#include "timeline/timeline_parts.h"

/* ---- at rest: nothing more comes unless somebody asks for something, or the deadline passes */

/* Told already: the order will be PAID or CANCELLED without anybody's doing. */
static bool
is_ending(const struct order_view *order)
{
    const int32_t failure = FACT_FAILED | FACT_FAILURE_CANCELS;
    return order_knows(order, FACT_CAPTURED | FACT_SENT | FACT_ACKNOWLEDGED | FACT_RELEASED |
                                  FACT_RESTORED | FACT_REFUNDED | FACT_VOIDED | FACT_FENCED) ||
           (order->facts & failure) == failure;
}

static bool
is_compensated(const struct order_view *order)
{
    return order->shown.compensation_stock != COMPENSATION_PENDING &&
           order->shown.compensation_coupon != COMPENSATION_PENDING &&
           order->shown.compensation_payment != COMPENSATION_PENDING;
}

static bool
is_at_rest(const struct order_view *order)
{
    bool is_asked = order->shown.shipping_open || order->shown.cancel_open || is_ending(order);
    switch (order->status) {
    case STATUS_UNKNOWN:
    case STATUS_REQUESTED:
        return false;
    case STATUS_RESERVED:
        return !is_asked && !order->shown.coupon_open;
    case STATUS_PENDING:
        return !is_asked && !order->shown.payment_open;
    case STATUS_CANCELLED:
        return is_compensated(order);
    case STATUS_SOLD_OUT:
    case STATUS_PAID:
        break;
    }
    return true;
}

/* What must have been seen before the last word is said: topics overtake each other. */
static bool
is_told_whole(const struct order_view *order)
{
    int32_t needed = FACT_REQUESTED;
    if (order->status == STATUS_PAID)
        needed |= FACT_RESERVED | FACT_CAPTURED | FACT_SENT | FACT_ACKNOWLEDGED;
    else if (!order_knows(order, FACT_REJECTED))
        needed |= FACT_RESERVED;
    for (uint32_t i = 0; i < order->codes.count; i++) {
        uint16_t facts = order->codes.at[i].facts;
        if ((facts & (CODE_PRICED | CODE_RESTORED)) != 0 && (facts & CODE_APPLIED) == 0)
            return false;
    }
    return (order->facts & needed) == needed &&
           order->created_revision >= order->cancelled_revision &&
           (order->status != STATUS_PAID || order->created_revision >= order->revision);
}

/* It ended, and every request has its answer: an event stream may end. */
static bool
is_over(const struct order_view *order)
{
    bool is_asked =
        order->shown.coupon_open || order->shown.payment_open || order->shown.cancel_open;
    bool has_ended = order->status == STATUS_PAID || order->status == STATUS_CANCELLED ||
                     order->status == STATUS_SOLD_OUT;
    return has_ended && order->shown.at_rest && !is_asked && is_told_whole(order);
}

/* ---- next: what the shopper may do */

static enum shown_next
next_of(const struct order_view *order)
{
    switch (order->status) {
    case STATUS_REQUESTED:
        return NEXT_CANCEL;
    case STATUS_RESERVED:
        return order->shown.coupon_status == SHOWN_APPLIED ? NEXT_SHIPPING_CANCEL
                                                           : NEXT_COUPON_SHIPPING_CANCEL;
    case STATUS_PENDING:
        return NEXT_PAYMENT_SHIPPING_CANCEL;
    case STATUS_UNKNOWN:
    case STATUS_SOLD_OUT:
    case STATUS_PAID:
    case STATUS_CANCELLED:
        break;
    }
    return NEXT_NOTHING;
}

void
show_rest(struct order_view *order)
{
    order->shown.at_rest = is_at_rest(order);
    order->shown.is_over = is_over(order);
    order->shown.next = next_of(order);
}
