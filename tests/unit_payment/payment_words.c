/* payment_words.c — see payment_words.h */
#include "unit_payment/payment_words.h"
#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct play *play;

/* ---- steps */

static struct customer_id
by(const struct words *step)
{
    return customer(words_after(step, "by=", "c-1"));
}

static struct event
credit_of(const struct words *step)
{
    struct event in = { .type = EV_BALANCE_CREDITED };
    struct balance_credited *credited = &in.as.balance_credited;
    credited->customer_id = by(step);
    credited->amount = words_number(step, 1, 0);
    snprintf(credited->credit_id.text, sizeof credited->credit_id.text, "%s",
             words_after(step, "id=", "credit-1"));
    return in;
}

static struct event
created_of(const struct words *step)
{
    struct event in = { .type = EV_ORDER_CREATED };
    struct order_created *created = &in.as.order_created;
    created->order_id = order_no(1);
    created->customer_id = by(step);
    created->revision = (int32_t)words_number(step, 1, 1);
    created->amount = words_number(step, 2, 0);
    created->subtotal = created->amount;
    created->items.count = 1;
    created->items.at[0] = (struct priced_line){ product("apple"), 1, created->amount };
    created->shipping = shipping_to("홍길동");
    created->auto_pay = words_have(step, "auto");
    created->deadline_at_us = WORLD_NOW_US + 1000000;
    return in;
}

static struct event
request_of_words(const struct words *step)
{
    struct event in = { .type = EV_PAYMENT_REQUESTED };
    struct payment_requested *asked = &in.as.payment_requested;
    const char *expected = words_after(step, "expects=", NULL);
    asked->order_id = order_no(1);
    asked->customer_id = by(step);
    asked->attempt = (int32_t)words_number(step, 1, 1);
    asked->revision = (int32_t)words_number(step, 2, 1);
    asked->has_expected_amount = expected != NULL;
    asked->expected_amount = expected != NULL ? strtoll(expected, NULL, 10) : 0;
    in.source.partition = (int32_t)strtol(words_after(step, "partition=", "0"), NULL, 10);
    return in;
}

static struct event
cancel_of(const struct words *step)
{
    struct event in = { .type = EV_ORDER_CANCELLED };
    struct order_cancelled *cancelled = &in.as.order_cancelled;
    cancelled->order_id = order_no(1);
    cancelled->customer_id = by(step);
    cancelled->revision = (int32_t)words_number(step, 1, 1);
    cancelled->reason = ORDER_CANCELLED_CUSTOMER;
    for (uint32_t i = 2; i < step->count; i++)
        if (strncmp(step->at[i], "by=", 3) != 0)
            cancelled->reason =
                (enum order_cancelled_reason)words_name(step->at[i], order_cancelled_reason_names);
    return in;
}

static struct event
read_step(const struct words *step)
{
    if (strcmp(step->at[0], "credit") == 0)
        return credit_of(step);
    if (strcmp(step->at[0], "created") == 0)
        return created_of(step);
    if (strcmp(step->at[0], "pay") == 0)
        return request_of_words(step);
    cr_assert_str_eq(step->at[0], "cancelled", "an unknown word: %s", step->at[0]);
    return cancel_of(step);
}

/* ---- what was said */

static void
tell_failed(const struct payment_failed *failed, char *text, size_t size)
{
    char amount[24] = "-";
    if (failed->has_amount)
        snprintf(amount, sizeof amount, "%lld", (long long)failed->amount);
    snprintf(text, size, "PaymentFailed(%d %d %s %s)", failed->attempt, failed->revision, amount,
             payment_failed_reason_names[failed->reason]);
}

static void
tell_said(const struct event *said_event, char *text, size_t size)
{
    const struct payment_completed *completed = &said_event->as.payment_completed;
    const struct payment_refunded *refunded = &said_event->as.payment_refunded;

    cr_expect_str_eq(event_key(said_event), order_no(1).text);
    if (said_event->type == EV_PAYMENT_COMPLETED)
        snprintf(text, size, "PaymentCompleted(%d %d %lld)", completed->attempt,
                 completed->revision, (long long)completed->amount);
    else if (said_event->type == EV_PAYMENT_FAILED)
        tell_failed(&said_event->as.payment_failed, text, size);
    else if (said_event->type == EV_PAYMENT_REFUNDED)
        snprintf(text, size, "PaymentRefunded(%lld %s)", (long long)refunded->amount,
                 payment_refunded_reason_names[refunded->reason]);
    else if (said_event->type == EV_PAYMENT_VOIDED)
        snprintf(text, size, "PaymentVoided()");
    else
        cr_assert_fail("payment says %s", topics[said_event->type].name);
}

const struct language payment_language = { &payment_service, read_step, tell_said };

/* ---- the words */

void
words_setup(void)
{
    play = play_new(&payment_language);
}

void
words_teardown(void)
{
    play_end(play);
}

void
anew(void)
{
    play_end(play);
    play = play_new(&payment_language);
}

const char *
said(const char *story)
{
    return play_tell(play, story);
}

const char *
saidf(const char *format, ...)
{
    char story[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(story, sizeof story, format, arguments);
    va_end(arguments);
    return said(story);
}

const struct payment *
payment_row(void)
{
    static const struct payment none;
    const struct payment *row = world_row(play_world(play), PAYMENT_PAYMENT, order_no(1).text);
    return row != NULL ? row : &none;
}

const struct balance *
balance_of(const char *customer_id)
{
    static const struct balance none;
    const struct balance *row = world_row(play_world(play), PAYMENT_BALANCE, customer_id);
    return row != NULL ? row : &none;
}

void
expect_money_conserved(const char *story)
{
    static const char *const everybody[] = { "c-1", "c-2", "c-3", "c-4", "c-5", "c-9" };
    int64_t captured = 0;
    for (size_t i = 0; i < COUNT_OF(everybody); i++) {
        const struct balance *balance = balance_of(everybody[i]);
        cr_expect_geq(balance->balance, 0, "%s: %s", story, everybody[i]);
        cr_expect_eq(balance->credited, balance->balance + balance->captured, "%s: %s", story,
                     everybody[i]);
        captured += balance->captured;
    }
    cr_expect_eq(captured, payment_row()->captured_amount - payment_row()->refunded_amount, "%s",
                 story);
}
