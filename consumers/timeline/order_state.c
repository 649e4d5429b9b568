/* order_state.c — where an order stands, computed from what is known of it.
 *
 * Contents   status · coupon · shipping · payment · cancel · compensation · amounts · export */
#include "timeline/timeline_parts.h"
#include <string.h>

bool
order_is_going_on(const struct order_view *order)
{
    return order->status == STATUS_REQUESTED || order->status == STATUS_RESERVED ||
           order->status == STATUS_PENDING;
}

/* ---- status: what ends an order comes first */

static enum shown_status
status_of(const struct order_view *order)
{
    if (order_knows(order, FACT_PAID))
        return STATUS_PAID;
    if (order_knows(order, FACT_CANCELLED))
        return STATUS_CANCELLED;
    if (order_knows(order, FACT_REJECTED) && !order_knows(order, FACT_FENCED))
        return STATUS_SOLD_OUT;
    if (order->created_revision > 0)
        return STATUS_PENDING;
    if (order_knows(order, FACT_RESERVED))
        return STATUS_RESERVED;
    return order->created_at_us != 0 ? STATUS_REQUESTED : STATUS_UNKNOWN;
}

/* ---- coupon: the one that stands, else the one that is awaited, else the last one told */

static enum shown_coupon
status_of_code(const struct order_code *code)
{
    if ((code->facts & CODE_RESTORED) != 0)
        return SHOWN_RESTORED;
    if ((code->facts & (CODE_APPLIED | CODE_PRICED)) != 0)
        return SHOWN_APPLIED;
    if ((code->facts & CODE_REJECTED) != 0)
        return SHOWN_REJECTED;
    return order_code_is_open(code) ? SHOWN_SELECTED : SHOWN_NO_COUPON;
}

static bool
is_before(const struct order_code *a, enum shown_coupon a_status, const struct order_code *b,
          enum shown_coupon b_status)
{
    static const int order_of[] = { [SHOWN_NO_COUPON] = 0,
                                    [SHOWN_REJECTED] = 1,
                                    [SHOWN_RESTORED] = 2,
                                    [SHOWN_SELECTED] = 3,
                                    [SHOWN_APPLIED] = 4 };
    if (a_status != b_status)
        return order_of[a_status] > order_of[b_status];
    if (a->at_us != b->at_us)
        return a->at_us > b->at_us;
    return strcmp(a->code.text, b->code.text) > 0;
}

static void
show_coupon(struct order_view *order)
{
    const struct order_code *shown = NULL;
    enum shown_coupon shown_as = SHOWN_NO_COUPON;
    order->shown.coupon_open = false;
    for (uint32_t i = 0; i < order->codes.count && order->status != STATUS_SOLD_OUT; i++) {
        const struct order_code *code = &order->codes.at[i];
        enum shown_coupon status = status_of_code(code);
        order->shown.coupon_open |= status == SHOWN_SELECTED;
        if (status == SHOWN_NO_COUPON || (shown && !is_before(code, status, shown, shown_as)))
            continue;
        shown = code;
        shown_as = status;
    }
    order->shown.coupon_status = shown_as;
    order->shown.coupon_code = shown ? shown->code : (struct coupon_code){ "" };
    order->shown.coupon_reason =
        shown_as == SHOWN_REJECTED ? coupon_rejected_reason_names[shown->reason] : NULL;
}

/* ---- shipping */

/* Under "wait" a revision is held while the code it names stands refused by coupon; TOO_LATE and
 * ANOTHER_APPLIED mean that the order is past that, CANCELLED that it ends. */
static bool
is_held(const struct order_view *order)
{
    if (order->status != STATUS_RESERVED || order_knows(order, FACT_CONTINUES) ||
        order_code_applied(&order->codes) != NULL)
        return false;
    for (uint32_t i = 0; i < order->codes.count; i++) {
        const struct order_code *code = &order->codes.at[i];
        if ((code->facts & CODE_NAMED) != 0)
            return (code->facts & CODE_REJECTED) != 0 && code->reason != COUPON_REJECTED_TOO_LATE &&
                   code->reason != COUPON_REJECTED_ANOTHER_APPLIED &&
                   code->reason != COUPON_REJECTED_CANCELLED;
    }
    return false;
}

static void
show_shipping(struct order_view *order)
{
    order->shown.shipping_open = order_is_going_on(order) &&
                                 order->last_revision > order->created_revision && !is_held(order);
}

/* ---- payment: a capture, and its refund, before the newest attempt */

static bool
has_open_attempt(const struct order_view *order)
{
    for (unsigned i = 0; i < ATTEMPT_BYTES; i++)
        if ((order->attempts_requested[i] & ~order->attempts_answered[i]) != 0)
            return true;
    return order_knows(order, FACT_AUTO_PAY) && (order->attempts_answered[0] & 1u << 1) == 0;
}

