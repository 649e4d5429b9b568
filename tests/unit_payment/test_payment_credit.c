/* test_payment_credit.c — money that comes in: each credit once, and never more than can be counted. */
#include "unit_payment/payment_words.h"
#include <criterion/criterion.h>

TestSuite(payment_credit, .init = words_setup, .fini = words_teardown);

Test(payment_credit, each_credit_counts_once)
{
    said("credit 500 id=a; credit 500 id=a; credit 300 id=b");
    cr_expect_eq(balance_of("c-1")->balance, 800);
    cr_expect_eq(balance_of("c-1")->credited, 800);
    cr_expect(balance_of("c-1")->known);
    cr_expect_eq(world_row_count(play_world(play), PAYMENT_CREDIT), 2);
    expect_money_conserved("credits");
}

Test(payment_credit, credits_of_two_customers_are_kept_apart)
{
    said("credit 500 id=a; credit 300 id=b by=c-2");
    cr_expect_eq(balance_of("c-1")->balance, 500);
    cr_expect_eq(balance_of("c-2")->balance, 300);
}

Test(payment_credit, an_id_that_comes_again_with_other_content_counts_nowhere_and_is_a_dead_letter)
{
    said("credit 500 id=a");
    cr_expect_str_eq(said("credit 501 id=a"), "DeadLetter(credit_id_reused BalanceCredited)");
    cr_expect_str_eq(said("credit 500 id=a by=c-2"),
                     "DeadLetter(credit_id_reused BalanceCredited)");
    cr_expect_eq(balance_of("c-1")->balance, 500);
    cr_expect_eq(balance_of("c-2")->balance, 0);
    cr_expect_not(balance_of("c-2")->known);
}

Test(payment_credit, a_credit_past_the_maximum_is_a_dead_letter_and_counts_nowhere)
{
    said("credit 9007199254740990 id=a");
    cr_expect_str_eq(said("credit 2 id=b"), "DeadLetter(amount_too_large BalanceCredited)");
    cr_expect_eq(balance_of("c-1")->balance, INT64_C(9007199254740990));
    cr_expect_eq(world_row_count(play_world(play), PAYMENT_CREDIT), 1);
    cr_expect_str_eq(said("credit 1 id=c"), "", "up to the maximum is fine");
    cr_expect_eq(balance_of("c-1")->balance, MONEY_MAX_WON);
    cr_expect_str_eq(said("credit 1 id=d"), "DeadLetter(amount_too_large BalanceCredited)");
    cr_expect_str_eq(said("credit 0 id=e"), "");
}

/* What was paid is still credited: a refund must find room. */
Test(payment_credit, what_is_captured_counts_towards_the_maximum)
{
    said("credit 9007199254740991 id=a; created 1 9007199254740991; pay 1 1");
    cr_expect_eq(balance_of("c-1")->balance, 0);
    cr_expect_str_eq(said("credit 1 id=b"), "DeadLetter(amount_too_large BalanceCredited)");
    cr_expect_str_eq(said("cancelled 1"), "PaymentRefunded(9007199254740991 CUSTOMER)");
    cr_expect_eq(balance_of("c-1")->balance, MONEY_MAX_WON);
    expect_money_conserved("refund of everything");
}

Test(payment_credit, a_credit_of_nothing_makes_a_customer_known)
{
    said("credit 0");
    cr_expect(balance_of("c-1")->known);
    cr_expect_str_eq(said("created 1 0; pay 1 1"), "PaymentCompleted(1 1 0)");
}

Test(payment_credit, the_time_of_a_credit_is_its_record_time)
{
    said("credit 500 id=a");
    const struct credit *credit = world_row(play_world(play), PAYMENT_CREDIT, "a");
    cr_expect_eq(credit->credited_at_us, WORLD_NOW_US);
    cr_expect_eq(credit->amount, 500);
    cr_expect_str_eq(credit->customer_id.text, "c-1");
}

Test(payment_credit, a_credit_pays_nothing_by_itself)
{
    said("created 1 500; pay 1 1; pay 2 2");
    cr_expect_str_eq(said("credit 500"), "");
    cr_expect_eq(payment_row()->state, PAYMENT_OPEN);
    cr_expect_eq(payment_row()->waiting.count, 1);
}
