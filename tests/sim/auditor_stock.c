/* auditor_stock.c — P3: units held are those decided, and what came in is held or there.  P4: a coupon is on
 * one live order at most. */
#include "base/instant.h"
#include "sim/auditor_private.h"
#include <string.h>

/* ---- stock ------------------------------------------------------------------------------------------- */

static int64_t
quantity_asked(const struct audited_order *order, struct text product)
{
    for (uint32_t i = 0; i < order->line_count; i++)
        if (text_is(product, order->lines[i].product))
            return order->lines[i].quantity;
    return -1;
}

static void
check_deadline(struct decision *decision)
{
    struct audited_record *cause = record_of_cause(decision->auditor, decision->frame.cause);
    struct text told = member(decision, "deadline_at");
    int64_t longest_us = decision->auditor->settings.order_deadline_us;

    if (!told.at || !instant_parse(told.at, told.bytes, &decision->order->deadline_us) || !cause) {
        FAIL(decision, "P2", "StockReserved without deadline or cause");
        return;
    }
    struct text asked = { cause->seen.value, cause->seen.value_bytes };
    struct text within = reader_member(asked, "pay_within_s");
    int64_t within_us = within.at ? text_number(within) * 1000000 : longest_us;
    int64_t expected_us = cause->seen.at_us + (within_us < longest_us ? within_us : longest_us);
    if (decision->order->deadline_us != expected_us)
        FAIL(decision, "P6", "the deadline of %s is not what was asked for", decision->order->id);
}

static void
on_reserved(struct decision *decision)
{
    struct audited_order *order = decision->order;
    struct text items = member(decision, "items"), line;
    int64_t subtotal = 0;

    for (uint32_t i = 0; (line = reader_element(items, i)).at; i++) {
        struct audited_product *product =
            product_named(decision->auditor, reader_member(line, "product_id"));
        int64_t quantity = text_number(reader_member(line, "quantity"));
        int64_t price = text_number(reader_member(line, "unit_price"));
        if (quantity != quantity_asked(order, reader_member(line, "product_id")))
            FAIL(decision, "P3", "%s got other units than it asked for", order->id);
        if (price != product->price || !product->is_listed)
            FAIL(decision, "P5", "%s is told another price of %s", order->id, product->id);
        product->held += quantity;
        subtotal += quantity * price;
        if (product->was_released)
            SOMETIMES(STOCK_REUSED);
    }
    order->stock = STOCK_RESERVED;
    order->subtotal = number(decision, "subtotal");
    if (order->subtotal != subtotal)
        FAIL(decision, "P5", "the subtotal of %s is not that of its lines", order->id);
    check_deadline(decision);
}

static void
on_released(struct decision *decision)
{
    struct audited_order *order = decision->order;
    struct text items = member(decision, "items"), line;

    if (order->stock != STOCK_RESERVED || order->is_released || order->end != ORDER_ENDED_CANCELLED)
        FAIL(decision, "P3", "stock of %s is released that is not to be", order->id);
    order->is_released = true;
    for (uint32_t i = 0; (line = reader_element(items, i)).at; i++) {
        struct audited_product *product =
            product_named(decision->auditor, reader_member(line, "product_id"));
        product->held -= text_number(reader_member(line, "quantity"));
        product->was_released = true;
    }
}

void
on_stock_decided(struct decision *decision)
{
    struct audited_order *order = decision->order;
    bool is_answer = text_is(decision->frame.topic, "StockReserved") ||
                     text_is(decision->frame.topic, "StockRejected");

    if (!order || (is_answer && order->stock != STOCK_UNDECIDED)) {
        FAIL(decision, "P2", "stock decided an order twice");
        return;
    }
    if (text_is(decision->frame.topic, "StockReserved"))
        on_reserved(decision);
    if (text_is(decision->frame.topic, "StockRejected")) {
        order->stock = STOCK_REJECTED;
        SOMETIMES(ORDER_SOLD_OUT);
    }
    if (text_is(decision->frame.topic, "StockReleased"))
        on_released(decision);
}

void
check_stock_rows(struct auditor *auditor, const struct rows *rows)
{
    for (uint32_t i = 0; i < rows_count(rows, "product"); i++) {
        struct row_seen row = rows_at(rows, "product", i);
        struct audited_product *product =
            product_named(auditor, text_of(row_text(row, "product_id")));
        int64_t available = row_number(row, "available_units"),
                held = row_number(row, "held_units");
        int64_t replenished = row_number(row, "replenished_units");
        if (available < 0 || held < 0)
            auditor_fail(auditor, "P3", "%s went below zero", product->id);
        if (replenished != available + held)
            auditor_fail(auditor, "P3", "%s: %lld came in, %lld there, %lld held", product->id,
                         (long long)replenished, (long long)available, (long long)held);
        if (replenished > product->replenished)
            auditor_fail(auditor, "P3", "%s: more is counted than came in", product->id);
        if (held != product->held)
            auditor_fail(auditor, "P3", "%s: %lld held, but %lld by what was said", product->id,
                         (long long)held, (long long)product->held);
    }
}