static void
show_attempt(struct order_view *order, enum shown_payment status, int32_t attempt,
             const char *reason)
{
    order->shown.payment_status = status;
    order->shown.payment_attempt = attempt;
    order->shown.payment_reason = reason;
}

static void
show_payment(struct order_view *order)
{
    order->shown.payment_open = order->status != STATUS_SOLD_OUT && has_open_attempt(order);
    if (order_knows(order, FACT_REFUNDED))
        show_attempt(order, SHOWN_REFUNDED, order->captured_attempt,
                     payment_refunded_reason_names[order->refunded_reason]);
    else if (order_knows(order, FACT_CAPTURED))
        show_attempt(order, SHOWN_COMPLETED, order->captured_attempt, NULL);
    else if (order->last_attempt == 0 || order->status == STATUS_SOLD_OUT)
        show_attempt(order, SHOWN_NO_PAYMENT, 0, NULL);
    else if (order->failed_attempt == order->last_attempt)
        show_attempt(order, SHOWN_FAILED, order->last_attempt,
                     payment_failed_reason_names[order->failed_reason]);
    else
        show_attempt(order, SHOWN_REQUESTED, order->last_attempt, NULL);
}

/* ---- cancel: a refusal that is seen before the end it speaks of leaves it open */

static void
show_cancel(struct order_view *order)
{
    const int32_t requested =
        FACT_CANCEL_BY_CUSTOMER | FACT_CANCEL_BY_OPERATOR | FACT_CANCEL_BY_OTHER;
    if (order_is_going_on(order))
        order->shown.cancel_open = order_knows(order, requested | FACT_CANCEL_REFUSED);
    else
        order->shown.cancel_open =
            order_knows(order, requested) &&
            !order_knows(order, FACT_CANCEL_REFUSED | FACT_CANCELLED_BY_REQUEST);
}

/* ---- compensation: complete as anyone can see from the topics alone */

static enum compensation
coupon_compensation(const struct order_view *order)
{
    enum compensation whole = COMPENSATION_NONE;
    for (uint32_t i = 0; i < order->codes.count; i++) {
        uint16_t facts = order->codes.at[i].facts;
        if ((facts & CODE_GIVEN_UP) == 0)
            continue;
        if ((facts & CODE_RESTORED) != 0)
            whole = COMPENSATION_DONE;
        else if ((facts & CODE_REJECTED) == 0)
            return COMPENSATION_PENDING; /* applied, or not told yet */
    }
    return whole;
}

static enum compensation
payment_compensation(const struct order_view *order)
{
    if (order->cancelled_revision == 0 || order_knows(order, FACT_VOIDED))
        return COMPENSATION_NONE;
    return order_knows(order, FACT_REFUNDED) ? COMPENSATION_DONE : COMPENSATION_PENDING;
}

static void
show_compensation(struct order_view *order)
{
    order->shown.compensation_stock = order->shown.compensation_coupon =
        order->shown.compensation_payment = COMPENSATION_NONE;
    if (order->status != STATUS_CANCELLED)
        return;
    if (order_knows(order, FACT_RELEASED))
        order->shown.compensation_stock = COMPENSATION_DONE;
    else if (!order_knows(order, FACT_REJECTED))
        order->shown.compensation_stock = COMPENSATION_PENDING;
    order->shown.compensation_coupon = coupon_compensation(order);
    order->shown.compensation_payment = payment_compensation(order);
}

/* ---- amounts: as things stand, until OrderCreated fixes them */

static void
show_amounts(struct order_view *order)
{
    order->shown.priced = order_knows(order, FACT_RESERVED | FACT_CREATED);
    if (!order_knows(order, FACT_RESERVED) || order_knows(order, FACT_CREATED))
        return;
    const struct order_code *applied = order_code_applied(&order->codes);
    order->discount = applied ? applied->discount : 0;
    order->amount = order->subtotal - order->discount;
}

/* ---- export */

static enum shown_export
export_of(const struct order_view *order)
{
    if (order_knows(order, FACT_ACKNOWLEDGED))
        return SHOWN_ACKNOWLEDGED;
    return order_knows(order, FACT_SENT) ? SHOWN_SENT : SHOWN_UNSENT;
}

void
show_order(struct order_view *order)
{
    order->status = status_of(order);
    show_coupon(order);
    show_shipping(order);
    show_payment(order);
    show_cancel(order);
    show_compensation(order);
    show_amounts(order);
    order->shown.export = export_of(order);
    show_rest(order);
}
