/* order_words.c — see order_words.h */
#include "unit_order/order_words.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* ---- steps → events */

static struct customer_id
by(const struct words *step)
{
    return customer(words_after(step, "by=", "c-1"));
}

static void
read_code(const struct words *step, bool *has, struct coupon_code *coupon_code)
{
    const char *named = words_after(step, "code=", NULL);
    *has = named != NULL;
    if (named != NULL)
        *coupon_code = code(named);
}

static struct event
read_reserve(const struct words *step)
{
    struct event in = { .type = EV_STOCK_RESERVED };
    struct stock_reserved *reserved = &in.as.stock_reserved;
    const char *expected = words_after(step, "expect=", NULL);
    const char *price = words_after(step, "price=", "12900");

    reserved->order_id = order_no(1);
    reserved->customer_id = by(step);
    reserved->items.count = 1;
    reserved->items.at[0] = (struct priced_line){ product("apple"), 2, strtoll(price, NULL, 10) };
    reserved->subtotal = 2 * reserved->items.at[0].unit_price;
    reserved->deadline_at_us = DEADLINE_US;
    read_code(step, &reserved->has_coupon_code, &reserved->coupon_code);
    reserved->has_shipping = words_have(step, "ship");
    if (reserved->has_shipping)
        reserved->shipping = shipping_to("with the order");
    reserved->auto_pay = words_have(step, "auto");
    reserved->on_coupon_rejected =
        words_have(step, "continue") ? ON_COUPON_REJECTED_CONTINUE : ON_COUPON_REJECTED_WAIT;
    reserved->on_payment_failure =
        words_have(step, "cancel") ? ON_PAYMENT_FAILURE_CANCEL : ON_PAYMENT_FAILURE_WAIT;
    reserved->has_expected_amount = expected != NULL;
    if (expected != NULL)
        reserved->expected_amount = strtoll(expected, NULL, 10);
    return in;
}

static struct event
read_reject(const struct words *step)
{
    const char *reason = step->count > 1 ? step->at[1] : "SOLD_OUT";
    return (struct event){
        .type = EV_STOCK_REJECTED,
        .as.stock_rejected = {.order_id = order_no(1),
                              .customer_id = by(step),
                              .reason = (enum stock_rejected_reason)words_name(
                                   strchr(reason, '=') ? "SOLD_OUT" : reason,
                              stock_rejected_reason_names)},
    };
}

static struct event
read_released(const struct words *step)
{
    struct event in = { .type = EV_STOCK_RELEASED };
    in.as.stock_released.order_id = order_no(1);
    in.as.stock_released.customer_id = by(step);
    in.as.stock_released.items = items({ product("apple"), 2 });
    return in;
}

static struct event
read_select(const struct words *step)
{
    return (struct event){
        .type = EV_COUPON_SELECTED,
        .as.coupon_selected = {.order_id = order_no(1),
                               .customer_id = by(step),
                               .coupon_code = code(step->at[1])},
    };
}

static struct event
read_ship(const struct words *step)
{
    struct event in = { .type = EV_SHIPPING_SUBMITTED };
    struct shipping_submitted *submitted = &in.as.shipping_submitted;
    char recipient[100];
    snprintf(recipient, sizeof recipient, "revision %s", step->at[1]);
    submitted->order_id = order_no(1);
    submitted->customer_id = by(step);
    submitted->revision = (int32_t)words_number(step, 1, 0);
    submitted->shipping = shipping_to(recipient);
    read_code(step, &submitted->has_coupon_code, &submitted->coupon_code);
    return in;
}

static struct event
read_cancel(const struct words *step)
{
    enum cancel_requested_reason reason = CANCEL_REQUESTED_CUSTOMER;
    if (words_have(step, "OPERATOR"))
        reason = CANCEL_REQUESTED_OPERATOR;
    if (words_have(step, "OTHER"))
        reason = CANCEL_REQUESTED_OTHER;
    return (struct event){
        .type = EV_CANCEL_REQUESTED,
        .as.cancel_requested = {.order_id = order_no(1),
                                .customer_id = by(step),
                                .reason = reason},
    };
}

static struct event
read_applied(const struct words *step)
{
    return (struct event){
        .type = EV_COUPON_APPLIED,
        .as.coupon_applied = {.order_id = order_no(1),
                              .customer_id = by(step),
                              .coupon_code = code(step->at[1]),
                              .discount = words_number(step, 2, 3000)},
    };
}

static struct event
read_refused(const struct words *step)
{
    const char *reason =
        step->count > 2 && strchr(step->at[2], '=') == NULL ? step->at[2] : "ALREADY_USED";
    return (struct event){
        .type = EV_COUPON_REJECTED,
        .as.coupon_rejected = {.order_id = order_no(1),
                               .customer_id = by(step),
                               .coupon_code = code(step->at[1]),
                               .reason = (enum coupon_rejected_reason)words_name(
                                    reason, coupon_rejected_reason_names)},
    };
}

static struct event
read_restored(const struct words *step)
{
    return (struct event){
        .type = EV_COUPON_RESTORED,
        .as.coupon_restored = {.order_id = order_no(1),
                               .customer_id = by(step),
                               .coupon_code = code(step->at[1])},
    };
}

static struct event
read_paid(const struct words *step)
{
    return (struct event){
        .type = EV_PAYMENT_COMPLETED,
        .as.payment_completed = {.order_id = order_no(1),
                                 .customer_id = by(step),
                                 .attempt = (int32_t)words_number(step, 1, 1),
                                 .revision = 1,
                                 .amount = SUBTOTAL},
    };
}

