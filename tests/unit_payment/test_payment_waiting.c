/* test_payment_waiting.c — requests that came before what they need: their order, or their revision. */
#include "unit_payment/payment_words.h"
#include <criterion/criterion.h>

TestSuite(payment_waiting, .init = words_setup, .fini = words_teardown);

struct waiting_case {
    const char *name;
    const char *story;
    const char *says; /* the last step */
};

Test(payment_waiting, a_request_waits_for_order_created_of_at_least_its_revision)
{
    /* clang-format off */
    const struct waiting_case cases[] = {
        { "before its order",           "credit 500; pay 1 1",                                   "" },
        { "then its order",             "credit 500; pay 1 1; created 1 500",                    "PaymentCompleted(1 1 500)" },
        { "then too late for money",    "pay 1 1; created 1 500",                                "PaymentFailed(1 1 500 UNKNOWN_CUSTOMER)" },
        { "expectation is kept",        "credit 500; pay 1 1 expects=499; created 1 500",        "PaymentFailed(1 1 500 AMOUNT_CHANGED)" },
        { "met expectation",            "credit 500; pay 1 1 expects=500; created 1 500",        "PaymentCompleted(1 1 500)" },
        { "before its revision",        "credit 500; created 1 500; pay 1 2",                    "" },
        { "then its revision",          "credit 500; created 1 500; pay 1 2; created 2 500",     "PaymentCompleted(1 2 500)" },
        { "then a higher one",          "credit 500; created 1 500; pay 1 2; created 7 500",     "PaymentCompleted(1 7 500)" },
        { "then one still too low",     "credit 500; created 1 500; pay 1 3; created 2 500",     "" },
        { "its revision is past",       "credit 500; created 3 500; pay 1 1",                    "PaymentCompleted(1 3 500)" },
        { "an older one changes none",  "credit 500; created 3 500; created 2 500; pay 1 3",     "PaymentCompleted(1 3 500)" },
        { "in order of the attempts",   "credit 500; pay 3 1; pay 1 1; pay 2 1; created 1 500",
                                        "PaymentCompleted(1 1 500) PaymentFailed(2 1 500 ALREADY_PAID) PaymentFailed(3 1 500 ALREADY_PAID)" },
        { "each by itself",             "credit 499; pay 2 1; pay 1 1; created 1 500",
                                        "PaymentFailed(1 1 500 INSUFFICIENT_BALANCE) PaymentFailed(2 1 500 INSUFFICIENT_BALANCE)" },
        { "a later one may succeed",    "credit 500; pay 1 1 expects=1; pay 2 1; created 1 500",
                                        "PaymentFailed(1 1 500 AMOUNT_CHANGED) PaymentCompleted(2 1 500)" },
        { "a lower one comes late",     "created 1 500; pay 2 1; credit 500; pay 1 1",           "PaymentCompleted(1 1 500)" },
        { "the same one twice",         "credit 500; pay 1 2; pay 1 2; created 2 500",           "PaymentCompleted(1 2 500)" },
        { "again with other content",   "credit 500; pay 1 2; pay 1 9 expects=1; created 2 500", "PaymentCompleted(1 2 500)" },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *says = said(cases[i].story);
        cr_expect_str_eq(says, cases[i].says, "%s: %s", cases[i].name, says);
        expect_money_conserved(cases[i].name);
        anew();
    }
}

Test(payment_waiting, a_capture_answers_at_once_what_waits_for_a_revision)
{
    cr_expect_str_eq(said("credit 500; created 1 500; pay 1 5; pay 3 9; pay 2 1"),
                     "PaymentCompleted(2 1 500) PaymentFailed(3 9 500 ALREADY_PAID) "
                     "PaymentFailed(1 5 500 ALREADY_PAID)");
    cr_expect_eq(payment_row()->waiting.count, 0);
    cr_expect_str_eq(said("pay 4 9"), "PaymentFailed(4 9 500 ALREADY_PAID)",
                     "one that comes now too");
}

Test(payment_waiting, a_cancel_answers_at_once_what_waits)
{
    cr_expect_str_eq(said("created 1 500; pay 2 6; pay 1 5; cancelled 1"),
                     "PaymentVoided() PaymentFailed(1 5 500 CANCELLED) "
                     "PaymentFailed(2 6 500 CANCELLED)");
    anew();
    cr_expect_str_eq(said("pay 1 1; cancelled 1"), "PaymentVoided() PaymentFailed(1 1 - CANCELLED)",
                     "no OrderCreated was ever seen");
    anew();
    cr_expect_str_eq(said("pay 1 1; cancelled 0"), "PaymentFailed(1 1 - CANCELLED)",
                     "and none will ever be");
    cr_expect_eq(payment_row()->waiting.count, 0);
}

/* ---- strangers */

Test(payment_waiting, a_strangers_request_becomes_a_dead_letter_when_the_owner_is_known)
{
    cr_expect_str_eq(said("credit 500 by=c-9; pay 1 1 by=c-9"), "");
    cr_expect_str_eq(said("created 1 500"), "DeadLetter(customer_mismatch PaymentRequested)");
    cr_expect_eq(balance_of("c-9")->balance, 500);
    anew();
    cr_expect_str_eq(said("pay 1 1 by=c-9; cancelled 0"),
                     "DeadLetter(customer_mismatch PaymentRequested)");
    anew();
    cr_expect_str_eq(said("pay 1 1 by=c-9; cancelled 1"),
                     "PaymentVoided() DeadLetter(customer_mismatch PaymentRequested)");
    anew();
    cr_expect_str_eq(said("created 1 500; pay 1 1 by=c-9"),
                     "DeadLetter(customer_mismatch PaymentRequested)", "at once when it is known");
    anew();
    cr_expect_str_eq(said("cancelled 0; pay 1 1 by=c-9"),
                     "DeadLetter(customer_mismatch PaymentRequested)", "a cancel names the owner");
}

