/* order_cancel.c — cancels and the deadline: one winner, and every cancel has its answer. */
#include "emit.h"
#include "order/order_parts.h"

static struct coupon_codes
codes_tried(const struct order *order)
{
    struct coupon_codes tried = { 0 };
    for (uint32_t i = 0; i < order->codes.count; i++)
        if (order->codes.at[i].state != CODE_WAITING)
            tried.at[tried.count++] = order->codes.at[i].coupon_code;
    return tried;
}

/* What is cancelled releases what it took: stock, coupon and payment see to it. */
void
order_cancel(const struct step *step, enum order_cancelled_reason reason)
{
    struct order *order = step->order;

    order->cancel_reason = reason;
    order_enter(step, ORDER_CANCELLED);
    emit_order_cancelled(step->out,
                         &(struct order_cancelled){ .order_id = order->order_id,
                                                    .customer_id = order->customer_id,
                                                    .reason = reason,
                                                    .revision = order->created_revision,
                                                    .coupon_codes = codes_tried(order) });
    codes_pump(step);
}

/* ---- CancelRequested */

static void
refuse(const struct step *step, enum cancel_refused_reason reason)
{
    emit_cancel_refused(step->out,
                        &(struct cancel_refused){ .order_id = step->order->order_id,
                                                  .customer_id = step->order->customer_id,
                                                  .reason = reason });
}

/* Whoever is not the operator is the customer: a reason of a later version counts as theirs. */
static enum order_cancelled_reason
cancelled_by(enum cancel_requested_reason asked)
{
    return asked == CANCEL_REQUESTED_OPERATOR ? ORDER_CANCELLED_OPERATOR : ORDER_CANCELLED_CUSTOMER;
}

/* A cancel is an intent of its reason: the customer's and the operator's are answered once each. */
void
cancel_answer(const struct step *step, enum cancel_requested_reason asked)
{
    struct order *order = step->order;
    int32_t bit = 1 << (int)cancelled_by(asked);

    if ((order->cancels_answered & bit) != 0)
        return;
    order->cancels_answered |= bit;
    switch (order->state) {
    case ORDER_NONE:
        break;
    case ORDER_RESERVED:
    case ORDER_PENDING:
        order_cancel(step, cancelled_by(asked));
        break;
    case ORDER_PAID:
        refuse(step, CANCEL_REFUSED_ALREADY_PAID);
        break;
    case ORDER_CANCELLED:
        refuse(step, CANCEL_REFUSED_ALREADY_CANCELLED);
        break;
    case ORDER_SOLD_OUT:
        refuse(step, CANCEL_REFUSED_SOLD_OUT);
        break;
    }
}

void
on_cancel_requested(struct view *view, const struct event *in, struct emitter *out)
{
    const struct cancel_requested *asked = &in->as.cancel_requested;
    struct step step = step_of(view, &asked->order_id, in, out);

    if (refuse_foreign(&step, &asked->customer_id))
        return;
    if (is_owner_known(step.order))
        cancel_answer(&step, asked->reason);
    else
        early_cancel(&step, &asked->customer_id, asked->reason);
}

/* ---- the deadline */

void
on_order_deadline_passed(struct view *view, const struct event *in, struct emitter *out)
{
    struct step step = step_of(view, &in->as.order_deadline_passed.order_id, in, out);

    if (order_is_open(step.order) && in->at_us >= step.order->deadline_at_us)
        order_cancel(&step, ORDER_CANCELLED_DEADLINE);
}
