/* order_shipping.c — shipping revisions, and the moment an order becomes PENDING. */
#include "emit.h"
#include "order/order_parts.h"
#include "runtime/mutant.h"
#include <string.h>

void
order_submit(struct order *order, int32_t revision, const struct shipping *shipping,
             const struct coupon_code *coupon_code)
{
    order->submitted_revision = revision;
    order->shipping = *shipping;
    order->submitted_code = coupon_code != NULL ? *coupon_code : (struct coupon_code){ 0 };
}

/* Under wait the very code that this revision names was refused by coupon: the shopper decides. */
static bool
is_held_by_refusal(struct order *order)
{
    if (order->on_coupon_rejected != ON_COUPON_REJECTED_WAIT ||
        code_in_state(order, CODE_APPLIED) != NULL || order->submitted_code.text[0] == '\0')
        return false;
    const struct order_code *named = code_find(order, &order->submitted_code);
    return named != NULL && named->state == CODE_REJECTED;
}

static bool
may_be_pending(struct order *order)
{
    return MUTANT(PENDING_TOO_SOON, !codes_are_open(order), true) &&
           code_in_state(order, CODE_WAITING) == NULL &&
           !is_held_by_refusal(order);
}

/* Nobody is charged another price than the one asked for. */
static bool
may_auto_pay(const struct order *order)
{
    bool refused = order->on_coupon_rejected == ON_COUPON_REJECTED_WAIT &&
                   code_in_state(order, CODE_REJECTED) != NULL;
    bool changed = order->has_expected_amount && order->expected_amount != order->amount;
    return order->auto_pay && !refused && MUTANT(CHARGED_ANYWAY, !changed, true);
}

static void
fix_price(struct order *order)
{
    const struct order_code *applied = code_in_state(order, CODE_APPLIED);
    if (applied != NULL) {
        order->coupon_code = applied->coupon_code;
        order->discount = applied->discount < order->subtotal ? applied->discount : order->subtotal;
    }
    order->amount = order->subtotal - order->discount;
    order->auto_pay = may_auto_pay(order);
}

void
order_create(const struct step *step)
{
    struct order *order = step->order;
    bool is_first = order->created_revision == 0;

    if (!order_is_open(order) || order->submitted_revision <= order->created_revision)
        return;
    if (order->state == ORDER_RESERVED) {
        if (!may_be_pending(order))
            return;
        fix_price(order);
        order_enter(step, ORDER_PENDING);
    }
    order->created_revision = order->submitted_revision;
    emit_order_created(step->out, &(struct order_created){
                                      .order_id = order->order_id,
                                      .customer_id = order->customer_id,
                                      .revision = order->created_revision,
                                      .items = order->items,
                                      .subtotal = order->subtotal,
                                      .discount = order->discount,
                                      .amount = order->amount,
                                      .has_coupon_code = order->coupon_code.text[0] != '\0',
                                      .coupon_code = order->coupon_code,
                                      .shipping = order->shipping,
                                      .auto_pay = is_first && order->auto_pay,
                                      .on_payment_failure = order->on_payment_failure,
                                      .has_expected_amount = order->has_expected_amount,
                                      .expected_amount = order->expected_amount,
                                      .deadline_at_us = order->deadline_at_us,
                                  });
}

void
on_shipping_submitted(struct view *view, const struct event *in, struct emitter *out)
{
    const struct shipping_submitted *submitted = &in->as.shipping_submitted;
    const struct coupon_code *named = submitted->has_coupon_code ? &submitted->coupon_code : NULL;
    struct step step = step_of(view, &submitted->order_id, in, out);

    if (refuse_foreign(&step, &submitted->customer_id))
        return;
    if (!is_owner_known(step.order)) {
        early_shipping(&step, submitted);
        return;
    }
    if (submitted->revision <= step.order->submitted_revision)
        return;
    if (named != NULL && !code_has_room(step.order, named)) {
        emitter_dead_letter(out, "too_many_codes", "more codes were tried than an order may try");
        return;
    }
    /* What has ended keeps the shipping that it ended with. */
    if (order_is_open(step.order))
        order_submit(step.order, submitted->revision, &submitted->shipping, named);
    if (named != NULL)
        code_select(&step, named);
    order_create(&step);
}
