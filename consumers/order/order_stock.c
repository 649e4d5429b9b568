/* order_stock.c — what stock says: reserved, rejected, released; from then on the owner is known.
 */
#include "order/order_parts.h"

static void
record_reservation(const struct step *step)
{
    const struct stock_reserved *reserved = &step->in->as.stock_reserved;
    struct order *order = step->order;

    order->customer_id = reserved->customer_id;
    copy_priced_lines(&order->items, &reserved->items);
    order->subtotal = reserved->subtotal;
    order->auto_pay = reserved->auto_pay;
    order->on_coupon_rejected = reserved->on_coupon_rejected;
    order->on_payment_failure = reserved->on_payment_failure;
    order->has_expected_amount = reserved->has_expected_amount;
    order->expected_amount = reserved->has_expected_amount ? reserved->expected_amount : 0;
    order->deadline_at_us = reserved->deadline_at_us;
    order->timer_partition = step->in->source.partition;
    if (reserved->has_coupon_code && code_find(order, &reserved->coupon_code) == NULL)
        (void)code_add(order, &reserved->coupon_code, CODE_ASKED); /* coupon tries it by itself */
}

/* The newest of what waited, and of the shipping in OrderRequested, which is revision 1. */
static void
record_shipping(const struct step *step, const struct early_customer *early)
{
    const struct stock_reserved *reserved = &step->in->as.stock_reserved;

    if (early != NULL && early->has_shipping)
        order_submit(step->order, early->revision, &early->shipping,
                     early->has_coupon_code ? &early->coupon_code : NULL);
    if (reserved->has_shipping && step->order->submitted_revision <= 1)
        order_submit(step->order, 1, &reserved->shipping,
                     reserved->has_coupon_code ? &reserved->coupon_code : NULL);
}

static void
queue_codes(const struct step *step, const struct early_customer *early)
{
    for (uint32_t i = 0; i < early->codes.count; i++)
        if (code_find(step->order, &early->codes.at[i].coupon_code) == NULL)
            (void)code_add(step->order, &early->codes.at[i].coupon_code, CODE_WAITING);
}

static void
answer_cancels(const struct step *step, const struct early_customer *early)
{
    for (uint32_t i = 0; i < early->cancels.count; i++)
        cancel_answer(step, early->cancels.at[i].reason);
}

void
on_stock_reserved(struct view *view, const struct event *in, struct emitter *out)
{
    const struct stock_reserved *reserved = &in->as.stock_reserved;
    struct step step = step_of(view, &reserved->order_id, in, out);

    if (refuse_foreign(&step, &reserved->customer_id) || is_owner_known(step.order))
        return;
    record_reservation(&step);
    order_enter(&step, ORDER_RESERVED);
    const struct early_customer *early = early_of_owner(&step);
    record_shipping(&step, early);
    if (early != NULL) {
        queue_codes(&step, early);
        answer_cancels(&step, early);
    }
    early_end(&step);
    codes_pump(&step);
    order_create(&step);
}

void
on_stock_rejected(struct view *view, const struct event *in, struct emitter *out)
{
    const struct stock_rejected *rejected = &in->as.stock_rejected;
    struct step step = step_of(view, &rejected->order_id, in, out);

    if (refuse_foreign(&step, &rejected->customer_id) || is_owner_known(step.order))
        return;
    step.order->customer_id = rejected->customer_id;
    order_enter(&step, ORDER_SOLD_OUT);
    const struct early_customer *early = early_of_owner(&step);
    if (early != NULL)
        answer_cancels(&step, early);
    early_end(&step);
}

void
on_stock_released(struct view *view, const struct event *in, struct emitter *out)
{
    struct step step = step_of(view, &in->as.stock_released.order_id, in, out);
    if (!refuse_foreign(&step, &in->as.stock_released.customer_id))
        step.order->stock_released = true;
}
