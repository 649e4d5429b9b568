/* auditor_facts.c — what shoppers and the shop's people say, each once; and what anyone sees of an order. */
#include "sim/auditor_private.h"
#include <stdio.h>
#include <string.h>

static struct text
value_of(const struct seen_record *record)
{
    return (struct text){ record->value, record->value_bytes };
}

struct audited_product *
product_named(struct auditor *auditor, struct text id)
{
    for (uint32_t i = 0; i < auditor->product_count; i++)
        if (text_is(id, auditor->products[i].id))
            return &auditor->products[i];
    struct audited_product *product = &auditor->products[auditor->product_count++];
    text_copy(id, product->id, sizeof product->id);
    return product;
}

struct audited_coupon *
coupon_named(struct auditor *auditor, struct text code)
{
    for (uint32_t i = 0; i < auditor->coupon_count; i++)
        if (text_is(code, auditor->coupons[i].code))
            return &auditor->coupons[i];
    struct audited_coupon *coupon = &auditor->coupons[auditor->coupon_count++];
    text_copy(code, coupon->code, sizeof coupon->code);
    return coupon;
}

struct audited_customer *
customer_named(struct auditor *auditor, struct text id)
{
    for (uint32_t i = 0; i < auditor->customer_count; i++)
        if (text_is(id, auditor->customers[i].id))
            return &auditor->customers[i];
    struct audited_customer *customer = &auditor->customers[auditor->customer_count++];
    text_copy(id, customer->id, sizeof customer->id);
    return customer;
}

static bool
is_first(struct auditor *auditor, struct text id)
{
    for (uint32_t i = 0; i < auditor->counted_count; i++)
        if (text_is(id, auditor->counted[i]))
            return false;
    text_copy(id, auditor->counted[auditor->counted_count++], sizeof auditor->counted[0]);
    return true;
}

/* ---- facts ------------------------------------------------------------------------------------------- */

static void
on_listed(struct auditor *auditor, struct text value)
{
    struct audited_product *product = product_named(auditor, reader_member(value, "product_id"));

    product->is_listed = true;
    product->price = text_number(reader_member(value, "unit_price"));
}

static void
on_replenished(struct auditor *auditor, struct text value)
{
    struct audited_product *product = product_named(auditor, reader_member(value, "product_id"));

    if (is_first(auditor, reader_member(value, "replenishment_id")))
        product->replenished += text_number(reader_member(value, "quantity"));
}

static void
on_issued(struct auditor *auditor, struct text value)
{
    struct audited_coupon *coupon = coupon_named(auditor, reader_member(value, "coupon_code"));
    struct text percent = reader_member(value, "percent");
    struct text minimum = reader_member(value, "minimum_amount");

    coupon->is_issued = true;
    coupon->is_percent = percent.at != NULL;
    coupon->worth = text_number(percent.at ? percent : reader_member(value, "discount"));
    coupon->minimum = minimum.at ? text_number(minimum) : 0;
    text_copy(reader_member(value, "customer_id"), coupon->of_customer, sizeof coupon->of_customer);
}

static void
on_credited(struct auditor *auditor, struct text value)
{
    struct audited_customer *customer =
        customer_named(auditor, reader_member(value, "customer_id"));

    if (is_first(auditor, reader_member(value, "credit_id")))
        customer->credited += text_number(reader_member(value, "amount"));
}

static void
on_requested(struct auditor *auditor, struct text value)
{
    struct audited_order *order = order_named(auditor, reader_member(value, "order_id"));
    struct text items = reader_member(value, "items");

    if (!order || order->is_requested)
        return;
    auditor->sagas++;
    order->is_requested = true;
    order->auto_pay_expected = text_number(reader_member(value, "expected_amount"));
    text_copy(reader_member(value, "customer_id"), order->customer, sizeof order->customer);
    for (struct text line = reader_element(items, 0); line.at && order->line_count < AUDITED_LINES;
         line = reader_element(items, order->line_count)) {
        text_copy(reader_member(line, "product_id"), order->lines[order->line_count].product,
                  ID_BYTES);
        order->lines[order->line_count++].quantity = text_number(reader_member(line, "quantity"));
    }
}

