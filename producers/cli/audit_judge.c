/* audit_judge.c — one order at a time, then the sums.  Contract: audit_judge.h
 *
 * Contents   looking at an order · what is due · what contradicts · sums · feeds */
#include "cli/audit_judge.h"
#include <stdio.h>
#include <string.h>

struct judge {
    struct audit *audit;
    const struct audit_context *context;
    struct audit_order *order;
    const struct audit_fact *facts[EV_COUNT]; /* the order's first of each type, or NULL */
    char id[UUID_TEXT_BYTES];
    bool is_flying, is_parked;
};

/* ---- looking at an order -------------------------------------------------------------------- */

static const struct audit_fact *
fact(const struct judge *judge, enum event_type type)
{
    return judge->facts[type];
}

static bool
is_past(const struct judge *judge, enum party party, const struct audit_fact *cause)
{
    return judge->context->is_past(judge->context->context, party, (enum event_type)cause->type,
                                   cause->partition, cause->offset);
}

static void
wrong(struct judge *judge, enum promise promise, const char *text)
{
    findings_add(&judge->audit->findings, promise, SUBJECT_ORDER, judge->id, "%s", text);
}

/* The effect of a cause is there, or under way, or missing. */
static void
expect(struct judge *judge, enum event_type cause, enum party party, bool is_there,
       enum promise promise, const char *text)
{
    if (!fact(judge, cause) || is_there)
        return;
    if (is_past(judge, party, fact(judge, cause)) && !judge->is_parked)
        wrong(judge, promise, text);
    else
        judge->is_flying = true;
}

/* An effect needs its cause, which was published before it. */
static void
require(struct judge *judge, enum event_type effect, bool has_cause, enum promise promise,
        const char *text)
{
    const struct audit_fact *at = fact(judge, effect);
    if (at && !has_cause && at->is_settled)
        wrong(judge, promise, text);
}

static void
forbid(struct judge *judge, bool both, enum promise promise, const char *text)
{
    if (both)
        wrong(judge, promise, text);
}

static uint32_t
count_of(const struct judge *judge, enum event_type type)
{
    uint32_t count = 0;
    for (uint32_t at = judge->order->facts; at; at = judge->audit->facts[at].next)
        count += judge->audit->facts[at].type == (uint8_t)type;
    return count;
}

static bool
has_code(const struct judge *judge, enum event_type type, uint32_t code)
{
    for (uint32_t at = judge->order->facts; at; at = judge->audit->facts[at].next)
        if (judge->audit->facts[at].type == (uint8_t)type && judge->audit->facts[at].which == code)
            return true;
    return false;
}

/* ---- what is due ---------------------------------------------------------------------------- */

static void
judge_due(struct judge *judge)
{
    const struct audit_order *order = judge->order;
    bool reserved = fact(judge, EV_STOCK_RESERVED), rejected = fact(judge, EV_STOCK_REJECTED);
    bool cancelled = fact(judge, EV_ORDER_CANCELLED), paid = fact(judge, EV_ORDER_PAID);
    bool captured = fact(judge, EV_PAYMENT_COMPLETED);
    expect(judge, EV_ORDER_REQUESTED, PARTY_STOCK, reserved || rejected, PROMISE_END,
           "requested, but stock never answered");
    if (reserved)
        expect(judge, EV_ORDER_CANCELLED, PARTY_STOCK, fact(judge, EV_STOCK_RELEASED),
               PROMISE_STOCK, "cancelled, but its stock was not given back");
    if (order->cancel_revision > 0 && captured)
        expect(judge, EV_ORDER_CANCELLED, PARTY_PAYMENT, fact(judge, EV_PAYMENT_REFUNDED),
               PROMISE_MONEY, "cancelled, but its capture was not refunded");
    if (order->cancel_revision > 0 && !captured)
        expect(judge, EV_ORDER_CANCELLED, PARTY_PAYMENT, fact(judge, EV_PAYMENT_VOIDED),
               PROMISE_MONEY, "cancelled, but payment said neither refunded nor voided");
    expect(judge, EV_PAYMENT_COMPLETED, PARTY_ORDER, paid || cancelled, PROMISE_END,
           "captured, but neither paid nor cancelled");
    expect(judge, EV_ORDER_PAID, PARTY_EXPORT, fact(judge, EV_PARTNER_ORDER), PROMISE_EXPORT,
           "paid, but not sent to the partner");
}

