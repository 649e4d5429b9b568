/* auditor_rest.c — when all has come to rest: P1, and what the other promises say about the end. */
#include "sim/auditor_private.h"
#include <string.h>

/* ---- one order --------------------------------------------------------------------------------------- */

static void
check_paid(struct auditor *auditor, const struct audited_order *order)
{
    if (order->is_released || order->is_refunded || !order->is_captured)
        auditor_fail(auditor, "P5", "%s is PAID and was given something back", order->id);
    for (uint32_t i = 0; i < order->code_count; i++)
        if (order->codes[i].is_applied && order->codes[i].discount != order->discount)
            auditor_fail(auditor, "P4", "%s is PAID and has %s without its discount", order->id,
                         order->codes[i].code);
    if (!order->is_exported || !order->is_acknowledged)
        auditor_fail(auditor, "P7", "%s is PAID and the partner does not have it", order->id);
}

static void
check_cancelled(struct auditor *auditor, const struct audited_order *order)
{
    bool has_payment_word = order->is_refunded || order->is_voided;

    if (!order->is_released)
        auditor_fail(auditor, "P3", "%s is CANCELLED and its stock is not released", order->id);
    if (order->is_captured && !order->is_refunded)
        auditor_fail(auditor, "P5", "%s is CANCELLED and its money is kept", order->id);
    if (has_payment_word != (order->cancel_revision > 0))
        auditor_fail(auditor, "P2", "the cancel of %s has no answer of payment", order->id);
    for (uint32_t i = 0; i < order->code_count; i++)
        if (order->codes[i].is_applied && !order->codes[i].is_restored)
            auditor_fail(auditor, "P4", "%s is CANCELLED and keeps %s", order->id,
                         order->codes[i].code);
}

/* Every coupon that was asked for has its outcome. */
static void
check_codes(struct auditor *auditor, const struct audited_order *order)
{
    for (uint32_t i = 0; i < order->code_count; i++) {
        const struct audited_code *code = &order->codes[i];
        if (code->is_asked && !code->is_applied && !code->is_rejected[0])
            auditor_fail(auditor, "P1", "%s waits for %s, which nobody decides", order->id,
                         code->code);
    }
}

static void
check_answers(struct auditor *auditor, const struct audited_order *order, bool is_over)
{
    bool is_open = order->stock == STOCK_RESERVED && order->end == ORDER_OPEN;
    uint64_t asked = asked_of(order)->attempts | (order->auto_pay_said ? 2 : 0);
    uint32_t cancels = asked_of(order)->cancels;
    uint64_t unanswered = asked & ~order->attempts_answered;

    if (order->stock != STOCK_REJECTED && unanswered && (!is_open || is_over))
        auditor_fail(auditor, "P1", "a payment of %s has no answer", order->id);
    if (cancels && is_open)
        auditor_fail(auditor, "P1", "a cancel of %s has no answer", order->id);
    if (cancels && order->stock == STOCK_REJECTED && order->cancels_refused == 0)
        auditor_fail(auditor, "P1", "a cancel of %s has no answer", order->id);
}

static void
check_order(struct auditor *auditor, const struct audited_order *order, int64_t now_us,
            bool is_over)
{
    bool is_open = order->stock == STOCK_RESERVED && order->end == ORDER_OPEN;

    if (!order->is_requested)
        return;
    if (order->stock == STOCK_UNDECIDED)
        auditor_fail(auditor, "P1", "%s was accepted and is lost", order->id);
    if (is_open && (is_over || order->deadline_us <= now_us))
        auditor_fail(auditor, "P1", "%s is open after its deadline", order->id);
    if (order->end == ORDER_ENDED_PAID)
        check_paid(auditor, order);
    if (order->end == ORDER_ENDED_CANCELLED)
        check_cancelled(auditor, order);
    check_codes(auditor, order);
    check_answers(auditor, order, is_over);
}

/* ---- all --------------------------------------------------------------------------------------------- */

static void
check_published(struct auditor *auditor)
{
    for (uint32_t i = 0; i < AUDITED_BUCKETS; i++)
        for (const struct audited_event *at = auditor->events_by_id[i]; at; at = at->next)
            if (!at->is_published)
                auditor_fail(auditor, "P11", "a %.*s of %s was decided and never published",
                             (int)at->topic.bytes, at->topic.at, at->service);
}

void
auditor_rest(struct auditor *auditor, int64_t now_us, bool is_over)
{
    for (uint32_t i = 0; i < auditor->order_count; i++)
        check_order(auditor, &auditor->orders[i], now_us, is_over);
    check_published(auditor);
    check_letters(auditor);
}

