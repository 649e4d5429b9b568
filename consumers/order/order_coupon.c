/* order_coupon.c — which coupon may still be tried: one at a time, each code once, in order of
 * arrival. */
#include "emit.h"
#include "order/order_parts.h"
#include <string.h>

/* ---- the list of codes */

struct order_code *
code_find(struct order *order, const struct coupon_code *coupon_code)
{
    for (uint32_t i = 0; i < order->codes.count; i++)
        if (strcmp(order->codes.at[i].coupon_code.text, coupon_code->text) == 0)
            return &order->codes.at[i];
    return NULL;
}

struct order_code *
code_add(struct order *order, const struct coupon_code *coupon_code, enum code_state state)
{
    if (order->codes.count == ORDER_CODES_MAX)
        return NULL;
    struct order_code *code = &order->codes.at[order->codes.count++];
    code->coupon_code = *coupon_code;
    code->state = state;
    return code;
}

bool
code_has_room(struct order *order, const struct coupon_code *coupon_code)
{
    return order->codes.count < ORDER_CODES_MAX || code_find(order, coupon_code) != NULL;
}

const struct order_code *
code_in_state(const struct order *order, enum code_state state)
{
    for (uint32_t i = 0; i < order->codes.count; i++)
        if (order->codes.at[i].state == state)
            return &order->codes.at[i];
    return NULL;
}

bool
codes_are_open(const struct order *order)
{
    return code_in_state(order, CODE_ASKED) != NULL;
}

/* ---- deciding one */

static void
refuse(const struct step *step, struct order_code *code, enum coupon_rejected_reason reason)
{
    code->state = CODE_REFUSED;
    emit_coupon_rejected(step->out,
                         &(struct coupon_rejected){ .order_id = step->order->order_id,
                                                    .customer_id = step->order->customer_id,
                                                    .coupon_code = code->coupon_code,
                                                    .reason = reason });
}

static void
ask(const struct step *step, struct order_code *code)
{
    code->state = CODE_ASKED;
    emit_coupon_requested(step->out,
                          &(struct coupon_requested){ .order_id = step->order->order_id,
                                                      .customer_id = step->order->customer_id,
                                                      .coupon_code = code->coupon_code,
                                                      .subtotal = step->order->subtotal });
}

static void
code_decide(const struct step *step, struct order_code *code)
{
    const struct order *order = step->order;

    if (order->state == ORDER_CANCELLED)
        refuse(step, code, COUPON_REJECTED_CANCELLED);
    else if (order->state == ORDER_PENDING || order->state == ORDER_PAID)
        refuse(step, code, COUPON_REJECTED_TOO_LATE);
    else if (codes_are_open(order))
        code->state = CODE_WAITING;
    else if (code_in_state(order, CODE_APPLIED) != NULL)
        refuse(step, code, COUPON_REJECTED_ANOTHER_APPLIED);
    else
        ask(step, code);
}

void
code_select(const struct step *step, const struct coupon_code *coupon_code)
{
    if (step->order->state == ORDER_SOLD_OUT || code_find(step->order, coupon_code) != NULL)
        return;
    code_decide(step, code_add(step->order, coupon_code, CODE_WAITING));
}

static struct order_code *
first_waiting(struct order *order)
{
    for (uint32_t i = 0; i < order->codes.count; i++)
        if (order->codes.at[i].state == CODE_WAITING)
            return &order->codes.at[i];
    return NULL;
}

void
codes_pump(const struct step *step)
{
    struct order *order = step->order;
    for (struct order_code *code = first_waiting(order);
         code != NULL && !(order->state == ORDER_RESERVED && codes_are_open(order));
         code = first_waiting(order))
        code_decide(step, code);
}

/* ---- events */

void
on_coupon_selected(struct view *view, const struct event *in, struct emitter *out)
{
    const struct coupon_selected *selected = &in->as.coupon_selected;
    struct step step = step_of(view, &selected->order_id, in, out);

    if (refuse_foreign(&step, &selected->customer_id))
        return;
    if (!is_owner_known(step.order)) {
        early_code(&step, &selected->customer_id, &selected->coupon_code);
        return;
    }
    if (!code_has_room(step.order, &selected->coupon_code)) {
        emitter_dead_letter(out, "too_many_codes", "more codes were tried than an order may try");
        return;
    }
    code_select(&step, &selected->coupon_code);
}

/* Coupon may answer before order has seen StockReserved: the outcome is kept. */
static void
on_outcome(const struct step *step, const struct coupon_code *coupon_code, enum code_state outcome,
           int64_t discount)
{
    struct order_code *code = code_find(step->order, coupon_code);

    if (code == NULL)
        code = code_add(step->order, coupon_code, CODE_ASKED);
    if (code == NULL || code->state != CODE_ASKED)
        return;
    code->state = outcome;
    code->discount = discount;
    if (!is_owner_known(step->order))
        return;
    codes_pump(step);
    order_create(step);
}

void
on_coupon_applied(struct view *view, const struct event *in, struct emitter *out)
{
    const struct coupon_applied *applied = &in->as.coupon_applied;
    struct step step = step_of(view, &applied->order_id, in, out);

    if (!refuse_foreign(&step, &applied->customer_id))
        on_outcome(&step, &applied->coupon_code, CODE_APPLIED, applied->discount);
}

/* Order's own refusals come back here; their code is REFUSED already. */
void
on_coupon_rejected(struct view *view, const struct event *in, struct emitter *out)
{
    const struct coupon_rejected *rejected = &in->as.coupon_rejected;
    struct step step = step_of(view, &rejected->order_id, in, out);

    if (!refuse_foreign(&step, &rejected->customer_id))
        on_outcome(&step, &rejected->coupon_code, CODE_REJECTED, 0);
}

void
on_coupon_restored(struct view *view, const struct event *in, struct emitter *out)
{
    const struct coupon_restored *restored = &in->as.coupon_restored;
    struct step step = step_of(view, &restored->order_id, in, out);
    struct order_code *code = code_find(step.order, &restored->coupon_code);

    if (!refuse_foreign(&step, &restored->customer_id) && code != NULL)
        code->state = CODE_RESTORED;
}