static void
judge_coupons_due(struct judge *judge)
{
    for (uint32_t at = judge->order->facts; at; at = judge->audit->facts[at].next) {
        const struct audit_fact *applied = &judge->audit->facts[at];
        if (applied->type == EV_COUPON_APPLIED)
            expect(judge, EV_ORDER_CANCELLED, PARTY_COUPON,
                   has_code(judge, EV_COUPON_RESTORED, applied->which), PROMISE_COUPON,
                   "cancelled, but its coupon was not given back");
    }
}

/* ---- what contradicts ----------------------------------------------------------------------- */

static void
judge_ends(struct judge *judge)
{
    bool reserved = fact(judge, EV_STOCK_RESERVED), rejected = fact(judge, EV_STOCK_REJECTED);
    bool cancelled = fact(judge, EV_ORDER_CANCELLED), paid = fact(judge, EV_ORDER_PAID);
    forbid(judge, paid && cancelled, PROMISE_END, "both paid and cancelled");
    forbid(judge, paid && rejected, PROMISE_END, "both paid and rejected by stock");
    forbid(judge, cancelled && rejected && !judge->order->refused_by_cancel, PROMISE_END,
           "both cancelled and rejected by stock");
    forbid(judge, reserved && rejected, PROMISE_END, "both reserved and rejected");
    require(judge, EV_STOCK_RESERVED, fact(judge, EV_ORDER_REQUESTED), PROMISE_END,
            "reserved, but never requested");
    require(judge, EV_ORDER_PAID, fact(judge, EV_ORDER_CREATED), PROMISE_END,
            "paid, but never pending");
}

static void
judge_stock(struct judge *judge)
{
    const struct audit_order *order = judge->order;
    bool reserved = fact(judge, EV_STOCK_RESERVED), released = fact(judge, EV_STOCK_RELEASED);
    require(judge, EV_STOCK_RELEASED, reserved, PROMISE_STOCK, "released, but never reserved");
    require(judge, EV_STOCK_RELEASED, fact(judge, EV_ORDER_CANCELLED), PROMISE_STOCK,
            "released, but not cancelled");
    require(judge, EV_ORDER_PAID, reserved, PROMISE_STOCK,
            "paid, but its stock was never reserved");
    forbid(judge, reserved && released && order->lines_hash != order->released_hash, PROMISE_STOCK,
           "what was released is not what was reserved");
}

static void
judge_coupon(struct judge *judge, const struct audit_fact *at)
{
    const struct audit_order *order = judge->order;
    const struct audit_coupon *coupon = &judge->audit->coupon_sums[at->which];
    bool applied = has_code(judge, EV_COUPON_APPLIED, at->which);
    if (at->type == EV_COUPON_RESTORED) {
        forbid(judge, at->is_settled && !applied, PROMISE_COUPON,
               "a coupon restored that it never had");
        forbid(judge, at->is_settled && !fact(judge, EV_ORDER_CANCELLED), PROMISE_COUPON,
               "a coupon restored, but the order is not cancelled");
    }
    if (at->type != EV_COUPON_APPLIED)
        return;
    forbid(judge, has_code(judge, EV_COUPON_REJECTED, at->which), PROMISE_COUPON,
           "one code both applied and rejected");
    forbid(judge, at->is_settled && !coupon->is_issued, PROMISE_COUPON,
           "a coupon applied that was never issued");
    forbid(judge, coupon->owner && order->customer && coupon->owner != order->customer,
           PROMISE_COUPON, "another customer's coupon");
}

static void
judge_coupons(struct judge *judge)
{
    const struct audit_order *order = judge->order;
    for (uint32_t at = order->facts; at; at = judge->audit->facts[at].next)
        judge_coupon(judge, &judge->audit->facts[at]);
    forbid(judge, count_of(judge, EV_COUPON_APPLIED) > 1, PROMISE_COUPON, "more than one coupon");
    const struct audit_fact *paid = fact(judge, EV_ORDER_PAID);
    if (!paid || !paid->is_settled)
        return;
    const struct audit_fact *applied = fact(judge, EV_COUPON_APPLIED);
    uint32_t code = applied ? applied->which : 0;
    forbid(judge, order->paid_code != code, PROMISE_COUPON,
           "the coupon it was paid with is not the one applied");
}