/* ---- coupons ----------------------------------------------------------------------------------------- */

struct audited_code *
code_of(struct audited_order *order, struct text code)
{
    for (uint32_t i = 0; i < order->code_count; i++)
        if (text_is(code, order->codes[i].code))
            return &order->codes[i];
    if (order->code_count == AUDITED_CODES)
        return &order->codes[0];
    struct audited_code *added = &order->codes[order->code_count++];
    text_copy(code, added->code, sizeof added->code);
    return added;
}

static int64_t
worth_of(const struct audited_coupon *coupon, int64_t subtotal)
{
    int64_t worth =
        coupon->is_percent ? (int64_t)((__int128)subtotal * coupon->worth / 100) : coupon->worth;

    return worth < subtotal ? worth : subtotal;
}

static bool
has_applied(const struct audited_order *order)
{
    for (uint32_t i = 0; i < order->code_count; i++)
        if (order->codes[i].is_applied && !order->codes[i].is_restored)
            return true;
    return false;
}

static void
on_applied(struct decision *decision, struct audited_coupon *coupon, struct audited_code *code)
{
    struct audited_order *order = decision->order;

    if (coupon->used_by[0])
        FAIL(decision, "P4", "%s is applied to %s and to %s", coupon->code, coupon->used_by,
             order->id);
    if (has_applied(order))
        FAIL(decision, "P4", "%s has two coupons", order->id);
    if (!coupon->is_issued || order->subtotal < coupon->minimum ||
        (coupon->of_customer[0] && strcmp(coupon->of_customer, order->customer) != 0))
        FAIL(decision, "P4", "%s is not for %s", coupon->code, order->id);
    code->discount = number(decision, "discount");
    if (code->discount != worth_of(coupon, order->subtotal))
        FAIL(decision, "P5", "%s is worth another discount to %s", coupon->code, order->id);
    code->is_applied = true;
    memcpy(coupon->used_by, order->id, sizeof coupon->used_by);
    SOMETIMES(COUPON_APPLIED);
    if (coupon->was_restored)
        SOMETIMES(COUPON_REUSED);
}

static void
on_restored(struct decision *decision, struct audited_coupon *coupon, struct audited_code *code)
{
    struct audited_order *order = decision->order;

    if (strcmp(coupon->used_by, order->id) != 0 || order->end != ORDER_ENDED_CANCELLED)
        FAIL(decision, "P4", "%s is given back by %s, which does not have it", coupon->code,
             order->id);
    code->is_restored = true;
    coupon->used_by[0] = '\0';
    coupon->was_restored = true;
    SOMETIMES(COUPON_RESTORED);
}

void
on_coupon_decided(struct decision *decision)
{
    struct audited_coupon *coupon =
        coupon_named(decision->auditor, member(decision, "coupon_code"));
    struct audited_code *code =
        decision->order ? code_of(decision->order, member(decision, "coupon_code")) : NULL;

    if (!code) {
        FAIL(decision, "P4", "a coupon of no order");
    } else if (text_is(decision->frame.topic, "CouponRestored")) {
        on_restored(decision, coupon, code);
    } else if (code->is_applied || code->is_rejected[0]) {
        FAIL(decision, "P2", "coupon decided %s of %s twice", coupon->code, decision->order->id);
    } else if (text_is(decision->frame.topic, "CouponApplied")) {
        on_applied(decision, coupon, code);
    } else {
        bool is_raced = text_is(member(decision, "reason"), "ALREADY_USED");
        code->is_rejected[0] = true;
        if (is_raced && (!coupon->used_by[0] || strcmp(coupon->used_by, decision->order->id) == 0))
            FAIL(decision, "P4", "%s is used by nobody else", coupon->code);
        if (is_raced)
            SOMETIMES(COUPON_RACED);
    }
}

void
check_coupon_rows(struct auditor *auditor, const struct rows *rows)
{
    for (uint32_t i = 0; i < rows_count(rows, "coupon"); i++) {
        struct row_seen row = rows_at(rows, "coupon", i);
        struct audited_coupon *coupon =
            coupon_named(auditor, text_of(row_text(row, "coupon_code")));
        bool is_used = strcmp(row_text(row, "state"), "USED") == 0;
        if (strcmp(row_text(row, "used_by"), coupon->used_by) != 0 ||
            is_used != (coupon->used_by[0] != '\0'))
            auditor_fail(auditor, "P4", "%s is used by '%s', but by what was said by '%s'",
                         coupon->code, row_text(row, "used_by"), coupon->used_by);
    }
}
