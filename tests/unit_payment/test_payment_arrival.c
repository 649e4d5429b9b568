/* test_payment_arrival.c — the same messages in every order of arrival end in the same way. */
#include "support/arrival.h"
#include "unit_payment/payment_words.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(payment_arrival, .init = words_setup, .fini = words_teardown, .timeout = 120);

/* Of the story at hand, which visitors take as it is told. */
static void (*expect)(const char *story, const char *all_said);

/* One topic and key keep their order: the revisions of OrderCreated. */
static bool
may_happen(const char *const *steps, uint32_t count)
{
    const char *last = "";
    for (uint32_t i = 0; i < count; i++) {
        if (strncmp(steps[i], "created", 7) != 0)
            continue;
        if (strcmp(steps[i], last) < 0)
            return false;
        last = steps[i];
    }
    return true;
}

static void
arrive(const char *const *steps, uint32_t count)
{
    char story[512] = "";
    char all_said[1024] = "";
    if (!may_happen(steps, count))
        return;
    for (uint32_t i = 0; i < count; i++) {
        size_t told = strlen(story), heard = strlen(all_said);
        snprintf(story + told, sizeof story - told, "%s; ", steps[i]);
        snprintf(all_said + heard, sizeof all_said - heard, "%s ", said(steps[i]));
        expect_money_conserved(story);
    }
    expect(story, all_said);
    anew();
}

static void
expect_each_answered_once(const char *story, const char *all)
{
    cr_expect_eq(text_count(all, "PaymentCompleted(1 ") + text_count(all, "PaymentFailed(1 "), 1,
                 "attempt 1: %s→ %s", story, all);
    cr_expect_eq(text_count(all, "PaymentCompleted(2 ") + text_count(all, "PaymentFailed(2 "), 1,
                 "attempt 2: %s→ %s", story, all);
    cr_expect_leq(text_count(all, "PaymentCompleted"), 1, "%s→ %s", story, all);
    cr_expect_eq(text_count(all, "DeadLetter(customer_mismatch"), 1, "%s→ %s", story, all);
    cr_expect_eq(text_count(all, "DeadLetter"), 1, "%s→ %s", story, all);
    cr_expect_eq(payment_row()->waiting.count, 0, "%s", story);
}

static void
expect_nothing_stands(const char *story, const char *all)
{
    expect_each_answered_once(story, all);
    cr_expect_eq(text_count(all, "PaymentRefunded"), text_count(all, "PaymentCompleted"), "%s→ %s",
                 story, all);
    cr_expect_eq(text_count(all, "PaymentRefunded") + text_count(all, "PaymentVoided"), 1, "%s→ %s",
                 story, all);
    cr_expect_eq(balance_of("c-1")->balance, 500, "%s", story);
}

static void
expect_one_stands_if_there_was_money(const char *story, const char *all)
{
    expect_each_answered_once(story, all);
    cr_expect_eq(text_count(all, "PaymentCompleted") == 1, payment_row()->state == PAYMENT_CAPTURED,
                 "%s→ %s", story, all);
    bool was_short = text_count(all, "UNKNOWN_CUSTOMER") == 2;
    cr_expect_eq(text_count(all, "PaymentCompleted"), was_short ? 0 : 1, "%s→ %s", story, all);
    cr_expect_eq(balance_of("c-1")->balance, was_short ? 500 : 0, "%s", story);
}

static void
expect_fenced(const char *story, const char *all)
{
    expect_each_answered_once(story, all);
    cr_expect_eq(text_count(all, "CANCELLED)"), 2, "%s→ %s", story, all);
    cr_expect_eq(text_count(all, "PaymentVoided"), 0, "%s→ %s", story, all);
}

Test(payment_arrival, cancelled_orders_end_with_nothing_captured)
{
    const char *const steps[] = { "created 1 500", "created 2 500", "credit 500",    "pay 1 1",
                                  "pay 2 2",       "cancelled 2",   "pay 1 1 by=c-9" };
    expect = expect_nothing_stands;
    cr_expect_eq(arrive_in_every_order(steps, 7, arrive), 5040);
}

Test(payment_arrival, auto_pay_of_a_cancelled_order_ends_with_nothing_captured)
{
    const char *const steps[] = { "created 1 500 auto", "credit 500",    "pay 1 1", "pay 2 2",
                                  "cancelled 1",        "pay 1 1 by=c-9" };
    expect = expect_nothing_stands;
    cr_expect_eq(arrive_in_every_order(steps, 6, arrive), 720);
}

Test(payment_arrival, open_orders_are_captured_once_if_an_attempt_finds_money)
{
    const char *const steps[] = { "created 1 500", "created 2 500", "credit 500",
                                  "pay 1 1",       "pay 2 2",       "pay 2 2 by=c-9" };
    expect = expect_one_stands_if_there_was_money;
    cr_expect_eq(arrive_in_every_order(steps, 6, arrive), 720);
}

Test(payment_arrival, orders_that_were_never_pending_answer_every_attempt_cancelled)
{
    const char *const steps[] = { "credit 500", "pay 1 1", "pay 2 2", "cancelled 0",
                                  "pay 1 1 by=c-9" };
    expect = expect_fenced;
    cr_expect_eq(arrive_in_every_order(steps, 5, arrive), 120);
}
