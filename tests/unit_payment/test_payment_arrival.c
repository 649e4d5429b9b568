/* test_payment_arrival.c — the same messages in every order of arrival end in the same way. */
#include "unit_payment/payment_words.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(payment_arrival, .init = words_setup, .fini = words_teardown, .timeout = 120);

#define STEPS_MAX 7

struct arrival {
    const char *steps[STEPS_MAX];
    uint32_t count;
    void (*expect)(const char *story, const char *all_said);
};

static uint32_t
count_of(const char *text, const char *piece)
{
    uint32_t count = 0;
    for (const char *at = strstr(text, piece); at != NULL; at = strstr(at + 1, piece))
        count++;
    return count;
}

/* One topic and key keep their order: the revisions of OrderCreated. */
static bool
may_happen(const struct arrival *arrival, const uint32_t *order)
{
    uint32_t last = 0;
    for (uint32_t i = 0; i < arrival->count; i++) {
        if (strncmp(arrival->steps[order[i]], "created", 7) != 0)
            continue;
        if (order[i] < last)
            return false;
        last = order[i];
    }
    return true;
}

static void
arrive(const struct arrival *arrival, const uint32_t *order)
{
    char story[512] = "";
    char all_said[1024] = "";
    if (!may_happen(arrival, order))
        return;
    for (uint32_t i = 0; i < arrival->count; i++) {
        const char *step = arrival->steps[order[i]];
        size_t told = strlen(story), heard = strlen(all_said);
        snprintf(story + told, sizeof story - told, "%s; ", step);
        snprintf(all_said + heard, sizeof all_said - heard, "%s ", said(step));
        expect_money_conserved(story);
    }
    arrival->expect(story, all_said);
    anew();
}

/* Every order of arrival, by Heap's way. */
static uint32_t
arrive_in_every_order(const struct arrival *arrival)
{
    uint32_t order[STEPS_MAX], turn[STEPS_MAX] = { 0 }, count = 1;
    for (uint32_t i = 0; i < arrival->count; i++)
        order[i] = i;
    arrive(arrival, order);
    for (uint32_t i = 1; i < arrival->count;) {
        if (turn[i] == i) {
            turn[i++] = 0;
            continue;
        }
        uint32_t other = i % 2 == 0 ? 0 : turn[i], kept = order[other];
        order[other] = order[i];
        order[i] = kept;
        turn[i]++;
        i = 1;
        arrive(arrival, order);
        count++;
    }
    return count;
}

static void
expect_each_answered_once(const char *story, const char *all)
{
    cr_expect_eq(count_of(all, "PaymentCompleted(1 ") + count_of(all, "PaymentFailed(1 "), 1,
                 "attempt 1: %s→ %s", story, all);
    cr_expect_eq(count_of(all, "PaymentCompleted(2 ") + count_of(all, "PaymentFailed(2 "), 1,
                 "attempt 2: %s→ %s", story, all);
    cr_expect_leq(count_of(all, "PaymentCompleted"), 1, "%s→ %s", story, all);
    cr_expect_eq(count_of(all, "DeadLetter(customer_mismatch"), 1, "%s→ %s", story, all);
    cr_expect_eq(count_of(all, "DeadLetter"), 1, "%s→ %s", story, all);
    cr_expect_eq(payment_row()->waiting.count, 0, "%s", story);
}

static void
expect_nothing_stands(const char *story, const char *all)
{
    expect_each_answered_once(story, all);
    cr_expect_eq(count_of(all, "PaymentRefunded"), count_of(all, "PaymentCompleted"), "%s→ %s",
                 story, all);
    cr_expect_eq(count_of(all, "PaymentRefunded") + count_of(all, "PaymentVoided"), 1, "%s→ %s",
                 story, all);
    cr_expect_eq(balance_of("c-1")->balance, 500, "%s", story);
}

static void
expect_one_stands_if_there_was_money(const char *story, const char *all)
{
    expect_each_answered_once(story, all);
    cr_expect_eq(count_of(all, "PaymentCompleted") == 1, payment_row()->state == PAYMENT_CAPTURED,
                 "%s→ %s", story, all);
    bool was_short = count_of(all, "UNKNOWN_CUSTOMER") == 2;
    cr_expect_eq(count_of(all, "PaymentCompleted"), was_short ? 0 : 1, "%s→ %s", story, all);
    cr_expect_eq(balance_of("c-1")->balance, was_short ? 500 : 0, "%s", story);
}

static void
expect_fenced(const char *story, const char *all)
{
    expect_each_answered_once(story, all);
    cr_expect_eq(count_of(all, "CANCELLED)"), 2, "%s→ %s", story, all);
    cr_expect_eq(count_of(all, "PaymentVoided"), 0, "%s→ %s", story, all);
}

Test(payment_arrival, cancelled_orders_end_with_nothing_captured)
{
    const struct arrival arrival = {
        {"created 1 500", "created 2 500", "credit 500", "pay 1 1", "pay 2 2", "cancelled 2",
         "pay 1 1 by=c-9"},
        7,
        expect_nothing_stands
    };
    cr_expect_eq(arrive_in_every_order(&arrival), 5040);
}

Test(payment_arrival, auto_pay_of_a_cancelled_order_ends_with_nothing_captured)
{
    const struct arrival arrival = {
        {"created 1 500 auto", "credit 500", "pay 1 1", "pay 2 2", "cancelled 1",
         "pay 1 1 by=c-9"},
        6,
        expect_nothing_stands
    };
    cr_expect_eq(arrive_in_every_order(&arrival), 720);
}

Test(payment_arrival, open_orders_are_captured_once_if_an_attempt_finds_money)
{
    const struct arrival arrival = {
        {"created 1 500", "created 2 500", "credit 500", "pay 1 1", "pay 2 2", "pay 2 2 by=c-9"},
        6,
        expect_one_stands_if_there_was_money
    };
    cr_expect_eq(arrive_in_every_order(&arrival), 720);
}

Test(payment_arrival, orders_that_were_never_pending_answer_every_attempt_cancelled)
{
    const struct arrival arrival = {
        {"credit 500", "pay 1 1", "pay 2 2", "cancelled 0", "pay 1 1 by=c-9"},
        5, expect_fenced
    };
    cr_expect_eq(arrive_in_every_order(&arrival), 120);
}
