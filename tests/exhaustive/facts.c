/* facts.c — see facts.h */
#include "exhaustive/facts.h"
#include "coupon/coupon.h"
#include "exhaustive/intern.h"
#include "export/export.h"
#include "order/order.h"
#include "payment/payment.h"
#include "stock/stock.h"
#include "json/json_write.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct service *const domains[DOMAINS] = { &stock_service, &coupon_service, &order_service,
                                                 &payment_service, &export_service };
const char *const domain_names[] = { "stock", "coupon", "order", "payment", "export", "shopper" };

static struct intern *texts; /* producer, type, value */
static struct arena *kept;
static struct event *events[EVENT_MAX];
static struct facts facts[EVENT_MAX];

struct order_id
order_id_of(int order)
{
    struct order_id id = { "" };
    snprintf(id.text, sizeof id.text, "00000000-0000-7000-8000-%012d", order + 1);
    return id;
}

static int
order_number(const char *id)
{
    return id[UUID_TEXT_BYTES - 2] - '1';
}

const char *
code_text(uint8_t code)
{
    return code == C1 ? "C1" : "C2";
}

static uint8_t
code_bit(const struct coupon_code *code)
{
    return code->text[0] == '\0' ? 0 : (uint8_t)(code->text[1] == '1' ? C1 : C2);
}

static uint8_t
code_bits(const struct coupon_codes *codes)
{
    uint8_t bits = 0;
    for (uint32_t i = 0; i < codes->count; i++)
        bits |= code_bit(&codes->at[i]);
    return bits;
}

/* ---- what each event says, in small integers; one line per event of the contract's table */

static void
say_reserved(struct facts *to, const struct stock_reserved *from)
{
    to->code = code_bit(&from->coupon_code);
    to->has_shipping = from->has_shipping;
    to->auto_pay = from->auto_pay;
    to->subtotal = from->subtotal;
}

static void
say_requested(struct facts *to, const struct order_requested *from)
{
    to->code = code_bit(&from->coupon_code);
    to->has_shipping = from->has_shipping;
    to->auto_pay = from->auto_pay;
    to->goes_on = from->on_coupon_rejected == ON_COUPON_REJECTED_CONTINUE;
    to->cancels_on_failure = from->on_payment_failure == ON_PAYMENT_FAILURE_CANCEL;
    to->has_expected_amount = from->has_expected_amount;
    to->expected_amount = from->expected_amount;
}

static void
say_created(struct facts *to, const struct order_created *from)
{
    to->revision = (uint8_t)from->revision;
    to->code = code_bit(&from->coupon_code);
    to->auto_pay = from->auto_pay;
    to->subtotal = from->subtotal;
    to->discount = from->discount;
    to->amount = from->amount;
    to->cancels_on_failure = from->on_payment_failure == ON_PAYMENT_FAILURE_CANCEL;
}

static void
say_cancelled(struct facts *to, const struct order_cancelled *from)
{
    to->reason = (uint8_t)from->reason;
    to->revision = (uint8_t)from->revision;
    to->codes = code_bits(&from->coupon_codes);
}

static void
say_paid(struct facts *to, const struct order_paid *from)
{
    to->revision = (uint8_t)from->revision;
    to->code = code_bit(&from->coupon_code);
    to->subtotal = from->subtotal;
    to->discount = from->discount;
    to->amount = from->amount;
}

static void
say_partner_order(struct facts *to, const struct partner_order *from)
{
    to->code = code_bit(&from->coupon_code);
    to->subtotal = from->subtotal;
    to->discount = from->discount;
    to->amount = from->amount;
}

static void
say_payment_requested(struct facts *to, const struct payment_requested *from)
{
    to->attempt = (uint8_t)from->attempt;
    to->revision = (uint8_t)from->revision;
    to->has_expected_amount = from->has_expected_amount;
    to->expected_amount = from->expected_amount;
}

static void
say_payment_completed(struct facts *to, const struct payment_completed *from)
{
    to->attempt = (uint8_t)from->attempt;
    to->revision = (uint8_t)from->revision;
    to->amount = from->amount;
}

static void
say_payment_failed(struct facts *to, const struct payment_failed *from)
{
    to->attempt = (uint8_t)from->attempt;
    to->revision = (uint8_t)from->revision;
    to->reason = (uint8_t)from->reason;
}

static void
say_shipping(struct facts *to, const struct shipping_submitted *from)
{
    to->revision = (uint8_t)from->revision;
    to->code = code_bit(&from->coupon_code);
}

static void
say_coupon(struct facts *to, const struct event *event)
{
    if (event->type == EV_COUPON_SELECTED)
        to->code = code_bit(&event->as.coupon_selected.coupon_code);
    if (event->type == EV_COUPON_REQUESTED)
        to->code = code_bit(&event->as.coupon_requested.coupon_code);
    if (event->type == EV_COUPON_RESTORED)
        to->code = code_bit(&event->as.coupon_restored.coupon_code);
    if (event->type == EV_COUPON_APPLIED) {
        to->code = code_bit(&event->as.coupon_applied.coupon_code);
        to->discount = event->as.coupon_applied.discount;
    }
    if (event->type == EV_COUPON_REJECTED) {
        to->code = code_bit(&event->as.coupon_rejected.coupon_code);
        to->reason = (uint8_t)event->as.coupon_rejected.reason;
    }
}

