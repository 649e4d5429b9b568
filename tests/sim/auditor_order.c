/* auditor_order.c — P6: one end per order; what is told of its price adds up (P5); its deadline is fair. */
#include "sim/auditor_private.h"
#include <stdio.h>
#include <string.h>

static const struct audited_code *
applied_code(const struct audited_order *order)
{
    for (uint32_t i = 0; i < order->code_count; i++)
        if (order->codes[i].is_applied)
            return &order->codes[i];
    return NULL;
}

/* ---- coupons, by order itself ------------------------------------------------------------------------ */

static void
on_coupon_asked(struct decision *decision)
{
    struct audited_code *code = code_of(decision->order, member(decision, "coupon_code"));

    if (code->is_asked)
        FAIL(decision, "P2", "%s asks for %s twice", decision->order->id, code->code);
    code->is_asked = true;
}

static void
on_coupon_refused(struct decision *decision)
{
    struct audited_code *code = code_of(decision->order, member(decision, "coupon_code"));
    struct text reason = member(decision, "reason");

    if (code->is_rejected[1] || code->is_asked)
        FAIL(decision, "P2", "%s answers %s twice", decision->order->id, code->code);
    code->is_rejected[1] = true;
    if (text_is(reason, "TOO_LATE"))
        SOMETIMES(COUPON_TOO_LATE);
    if (text_is(reason, "ANOTHER_APPLIED"))
        SOMETIMES(COUPON_SECOND);
}

/* ---- created ----------------------------------------------------------------------------------------- */

static void
on_created(struct decision *decision)
{
    struct audited_order *order = decision->order;
    int64_t revision = number(decision, "revision"), amount = number(decision, "amount");
    int64_t discount = number(decision, "discount");
    const struct audited_code *applied = applied_code(order);

    if (order->stock != STOCK_RESERVED || order->end != ORDER_OPEN ||
        revision <= order->created_revision)
        FAIL(decision, "P2", "%s is created when it cannot be", order->id);
    if (number(decision, "subtotal") != order->subtotal || amount != order->subtotal - discount ||
        amount < 0)
        FAIL(decision, "P5", "%s does not add up", order->id);
    if (discount != (applied && member(decision, "coupon_code").at ? applied->discount : 0))
        FAIL(decision, "P5", "%s has a discount of no coupon", order->id);
    if (order->created_revision > 0) {
        SOMETIMES(SECOND_REVISION);
        if (amount != order->amount)
            FAIL(decision, "P5", "the amount of %s changed", order->id);
    }
    order->created_revision = revision;
    order->amount = amount;
    order->discount = discount;
    order->auto_pay_said |= text_is(member(decision, "auto_pay"), "true");
    if (order->auto_pay_said && order->auto_pay_expected >= 0 && order->auto_pay_expected != amount)
        FAIL(decision, "P5", "auto_pay charges another amount of %s than expected", order->id);
}

/* ---- the end ----------------------------------------------------------------------------------------- */

static void
on_paid(struct decision *decision)
{
    struct audited_order *order = decision->order;

    if (order->end != ORDER_OPEN) {
        FAIL(decision, "P6", "%s ends a second time: PAID", order->id);
        return;
    }
    if (!order->is_captured || order->is_refunded || order->captured != order->amount ||
        number(decision, "amount") != order->amount)
        FAIL(decision, "P5", "%s is PAID without its money", order->id);
    order->end = ORDER_ENDED_PAID;
    SOMETIMES(ORDER_PAID);
    if (order->attempts_failed)
        SOMETIMES(RETRY_PAID);
}

/* Paid in time and lying unread is not cancelled. */
static void
check_deadline(struct decision *decision)
{
    const struct audited_order *order = decision->order;

    if (decision->frame.at_us < order->deadline_us)
        FAIL(decision, "P6", "%s is cancelled before its deadline", order->id);
    if (decision->auditor->settings.keeps_order && order->completed_at_us &&
        order->completed_at_us < order->deadline_us)
        FAIL(decision, "P6", "%s was paid in time and is cancelled by its deadline", order->id);
}

static void
on_cancelled(struct decision *decision)
{
    struct audited_order *order = decision->order;
    struct text reason = member(decision, "reason");

    if (order->end != ORDER_OPEN || order->stock != STOCK_RESERVED) {
        FAIL(decision, "P6", "%s ends a second time: CANCELLED", order->id);
        return;
    }
    order->end = ORDER_ENDED_CANCELLED;
    order->cancel_revision = number(decision, "revision");
    text_copy(reason, order->cancel_reason, sizeof order->cancel_reason);
    if (order->cancel_revision != order->created_revision)
        FAIL(decision, "P6", "%s is cancelled with another revision", order->id);
    if (decision->frame.cause.bytes > 13 &&
        memcmp(decision->frame.cause.at, "StockReserved", 13) == 0)
        SOMETIMES(REQUEST_WAITED);
    if (text_is(reason, "DEADLINE")) {
        SOMETIMES(CANCELLED_BY_DEADLINE);
        check_deadline(decision);
    } else if (text_is(reason, "PAYMENT_FAILED")) {
        SOMETIMES(CANCELLED_BY_FAILURE);
        if (!order->attempts_failed)
            FAIL(decision, "P6", "%s is cancelled by a failure that was none", order->id);
    } else if (!(asked_of(order)->cancels & (text_is(reason, "OPERATOR") ? 2 : 1))) {
        FAIL(decision, "P6", "%s is cancelled, and nobody asked for it", order->id);
    } else if (text_is(reason, "OPERATOR")) {
        SOMETIMES(CANCELLED_BY_OPERATOR);
    } else {
        SOMETIMES(CANCELLED_BY_CUSTOMER);
    }
}

static void
on_cancel_refused(struct decision *decision)
{
    struct audited_order *order = decision->order;
    struct text reason = member(decision, "reason");

    if (order->cancels_refused == 2) {
        FAIL(decision, "P2", "%s refuses a cancel twice", order->id);
        return;
    }
    text_copy(reason, order->refusals[order->cancels_refused++], sizeof order->refusals[0]);
    if (text_is(reason, "ALREADY_PAID")) {
        SOMETIMES(CANCEL_LOST_TO_PAYMENT);
        if (order->end != ORDER_ENDED_PAID)
            FAIL(decision, "P6", "%s refuses a cancel as paid", order->id);
    } else if (text_is(reason, "ALREADY_CANCELLED")) {
        SOMETIMES(CANCEL_LOST_TO_CANCEL);
        if (order->end != ORDER_ENDED_CANCELLED)
            FAIL(decision, "P6", "%s refuses a cancel as cancelled", order->id);
    } else if (order->stock != STOCK_REJECTED) {
        FAIL(decision, "P6", "%s refuses a cancel as sold out", order->id);
    }
}

static const struct {
    const char *topic;
    void (*decided)(struct decision *decision);
} words[] = {
    { "CouponRequested", on_coupon_asked }, { "CouponRejected", on_coupon_refused },
    { "OrderCreated", on_created },         { "OrderPaid", on_paid },
    { "OrderCancelled", on_cancelled },     { "CancelRefused", on_cancel_refused },
};

void
on_order_decided(struct decision *decision)
{
    if (!decision->order) {
        FAIL(decision, "P2", "an event of no order");
        return;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_is(decision->frame.topic, words[i].topic))
            words[i].decided(decision);
}
