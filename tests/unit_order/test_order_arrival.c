/* test_order_arrival.c — the same messages in every order of arrival: every intent has its one
 * answer, and an order ends once.  Coupon answers what it is asked as soon as everything has
 * arrived. */
#include "support/arrival.h"
#include "unit_order/order_words.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(order_arrival, .timeout = 300);

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof(array)[0]))

struct heard {
    struct play *play;
    char story[512];
    char all[2048]; /* what was said, dead letters too */
};

static void
tell(struct heard *heard, const char *step)
{
    size_t told = strlen(heard->story), said = strlen(heard->all);
    snprintf(heard->story + told, sizeof heard->story - told, "%s; ", step);
    snprintf(heard->all + said, sizeof heard->all - said, "%s ", play_tell(heard->play, step));
}

static struct heard
tell_steps(const char *const *steps, uint32_t count)
{
    struct heard heard = { .play = play_new(&order_language) };
    for (uint32_t i = 0; i < count; i++)
        tell(&heard, steps[i]);
    return heard;
}

#define EXPECT_COUNT(heard, piece, expected)                                                       \
    cr_expect_eq(text_count((heard)->all, piece), expected, "%s: %s→ %s", piece, (heard)->story,   \
                 (heard)->all)

/* A code is asked for or refused by order, never both and never twice. */
static void
expect_one_answer(const struct heard *heard, const char *code)
{
    char asked[32], refused[32];
    snprintf(asked, sizeof asked, "CouponRequested(%s ", code);
    snprintf(refused, sizeof refused, "CouponRejected(%s ", code);
    cr_expect_eq(text_count(heard->all, asked) + text_count(heard->all, refused), 1, "%s: %s→ %s",
                 code, heard->story, heard->all);
}

/* ---- a cancel among everything else */

static void
expect_cancelled_once(const char *const *steps, uint32_t count)
{
    struct heard heard = tell_steps(steps, count);
    if (text_count(heard.all, "CouponRequested(B ") > 0)
        tell(&heard, "applied B 100");
    cr_expect_eq(state_of(heard.play), ORDER_CANCELLED, "%s", heard.story);
    EXPECT_COUNT(&heard, "OrderCancelled(CUSTOMER", 1);
    EXPECT_COUNT(&heard, "CancelRefused", 0);
    EXPECT_COUNT(&heard, "DeadLetter(customer_mismatch CouponSelected)", 1);
    EXPECT_COUNT(&heard, "DeadLetter", 1);
    EXPECT_COUNT(&heard, "CouponRequested(A", 0);
    EXPECT_COUNT(&heard, "OrderPaid", 0);
    expect_one_answer(&heard, "B");
    const char *cancelled = strstr(heard.all, "OrderCancelled");
    cr_expect(cancelled == NULL || strstr(cancelled, "OrderCreated") == NULL, "%s→ %s", heard.story,
              heard.all);
    play_end(heard.play);
}

Test(order_arrival, a_cancel_wins_once_whenever_it_comes)
{
    const char *const applied[] = {
        "reserve code=A ship auto", "applied A 3000", "select B", "ship 2 code=B",
        "select B by=c-9",          "cancel"
    };
    const char *const refused[] = {
        "reserve code=A ship auto", "refused A", "select B", "ship 2 code=B",
        "select B by=c-9",          "cancel"
    };
    cr_expect_eq(arrive_in_every_order(applied, COUNT(applied), expect_cancelled_once), 720);
    cr_expect_eq(arrive_in_every_order(refused, COUNT(refused), expect_cancelled_once), 720);
}

/* ---- an order that goes on */

static void
expect_newest_revision(const struct heard *heard)
{
    const struct order *order = order_row(heard->play);
    cr_expect_eq(order->state, ORDER_PENDING, "%s→ %s", heard->story, heard->all);
    cr_expect_eq(order->created_revision, 2, "%s→ %s", heard->story, heard->all);
    EXPECT_COUNT(heard, "OrderCreated(2 ", 1);
    EXPECT_COUNT(heard, "DeadLetter(customer_mismatch ShippingSubmitted)", 1);
    EXPECT_COUNT(heard, "DeadLetter", 1);
    expect_one_answer(heard, "B");
}

static void
expect_price_of_a(const char *const *steps, uint32_t count)
{
    struct heard heard = tell_steps(steps, count);
    expect_newest_revision(&heard);
    cr_expect_eq(text_count(heard.all, "OrderCreated("), text_count(heard.all, " 22800 A"),
                 "%s→ %s", heard.story, heard.all);
    EXPECT_COUNT(&heard, "CouponRequested", 0);
    play_end(heard.play);
}