Test(payment_waiting, a_strangers_dead_letter_tells_what_was_asked_and_where_it_lies)
{
    said("credit 5; pay 7 3 expects=123 partition=3 by=c-9; created 1 500");
    cr_assert_eq(world_dead_letter_count(play_world(play)), 1);
    const struct event *letter = world_dead_letter_at(play_world(play), 0);
    const struct payment_requested *asked = &letter->as.payment_requested;
    cr_expect_str_eq(asked->order_id.text, order_no(1).text);
    cr_expect_str_eq(asked->customer_id.text, "c-9");
    cr_expect_eq(asked->attempt, 7);
    cr_expect_eq(asked->revision, 3);
    cr_expect(asked->has_expected_amount);
    cr_expect_eq(asked->expected_amount, 123);
    cr_expect_eq(letter->source.topic, EV_PAYMENT_REQUESTED);
    cr_expect_eq(letter->source.partition, 3);
    cr_expect_eq(letter->source.offset, 1);
}

Test(payment_waiting, a_stranger_takes_no_attempt_of_the_owner)
{
    cr_expect_str_eq(said("credit 500; pay 1 1 by=c-9; pay 1 1; created 1 500"),
                     "PaymentCompleted(1 1 500) DeadLetter(customer_mismatch PaymentRequested)");
    anew();
    cr_expect_str_eq(said("credit 500; pay 1 1 by=c-9; created 1 500; pay 1 1"),
                     "PaymentCompleted(1 1 500)");
    anew();
    cr_expect_str_eq(said("credit 500; created 1 500; pay 1 1 by=c-9; pay 1 1"),
                     "PaymentCompleted(1 1 500)");
    anew();
    cr_expect_str_eq(said("credit 500; pay 1 1 by=c-9; created 1 500 auto"),
                     "PaymentCompleted(1 1 500) DeadLetter(customer_mismatch PaymentRequested)");
}

/* ---- limits */

Test(payment_waiting, four_customers_wait_and_a_fifth_is_a_dead_letter)
{
    said("credit 500; pay 1 1 by=c-2; pay 1 1 by=c-3; pay 1 1 by=c-4; pay 1 1 by=c-5");
    cr_expect_str_eq(said("pay 1 1"), "DeadLetter(too_many_customers PaymentRequested)");
    cr_expect_str_eq(said("pay 2 1 by=c-5"), "", "one of the four has room for more");
    cr_expect_str_eq(said("created 1 500"), "DeadLetter(customer_mismatch PaymentRequested) "
                                            "DeadLetter(customer_mismatch PaymentRequested) "
                                            "DeadLetter(customer_mismatch PaymentRequested) "
                                            "DeadLetter(customer_mismatch PaymentRequested) "
                                            "DeadLetter(customer_mismatch PaymentRequested)");
    cr_expect_eq(payment_row()->waiting.count, 0);
    cr_expect_str_eq(said("pay 2 1"), "PaymentCompleted(2 1 500)", "the owner may click again");
}

Test(payment_waiting, eight_attempts_of_one_customer_wait_and_a_ninth_is_a_dead_letter)
{
    said("credit 500; created 1 500");
    for (int attempt = 1; attempt <= PAYMENT_WAITING_PER_CUSTOMER_MAX; attempt++)
        cr_expect_str_eq(saidf("pay %d 9", attempt), "");
    cr_expect_str_eq(said("pay 9 9"), "DeadLetter(too_many_waiting PaymentRequested)");
    cr_expect_str_eq(said("pay 3 9"), "", "a repeat of one that waits is a repeat");
    cr_expect_eq(payment_row()->waiting.count, PAYMENT_WAITING_PER_CUSTOMER_MAX);
    play_drop(play); /* what became a dead letter would be answered if it came again later */
    words_setup();
}

Test(payment_waiting, what_can_be_decided_at_once_needs_no_room_to_wait)
{
    said("created 1 500");
    for (int attempt = 1; attempt <= PAYMENT_WAITING_PER_CUSTOMER_MAX; attempt++)
        saidf("pay %d 9", attempt);
    cr_expect_str_eq(said("pay 9 1"), "PaymentFailed(9 1 500 UNKNOWN_CUSTOMER)");
    cr_expect_eq(payment_row()->waiting.count, PAYMENT_WAITING_PER_CUSTOMER_MAX);
}

Test(payment_waiting, auto_pay_finds_room_beside_all_that_may_wait)
{
    for (int attempt = 2; attempt <= PAYMENT_WAITING_PER_CUSTOMER_MAX + 1; attempt++)
        saidf("pay %d 9", attempt);
    said("pay 1 1 by=c-2; pay 1 1 by=c-3; pay 1 1 by=c-4; created 1 500 auto");
    cr_expect_eq(payment_row()->waiting.count, PAYMENT_WAITING_PER_CUSTOMER_MAX);
    cr_expect_eq(payment_row()->decided[0], 1 << 1, "attempt 1 has its outcome");
}