static struct event
read_failed(const struct words *step)
{
    const char *reason =
        step->count > 1 && strchr(step->at[1], '=') == NULL ? step->at[1] : "INSUFFICIENT_BALANCE";
    return (struct event){
        .type = EV_PAYMENT_FAILED,
        .as.payment_failed = {.order_id = order_no(1),
                              .customer_id = by(step),
                              .attempt = 1,
                              .revision = 1,
                              .reason = (enum payment_failed_reason)words_name(
                                   reason, payment_failed_reason_names)},
    };
}

static struct event
read_refunded(const struct words *step)
{
    return (struct event){
        .type = EV_PAYMENT_REFUNDED,
        .as.payment_refunded = {.order_id = order_no(1),
                                .customer_id = by(step),
                                .amount = SUBTOTAL,
                                .reason = PAYMENT_REFUNDED_CUSTOMER},
    };
}

static struct event
read_deadline(const struct words *step)
{
    return (struct event){
        .type = EV_ORDER_DEADLINE_PASSED,
        .at_us = DEADLINE_US + words_number(step, 1, 0),
        .as.order_deadline_passed = { .order_id = order_no(1) },
    };
}

static struct event
order_read(const struct words *step)
{
    static const struct {
        const char *verb;
        struct event (*read)(const struct words *step);
    } verbs[] = {
        {"reserve",   read_reserve },
        { "reject",   read_reject  },
        { "released", read_released},
        { "select",   read_select  },
        { "ship",     read_ship    },
        { "cancel",   read_cancel  },
        { "applied",  read_applied },
        { "refused",  read_refused },
        { "restored", read_restored},
        { "paid",     read_paid    },
        { "failed",   read_failed  },
        { "refunded", read_refunded},
        { "deadline", read_deadline},
    };
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(verbs[i].verb, step->at[0]) == 0)
            return verbs[i].read(step);
    cr_assert_fail("no verb %s", step->at[0]);
    return (struct event){ 0 };
}

/* ---- events → words */

static const char *
code_text(bool has, const struct coupon_code *coupon_code)
{
    return has ? coupon_code->text : "-";
}

static void
tell_cancelled(const struct order_cancelled *cancelled, char *text, size_t size)
{
    int length = snprintf(text, size, "OrderCancelled(%s %d",
                          order_cancelled_reason_names[cancelled->reason], cancelled->revision);
    for (uint32_t i = 0; i < cancelled->coupon_codes.count; i++)
        length += snprintf(text + length, size - (size_t)length, " %s",
                           cancelled->coupon_codes.at[i].text);
    snprintf(text + length, size - (size_t)length, ")");
}

static void
order_tell(const struct event *said, char *text, size_t size)
{
    const struct order_created *created = &said->as.order_created;
    const struct order_paid *paid = &said->as.order_paid;

    if (said->type == EV_COUPON_REQUESTED)
        snprintf(text, size, "CouponRequested(%s %ld)", said->as.coupon_requested.coupon_code.text,
                 said->as.coupon_requested.subtotal);
    else if (said->type == EV_COUPON_REJECTED)
        snprintf(text, size, "CouponRejected(%s %s)", said->as.coupon_rejected.coupon_code.text,
                 coupon_rejected_reason_names[said->as.coupon_rejected.reason]);
    else if (said->type == EV_ORDER_CREATED)
        snprintf(text, size, "OrderCreated(%d %ld %s%s)", created->revision, created->amount,
                 code_text(created->has_coupon_code, &created->coupon_code),
                 created->auto_pay ? " auto" : "");
    else if (said->type == EV_ORDER_PAID)
        snprintf(text, size, "OrderPaid(%d %ld %s)", paid->revision, paid->amount,
                 code_text(paid->has_coupon_code, &paid->coupon_code));
    else if (said->type == EV_ORDER_CANCELLED)
        tell_cancelled(&said->as.order_cancelled, text, size);
    else if (said->type == EV_CANCEL_REFUSED)
        snprintf(text, size, "CancelRefused(%s)",
                 cancel_refused_reason_names[said->as.cancel_refused.reason]);
    else
        cr_assert_fail("order never says %s", topics[said->type].name);
}

const struct language order_language = {
    .service = &order_service,
    .read = order_read,
    .tell = order_tell,
};

/* ---- rows and cases */

const struct order *
order_row(struct play *play)
{
    return world_row(play_world(play), ORDER_ORDER, order_no(1).text);
}

const struct early *
early_row(struct play *play)
{
    return world_row(play_world(play), ORDER_EARLY, order_no(1).text);
}

enum order_state
state_of(struct play *play)
{
    return order_row(play) == NULL ? ORDER_NONE : order_row(play)->state;
}

void
expect_cases(const struct order_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct order_case *c = &cases[i];
        struct play *play = play_new(&order_language);
        (void)play_tell(play, c->given);
        const char *said = play_tell(play, c->when);
        cr_expect_str_eq(said, c->says, "%s: says “%s”, not “%s”", c->name, said, c->says);
        cr_expect_eq(state_of(play), c->state, "%s: %s", c->name,
                     order_service.state_names[state_of(play)]);
        play_end(play);
    }
}

void
expect_said(const char *given, const char *when, const char *says)
{
    struct play *play = play_new(&order_language);
    (void)play_tell(play, given);
    const char *said = play_tell(play, when);
    cr_expect_str_eq(said, says, "%s; %s: says “%s”, not “%s”", given, when, said, says);
    play_end(play);
}