static void
expect_price_of_b_or_full(const char *const *steps, uint32_t count)
{
    struct heard heard = tell_steps(steps, count);
    bool is_asked = text_count(heard.all, "CouponRequested(B ") > 0;
    if (is_asked)
        tell(&heard, "applied B 800");
    expect_newest_revision(&heard);
    cr_expect_eq(text_count(heard.all, "OrderCreated("),
                 text_count(heard.all, is_asked ? " 25000 B" : " 25800 -"), "%s→ %s", heard.story,
                 heard.all);
    play_end(heard.play);
}

/* Held only if the order was not PENDING by revision 1 before anybody knew of the refused code. */
static void
expect_held_or_full(const char *const *steps, uint32_t count)
{
    struct heard heard = tell_steps(steps, count);
    if (text_count(heard.all, "CouponRequested(B ") > 0)
        tell(&heard, "refused B");
    if (state_of(heard.play) == ORDER_RESERVED) {
        EXPECT_COUNT(&heard, "OrderCreated", 0);
        EXPECT_COUNT(&heard, "CouponRequested(B ", 1);
        tell(&heard, "ship 3");
        EXPECT_COUNT(&heard, "OrderCreated(3 25800 -)", 1);
    } else {
        expect_newest_revision(&heard);
    }
    play_end(heard.play);
}

Test(order_arrival, the_newest_revision_is_told_at_one_price)
{
    const char *const applied[] = { "reserve code=A", "applied A 3000", "select B",
                                    "ship 1",         "ship 2 code=B",  "ship 9 by=c-9" };
    const char *const refused[] = { "reserve code=A", "refused A",     "select B",
                                    "ship 1",         "ship 2 code=B", "ship 9 by=c-9" };
    cr_expect_eq(arrive_in_every_order(applied, COUNT(applied), expect_price_of_a), 720);
    cr_expect_eq(arrive_in_every_order(refused, COUNT(refused), expect_price_of_b_or_full), 720);
    cr_expect_eq(arrive_in_every_order(refused, COUNT(refused), expect_held_or_full), 720);
}

/* ---- sold out */

static void
expect_sold_out(const char *const *steps, uint32_t count)
{
    struct heard heard = tell_steps(steps, count);
    cr_expect_eq(state_of(heard.play), ORDER_SOLD_OUT, "%s", heard.story);
    EXPECT_COUNT(&heard, "CancelRefused(SOLD_OUT)", 2);
    EXPECT_COUNT(&heard, "DeadLetter(customer_mismatch CancelRequested)", 1);
    EXPECT_COUNT(&heard, "(", 3);
    play_end(heard.play);
}

Test(order_arrival, a_sold_out_order_answers_its_cancels_and_nothing_else)
{
    const char *const steps[] = { "reject", "select A",        "ship 1 code=B",
                                  "cancel", "cancel OPERATOR", "cancel by=c-9" };
    cr_expect_eq(arrive_in_every_order(steps, COUNT(steps), expect_sold_out), 720);
}

/* ---- pay against cancel against deadline */

static void
expect_one_end(const char *const *steps, uint32_t count)
{
    struct heard heard = { .play = play_new(&order_language) };
    tell(&heard, "reserve ship auto cancel");
    for (uint32_t i = 0; i < count; i++)
        tell(&heard, steps[i]);
    bool is_paid = strcmp(steps[0], "paid") == 0;
    cr_expect_eq(state_of(heard.play), is_paid ? ORDER_PAID : ORDER_CANCELLED, "%s", heard.story);
    EXPECT_COUNT(&heard, "OrderPaid", is_paid ? 1 : 0);
    EXPECT_COUNT(&heard, "OrderCancelled", is_paid ? 0 : 1);
    EXPECT_COUNT(&heard, "CancelRefused", strcmp(steps[0], "cancel") == 0 ? 0 : 1);
    EXPECT_COUNT(&heard, "CancelRefused(ALREADY_PAID)", is_paid ? 1 : 0);
    play_end(heard.play);
}

Test(order_arrival, pay_cancel_deadline_and_failure_have_one_winner_the_first)
{
    const char *const steps[] = { "paid", "cancel", "deadline", "failed" };
    cr_expect_eq(arrive_in_every_order(steps, COUNT(steps), expect_one_end), 24);
}