static void
judge_money(struct judge *judge)
{
    const struct audit_order *order = judge->order;
    bool captured = fact(judge, EV_PAYMENT_COMPLETED), refunded = fact(judge, EV_PAYMENT_REFUNDED);
    bool voided = fact(judge, EV_PAYMENT_VOIDED), paid = fact(judge, EV_ORDER_PAID);
    require(judge, EV_PAYMENT_COMPLETED, order->was_created, PROMISE_MONEY,
            "captured, but never pending");
    require(judge, EV_ORDER_PAID, captured, PROMISE_MONEY, "paid, but nothing was captured");
    require(judge, EV_PAYMENT_REFUNDED, captured, PROMISE_MONEY, "refunded, but never captured");
    require(judge, EV_PAYMENT_REFUNDED, fact(judge, EV_ORDER_CANCELLED), PROMISE_MONEY,
            "refunded, but not cancelled");
    forbid(judge, refunded && voided, PROMISE_MONEY, "both refunded and voided");
    forbid(judge, captured && voided, PROMISE_MONEY, "voided, but captured");
    forbid(judge, captured && refunded && order->captured != order->refunded, PROMISE_MONEY,
           "what was refunded is not what was captured");
    forbid(judge, captured && order->was_created && order->captured != order->amount, PROMISE_MONEY,
           "what was captured is not the amount");
    forbid(judge, paid && captured && order->captured - order->refunded != order->paid,
           PROMISE_MONEY, "captured less refunded is not what was paid");
}

static void
judge_attempts(struct judge *judge)
{
    for (uint32_t at = judge->order->facts; at; at = judge->audit->facts[at].next) {
        const struct audit_fact *done = &judge->audit->facts[at];
        if (done->type == EV_PAYMENT_COMPLETED)
            forbid(judge, has_code(judge, EV_PAYMENT_FAILED, done->which), PROMISE_MONEY,
                   "one attempt both completed and failed");
    }
}

static void
judge_export(struct judge *judge)
{
    const struct audit_order *order = judge->order;
    bool paid = fact(judge, EV_ORDER_PAID), sent = fact(judge, EV_PARTNER_ORDER);
    require(judge, EV_PARTNER_ORDER, paid, PROMISE_EXPORT, "sent to the partner, but not paid");
    forbid(judge, paid && sent && order->paid_hash != order->sent_hash, PROMISE_EXPORT,
           "what was sent is not what was paid");
}

/* ---- sums ----------------------------------------------------------------------------------- */

/* Held: reserved, and neither given back nor on its way back. */
static void
add_stock(struct judge *judge, bool gives_back)
{
    const struct audit_fact *reserved = fact(judge, EV_STOCK_RESERVED);
    if (!reserved || fact(judge, EV_STOCK_RELEASED))
        return;
    for (uint32_t i = 0; i < judge->order->line_count; i++) {
        const struct audit_line *line = &judge->audit->lines[judge->order->lines + i];
        struct audit_product *product = &judge->audit->product_sums[line->product];
        product->held += line->quantity;
        if (gives_back || !reserved->is_settled)
            product->flying += line->quantity;
    }
}

static void
add_money(struct judge *judge, bool gives_back)
{
    const struct audit_fact *captured = fact(judge, EV_PAYMENT_COMPLETED);
    struct audit_customer *sum = &judge->audit->customer_sums[judge->order->customer];
    sum->captured += judge->order->captured;
    sum->refunded += judge->order->refunded;
    if (captured && !fact(judge, EV_PAYMENT_REFUNDED) && (gives_back || !captured->is_settled))
        sum->flying += judge->order->captured;
}

static void
add_coupons(struct judge *judge, bool gives_back)
{
    for (uint32_t at = judge->order->facts; at; at = judge->audit->facts[at].next) {
        const struct audit_fact *applied = &judge->audit->facts[at];
        struct audit_coupon *coupon = &judge->audit->coupon_sums[applied->which];
        if (applied->type != EV_COUPON_APPLIED || gives_back || !applied->is_settled ||
            has_code(judge, EV_COUPON_RESTORED, applied->which))
            continue;
        coupon->standing++;
        coupon->order = (uint32_t)(judge->order - judge->audit->orders) + 1;
        if (coupon->standing > 1)
            findings_add(&judge->audit->findings, PROMISE_COUPON, SUBJECT_COUPON,
                         names_text(&judge->audit->coupons, applied->which),
                         "on more than one live order: %s", judge->id);
    }
}

static bool
not_past_cancel(const struct judge *judge, enum party party)
{
    const struct audit_fact *cancelled = fact(judge, EV_ORDER_CANCELLED);
    return cancelled && !is_past(judge, party, cancelled);
}