/* What came in is counted in full. */
static void
rest_stock(struct auditor *auditor, const struct rows *rows)
{
    for (uint32_t i = 0; i < rows_count(rows, "product"); i++) {
        struct row_seen row = rows_at(rows, "product", i);
        const struct audited_product *product =
            product_named(auditor, text_of(row_text(row, "product_id")));
        if (row_number(row, "replenished_units") != product->replenished)
            auditor_fail(auditor, "P3", "%s: what came in is not counted", product->id);
    }
}

static void
rest_payment(struct auditor *auditor, const struct rows *rows)
{
    for (uint32_t i = 0; i < rows_count(rows, "balance"); i++) {
        struct row_seen row = rows_at(rows, "balance", i);
        const struct audited_customer *customer =
            customer_named(auditor, text_of(row_text(row, "customer_id")));
        if (row_number(row, "credited") != customer->credited)
            auditor_fail(auditor, "P5", "%s: what was credited is not counted", customer->id);
    }
}

static void
rest_orders(struct auditor *auditor, const struct rows *rows)
{
    static const char *const ends[] = { "", "PAID", "CANCELLED" };

    for (uint32_t i = 0; i < rows_count(rows, "orders"); i++) {
        struct row_seen row = rows_at(rows, "orders", i);
        const struct audited_order *order =
            order_named(auditor, text_of(row_text(row, "order_id")));
        if (order && order->end != ORDER_OPEN &&
            strcmp(row_text(row, "state"), ends[order->end]) != 0)
            auditor_fail(auditor, "P6", "the row of %s says %s", order->id, row_text(row, "state"));
    }
}

static void
rest_export(struct auditor *auditor, const struct rows *rows)
{
    for (uint32_t i = 0; i < rows_count(rows, "export"); i++)
        if (strcmp(row_text(rows_at(rows, "export", i), "state"), "ACKNOWLEDGED") != 0)
            auditor_fail(auditor, "P7", "an export is not acknowledged");
}

static void
rest_partner(struct auditor *auditor, const struct rows *rows)
{
    if (auditor->settings.keeps_order && !auditor->settings.parks &&
        rows_count(rows, "feed_gap") > 0)
        auditor_fail(auditor, "P7", "the partner saw a gap");
}

/* ---- what is shown ------------------------------------------------------------------------------------ */

static void
shown_orders(struct auditor *auditor, const struct rows *rows)
{
    static const char *const ends[] = { "", "PAID", "CANCELLED" };

    for (uint32_t i = 0; i < rows_count(rows, "order_view"); i++) {
        struct row_seen row = rows_at(rows, "order_view", i);
        const struct audited_order *order =
            order_named(auditor, text_of(row_text(row, "order_id")));
        const char *status = row_text(row, "status");
        if (!order)
            continue;
        const char *expected = order->stock == STOCK_REJECTED ? "SOLD_OUT" : ends[order->end];
        if (*expected && strcmp(status, expected) != 0)
            auditor_fail(auditor, "P1", "%s is %s and shown as %s", order->id, expected, status);
    }
}

static void
shown_sums(struct auditor *auditor, const struct rows *rows)
{
    for (uint32_t i = 0; i < rows_count(rows, "product_view"); i++) {
        struct row_seen row = rows_at(rows, "product_view", i);
        const struct audited_product *product =
            product_named(auditor, text_of(row_text(row, "product_id")));
        if (row_number(row, "available") != product->replenished - product->held)
            auditor_fail(auditor, "P3", "other units of %s are shown than there are", product->id);
    }
    for (uint32_t i = 0; i < rows_count(rows, "customer_view"); i++) {
        struct row_seen row = rows_at(rows, "customer_view", i);
        const struct audited_customer *customer =
            customer_named(auditor, text_of(row_text(row, "customer_id")));
        if (row_number(row, "balance") != customer->credited - customer->captured)
            auditor_fail(auditor, "P5", "another balance of %s is shown", customer->id);
    }
}

static void
rest_timeline(struct auditor *auditor, const struct rows *rows)
{
    shown_orders(auditor, rows);
    shown_sums(auditor, rows);
}

static const struct {
    const char *service;
    void (*check)(struct auditor *auditor, const struct rows *rows);
} rests[] = {
    { "stock", rest_stock },   { "payment", rest_payment }, { "order", rest_orders },
    { "export", rest_export }, { "partner", rest_partner }, { "timeline", rest_timeline },
};

void
auditor_rest_rows(struct auditor *auditor, const char *service, const struct rows *rows)
{
    for (size_t i = 0; i < sizeof rests / sizeof *rests; i++)
        if (strcmp(rests[i].service, service) == 0)
            rests[i].check(auditor, rows);
}
