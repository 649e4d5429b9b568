/* auditor_money.c — P5: credited = balance + captured − refunded; one capture per order.  P7: the partner gets
 * each PAID order, numbered without gaps. */
#include "sim/auditor_private.h"
#include <string.h>

/* ---- payment ----------------------------------------------------------------------------------------- */

static void
answer(struct decision *decision)
{
    struct audited_order *order = decision->order;
    uint64_t bit = UINT64_C(1) << (number(decision, "attempt") & 63);

    if (order->attempts_answered & bit)
        FAIL(decision, "P2", "attempt %lld of %s is answered twice",
             (long long)number(decision, "attempt"), order->id);
    order->attempts_answered |= bit;
}

/* Its owner asked for it, by a click or by auto_pay, and for this amount. */
static void
check_asked(struct decision *decision)
{
    const struct audited_order *order = decision->order;
    const struct audited_asker *asked = asked_of(order);
    int64_t attempt = number(decision, "attempt") & 63;
    bool is_automatic = attempt == 1 && order->auto_pay_said;

    if (is_automatic)
        return;
    if (!(asked->attempts >> attempt & 1))
        FAIL(decision, "P5", "%s is charged, and its customer did not ask", order->id);
    else if (asked->expected[attempt] >= 0 && asked->expected[attempt] != order->amount)
        FAIL(decision, "P5", "%s is charged another amount than its customer expected", order->id);
}

static void
on_completed(struct decision *decision)
{
    struct audited_order *order = decision->order;

    answer(decision);
    check_asked(decision);
    if (order->is_captured)
        FAIL(decision, "P5", "%s is charged twice", order->id);
    if (order->is_voided)
        FAIL(decision, "P5", "%s is charged after it was voided", order->id);
    order->is_captured = true;
    order->captured = number(decision, "amount");
    if (order->captured != order->amount)
        FAIL(decision, "P5", "%s is charged another amount", order->id);
    customer_named(decision->auditor, text_of(order->customer))->captured += order->captured;
}

static void
on_failed(struct decision *decision)
{
    struct audited_order *order = decision->order;
    struct text reason = member(decision, "reason");
    bool is_late = text_is(reason, "CANCELLED") || text_is(reason, "ALREADY_PAID");

    answer(decision);
    order->attempts_failed |= !is_late;
    if (text_is(reason, "ALREADY_PAID")) {
        SOMETIMES(ALREADY_PAID);
        if (!order->is_captured)
            FAIL(decision, "P6", "%s is told paid and was not", order->id);
    }
    if (text_is(reason, "CANCELLED") && order->end != ORDER_ENDED_CANCELLED)
        FAIL(decision, "P6", "%s is told cancelled and was not", order->id);
    if (text_is(reason, "AMOUNT_CHANGED"))
        SOMETIMES(AMOUNT_CHANGED);
    if (text_is(reason, "UNKNOWN_CUSTOMER"))
        SOMETIMES(UNKNOWN_CUSTOMER);
}

static void
on_refunded(struct decision *decision)
{
    struct audited_order *order = decision->order;

    if (!order->is_captured || order->is_refunded || order->end != ORDER_ENDED_CANCELLED)
        FAIL(decision, "P5", "%s is refunded, and is not to be", order->id);
    if (number(decision, "amount") != order->captured)
        FAIL(decision, "P5", "%s is refunded another amount", order->id);
    order->is_refunded = true;
    customer_named(decision->auditor, text_of(order->customer))->captured -= order->captured;
    SOMETIMES(PAID_AFTER_CANCEL);
}

static void
on_voided(struct decision *decision)
{
    struct audited_order *order = decision->order;

    if (order->is_captured || order->is_voided || order->end != ORDER_ENDED_CANCELLED)
        FAIL(decision, "P5", "%s is voided, and is not to be", order->id);
    order->is_voided = true;
    SOMETIMES(PAYMENT_VOIDED);
}

void
on_payment_decided(struct decision *decision)
{
    if (!decision->order)
        FAIL(decision, "P2", "a payment of no order");
    else if (text_is(decision->frame.topic, "PaymentCompleted"))
        on_completed(decision);
    else if (text_is(decision->frame.topic, "PaymentFailed"))
        on_failed(decision);
    else if (text_is(decision->frame.topic, "PaymentRefunded"))
        on_refunded(decision);
    else
        on_voided(decision);
}

void
check_payment_rows(struct auditor *auditor, const struct rows *rows)
{
    for (uint32_t i = 0; i < rows_count(rows, "balance"); i++) {
        struct row_seen row = rows_at(rows, "balance", i);
        struct audited_customer *customer =
            customer_named(auditor, text_of(row_text(row, "customer_id")));
        int64_t balance = row_number(row, "balance"), captured = row_number(row, "captured");
        int64_t credited = row_number(row, "credited");
        if (balance < 0)
            auditor_fail(auditor, "P5", "%s is below zero", customer->id);
        if (credited != balance + captured)
            auditor_fail(auditor, "P5", "%s: %lld credited, %lld there, %lld captured",
                         customer->id, (long long)credited, (long long)balance,
                         (long long)captured);
        if (credited > customer->credited)
            auditor_fail(auditor, "P5", "%s: more is counted than was credited", customer->id);
        if (captured != customer->captured)
            auditor_fail(auditor, "P5", "%s: %lld captured, but %lld by what was said",
                         customer->id, (long long)captured, (long long)customer->captured);
    }
}

/* ---- the partner ------------------------------------------------------------------------------------- */

void
on_export_decided(struct decision *decision)
{
    struct audited_order *order = decision->order;
    int64_t sequence = number(decision, "feed_sequence"), feed = decision->frame.partition;

    if (!order || order->end != ORDER_ENDED_PAID || order->is_exported) {
        FAIL(decision, "P7", "the partner gets an order twice, or one that is not PAID");
        return;
    }
    if (feed < 0 || feed >= AUDITED_SHARDS || sequence != ++decision->auditor->feeds[feed])
        FAIL(decision, "P7", "feed %lld goes on with %lld", (long long)feed, (long long)sequence);
    if (number(decision, "amount") != order->amount)
        FAIL(decision, "P7", "the partner is told another amount of %s", order->id);
    order->is_exported = true;
    order->feed_sequence = sequence;
    order->feed = feed;
}

void
on_partner_decided(struct decision *decision)
{
    struct audited_order *order = decision->order;

    if (!order || !order->is_exported || order->is_acknowledged ||
        number(decision, "feed_sequence") != order->feed_sequence) {
        FAIL(decision, "P7", "the partner acknowledges what it was not sent, or twice");
        return;
    }
    order->is_acknowledged = true;
    SOMETIMES(EXPORTED);
}