static void
judge_sums(struct audit *audit)
{
    for (uint32_t i = 1; i <= audit->products.count; i++) {
        const struct audit_product *sum = &audit->product_sums[i];
        __int128 available = sum->replenished - sum->held + sum->flying;
        if (available < 0)
            findings_add(&audit->findings, PROMISE_STOCK, SUBJECT_PRODUCT,
                         names_text(&audit->products, i), "%lld replenished, but %lld held",
                         (long long)sum->replenished, (long long)(sum->held - sum->flying));
    }
    for (uint32_t i = 1; i <= audit->customers.count; i++) {
        const struct audit_customer *sum = &audit->customer_sums[i];
        __int128 balance = sum->credited - sum->captured + sum->refunded + sum->flying;
        if (balance < 0)
            findings_add(&audit->findings, PROMISE_MONEY, SUBJECT_CUSTOMER,
                         names_text(&audit->customers, i), "%lld credited, but %lld taken",
                         (long long)sum->credited,
                         (long long)(sum->captured - sum->refunded - sum->flying));
    }
}

/* ---- feeds ---------------------------------------------------------------------------------- */

/* A feed's numbers are published in order, so a hole below the highest settled one is a gap. */
static int64_t
highest_settled(const struct audit *audit, const struct audit_feed *feed)
{
    for (int64_t number = feed->highest; number > 0; number--) {
        uint32_t index = feed->orders[number - 1];
        const struct audit_fact *sent =
            index ? audit_fact_of(audit, &audit->orders[index - 1], EV_PARTNER_ORDER) : NULL;
        if (sent && sent->is_settled)
            return number;
    }
    return 0;
}

static void
judge_feed(struct audit *audit, uint32_t partition)
{
    char name[16];
    const struct audit_feed *feed = &audit->feeds[partition];
    snprintf(name, sizeof name, "%u", partition);
    for (int64_t number = highest_settled(audit, feed); number > 0; number--)
        if (!feed->orders[number - 1])
            findings_add(&audit->findings, PROMISE_EXPORT, SUBJECT_FEED, name,
                         "number %lld is missing", (long long)number);
    if (feed->outside)
        findings_add(&audit->findings, PROMISE_EXPORT, SUBJECT_FEED, name,
                     "%lld numbers below 1 or far too high", (long long)feed->outside);
}

/* ---- the door ------------------------------------------------------------------------------- */

static void
count_order(const struct judge *judge, struct order_counts *counts)
{
    counts->seen++;
    if (judge->is_parked)
        counts->parked++;
    else if (judge->is_flying)
        counts->flying++;
    else if (fact(judge, EV_ORDER_PAID))
        counts->paid++;
    else if (fact(judge, EV_ORDER_CANCELLED))
        counts->cancelled++;
    else if (fact(judge, EV_STOCK_REJECTED))
        counts->refused++;
    else
        counts->open++;
}

static void
look_at(struct judge *judge, struct audit_order *order)
{
    memset(judge->facts, 0, sizeof judge->facts);
    judge->order = order;
    judge->is_flying = false;
    judge->is_parked = judge->context->is_parked(judge->context->context, order->id);
    audit_order_text(order, judge->id);
    for (uint32_t at = order->facts; at; at = judge->audit->facts[at].next)
        judge->facts[judge->audit->facts[at].type] = &judge->audit->facts[at];
}

void
audit_judge(struct audit *audit, const struct audit_context *context, struct order_counts *counts)
{
    struct judge judge = { .audit = audit, .context = context };
    for (uint32_t i = 0; i < audit->order_count; i++) {
        look_at(&judge, &audit->orders[i]);
        judge_due(&judge);
        judge_coupons_due(&judge);
        judge_ends(&judge);
        judge_stock(&judge);
        judge_coupons(&judge);
        judge_money(&judge);
        judge_attempts(&judge);
        judge_export(&judge);
        add_stock(&judge, not_past_cancel(&judge, PARTY_STOCK) || judge.is_parked);
        add_money(&judge, not_past_cancel(&judge, PARTY_PAYMENT) || judge.is_parked);
        add_coupons(&judge, not_past_cancel(&judge, PARTY_COUPON) || judge.is_parked);
        count_order(&judge, counts);
    }
    judge_sums(audit);
    for (uint32_t i = 0; i < audit->feed_count; i++)
        judge_feed(audit, i);
}