static struct audited_asker *
asker_of(struct audited_order *order, struct text customer)
{
    for (uint32_t i = 0; i < order->asker_count; i++)
        if (text_is(customer, order->askers[i].customer))
            return &order->askers[i];
    struct audited_asker *asker = &order->askers[order->asker_count++];
    text_copy(customer, asker->customer, sizeof asker->customer);
    return asker;
}

const struct audited_asker *
asked_of(const struct audited_order *order)
{
    static const struct audited_asker nobody;

    for (uint32_t i = 0; i < order->asker_count; i++)
        if (strcmp(order->askers[i].customer, order->customer) == 0)
            return &order->askers[i];
    return &nobody;
}

static void
on_attempt(struct auditor *auditor, struct text value)
{
    struct audited_order *order = order_named(auditor, reader_member(value, "order_id"));

    if (!order)
        return;
    struct audited_asker *asker = asker_of(order, reader_member(value, "customer_id"));
    struct text expected = reader_member(value, "expected_amount");
    int64_t attempt = text_number(reader_member(value, "attempt")) & 63;
    asker->attempts |= UINT64_C(1) << attempt;
    asker->expected[attempt] = expected.at ? text_number(expected) : -1;
}

static void
on_cancel(struct auditor *auditor, struct text value)
{
    struct audited_order *order = order_named(auditor, reader_member(value, "order_id"));
    bool is_operator = text_is(reader_member(value, "reason"), "OPERATOR");

    if (order)
        asker_of(order, reader_member(value, "customer_id"))->cancels |= is_operator ? 2 : 1;
}

static const struct {
    const char *topic;
    void (*take)(struct auditor *auditor, struct text value);
} facts[] = {
    { "ProductListed", on_listed },     { "StockReplenished", on_replenished },
    { "CouponIssued", on_issued },      { "BalanceCredited", on_credited },
    { "OrderRequested", on_requested }, { "PaymentRequested", on_attempt },
    { "CancelRequested", on_cancel },
};

void
take_fact(struct auditor *auditor, const struct seen_record *record)
{
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        if (strcmp(facts[i].topic, record->topic) == 0)
            facts[i].take(auditor, value_of(record));
}

/* ---- what anyone sees -------------------------------------------------------------------------------- */

static void
see_created(struct audited_order *order, struct text value)
{
    int32_t revision = (int32_t)text_number(reader_member(value, "revision"));

    if (order->seen_revision < revision)
        order->seen_revision = revision;
    order->seen_amount = text_number(reader_member(value, "amount"));
}

void
take_seen(struct auditor *auditor, const struct seen_record *record)
{
    struct text topic = text_of(record->topic), value = value_of(record);
    struct audited_order *order = order_named(auditor, reader_member(value, "order_id"));

    if (!order)
        return;
    order->seen_reserved |= text_is(topic, "StockReserved");
    order->seen_rejected |= text_is(topic, "StockRejected");
    order->seen_paid |= text_is(topic, "OrderPaid");
    order->seen_cancelled |= text_is(topic, "OrderCancelled");
    if (text_is(topic, "OrderCreated"))
        see_created(order, value);
    if (text_is(topic, "PaymentFailed")) {
        int32_t attempt = (int32_t)text_number(reader_member(value, "attempt"));
        if (order->seen_failed < attempt)
            order->seen_failed = attempt;
    }
    if (text_is(topic, "PaymentCompleted") && order->completed_at_us == 0) {
        order->seen_completed = (int32_t)text_number(reader_member(value, "attempt"));
        order->completed_at_us = record->at_us;
    }
}

struct order_seen
auditor_order_seen(const struct auditor *auditor, const char *order_id)
{
    for (uint32_t i = 0; i < auditor->order_count; i++) {
        const struct audited_order *order = &auditor->orders[i];
        if (strcmp(order->id, order_id) == 0)
            return (struct order_seen){
                order->seen_reserved,  order->seen_rejected, order->seen_paid,
                order->seen_cancelled, order->seen_revision, order->seen_failed,
                order->seen_completed, order->seen_amount,
            };
    }
    return (struct order_seen){ 0 };
}
