/* order_payment.c — what payment says: captured, failed, refunded.
 *
 * The one place where an order becomes PAID: only when nothing else has ended it before. */
#include "emit.h"
#include "order/order_parts.h"

void
on_payment_completed(struct view *view, const struct event *in, struct emitter *out)
{
    const struct payment_completed *completed = &in->as.payment_completed;
    struct step step = step_of(view, &completed->order_id, in, out);
    struct order *order = step.order;

    if (refuse_foreign(&step, &completed->customer_id) || order->state != ORDER_PENDING)
        return;
    order->paid_at_us = in->at_us;
    order_enter(&step, ORDER_PAID);
    emit_order_paid(out,
                    &(struct order_paid){ .order_id = order->order_id,
                                          .customer_id = order->customer_id,
                                          .revision = order->created_revision,
                                          .items = order->items,
                                          .subtotal = order->subtotal,
                                          .discount = order->discount,
                                          .amount = order->amount,
                                          .has_coupon_code = order->coupon_code.text[0] != '\0',
                                          .coupon_code = order->coupon_code,
                                          .shipping = order->shipping,
                                          .paid_at_us = order->paid_at_us });
}

void
on_payment_failed(struct view *view, const struct event *in, struct emitter *out)
{
    const struct payment_failed *failed = &in->as.payment_failed;
    struct step step = step_of(view, &failed->order_id, in, out);
    bool really_failed =
        failed->reason != PAYMENT_FAILED_CANCELLED && failed->reason != PAYMENT_FAILED_ALREADY_PAID;

    if (refuse_foreign(&step, &failed->customer_id) || step.order->state != ORDER_PENDING)
        return;
    if (really_failed && step.order->on_payment_failure == ON_PAYMENT_FAILURE_CANCEL)
        order_cancel(&step, ORDER_CANCELLED_PAYMENT_FAILED);
}

void
on_payment_refunded(struct view *view, const struct event *in, struct emitter *out)
{
    struct step step = step_of(view, &in->as.payment_refunded.order_id, in, out);
    if (!refuse_foreign(&step, &in->as.payment_refunded.customer_id))
        step.order->payment_refunded = true;
}