static void
say_rest(struct facts *to, const struct event *event)
{
    say_coupon(to, event);
    if (event->type == EV_STOCK_REJECTED)
        to->reason = (uint8_t)event->as.stock_rejected.reason;
    if (event->type == EV_CANCEL_REQUESTED)
        to->reason = (uint8_t)event->as.cancel_requested.reason;
    if (event->type == EV_CANCEL_REFUSED)
        to->reason = (uint8_t)event->as.cancel_refused.reason;
    if (event->type == EV_PAYMENT_REFUNDED)
        to->amount = event->as.payment_refunded.amount;
}

static void
say(struct facts *to, const struct event *event)
{
    if (event->type == EV_ORDER_REQUESTED)
        say_requested(to, &event->as.order_requested);
    else if (event->type == EV_STOCK_RESERVED)
        say_reserved(to, &event->as.stock_reserved);
    else if (event->type == EV_ORDER_CREATED)
        say_created(to, &event->as.order_created);
    else if (event->type == EV_ORDER_CANCELLED)
        say_cancelled(to, &event->as.order_cancelled);
    else if (event->type == EV_ORDER_PAID)
        say_paid(to, &event->as.order_paid);
    else if (event->type == EV_PARTNER_ORDER)
        say_partner_order(to, &event->as.partner_order);
    else if (event->type == EV_PAYMENT_REQUESTED)
        say_payment_requested(to, &event->as.payment_requested);
    else if (event->type == EV_PAYMENT_COMPLETED)
        say_payment_completed(to, &event->as.payment_completed);
    else if (event->type == EV_PAYMENT_FAILED)
        say_payment_failed(to, &event->as.payment_failed);
    else if (event->type == EV_SHIPPING_SUBMITTED)
        say_shipping(to, &event->as.shipping_submitted);
    else
        say_rest(to, event);
}

/* ---- numbers */

void
facts_init(void)
{
    texts = intern_new();
    kept = arena_new(1 << 20);
    intern_put(texts, "", 0); /* 0 is no event */
}

/* All of these start with order_id and customer_id: the second member tells whose it is. */
static bool
is_strangers(const struct event *event)
{
    return event->type >= EV_ORDER_REQUESTED && event->type <= EV_CANCEL_REFUSED &&
           strcmp(event->as.coupon_selected.customer_id.text, STRANGER) == 0;
}

static void
learn(event_no number, enum domain producer, const struct event *decoded)
{
    struct event *event = arena_copy(kept, decoded, sizeof *decoded);
    event->at_us = event->type == EV_ORDER_DEADLINE_PASSED ? NOW_US + TO_PAY_US : NOW_US;
    event->source = (struct source){ event->type, 0, number };
    event->id = uuid_v5(UUID_NAMESPACE_RECORD, &number, sizeof number);
    event->value = arena_text(kept, decoded->value, decoded->value_bytes);
    events[number] = event;
    facts[number] = (struct facts){ .type = event->type,
                                    .producer = producer,
                                    .stranger = is_strangers(event) };
    if (topics[event->type].key == KEY_ORDER)
        facts[number].order = order_number(event_key(event));
    say(&facts[number], event);
}

event_no
event_told(enum domain producer, enum event_type type, const char *value, uint32_t value_bytes)
{
    struct arena *scratch = arena_new(1 << 16);
    char *text = arena_take(scratch, value_bytes + 2);
    text[0] = (char)producer;
    text[1] = (char)type;
    memcpy(text + 2, value, value_bytes);
    uint32_t number = intern_put(texts, text, value_bytes + 2);
    if (number >= EVENT_MAX) {
        fprintf(stderr, "more than %d different events\n", EVENT_MAX);
        abort();
    }
    if (events[number] == NULL) {
        struct event *event = arena_take(scratch, sizeof *event);
        struct event_error err;
        if (!event_decode(scratch, type, value, value_bytes, event, &err)) {
            fprintf(stderr, "%s is not what its schema says: %s %s\n", topics[type].name,
                    err.pointer, err.code);
            abort();
        }
        learn((event_no)number, producer, event);
    }
    arena_free(scratch);
    return (event_no)number;
}

event_no
event_new(enum domain producer, const struct event *event)
{
    struct arena *scratch = arena_new(1 << 16);
    struct json_writer out;
    json_writer_init(&out, scratch, 1024);
    event_write(&out, event);
    event_no number = event_told(producer, event->type, out.bytes, out.length);
    arena_free(scratch);
    return number;
}

const struct event *
numbered_event(event_no number)
{
    return events[number];
}

const struct facts *
facts_of(event_no number)
{
    return &facts[number];
}

uint32_t
event_count(void)
{
    return intern_count(texts) - 1;
}
