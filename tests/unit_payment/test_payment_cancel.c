/* test_payment_cancel.c — OrderCancelled: what was captured goes back once, and nothing is charged any more. */
#include "unit_payment/payment_words.h"
#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(payment_cancel, .init = words_setup, .fini = words_teardown);

struct cancel_case {
    const char *name;
    const char *story; /* its last step is the cancel */
    const char *says;
    enum payment_state state;
};

Test(payment_cancel, is_answered_by_exactly_one_of_refunded_and_voided_if_the_order_was_pending)
{
    /* clang-format off */
    const struct cancel_case cases[] = {
        { "never PENDING",                "cancelled 0",                                                     "",                                      PAYMENT_FENCED   },
        { "it overtook OrderCreated",     "cancelled 1",                                                     "PaymentVoided()",                       PAYMENT_VOIDED   },
        { "it overtook a newer revision", "created 1 500; cancelled 2",                                      "PaymentVoided()",                       PAYMENT_VOIDED   },
        { "nothing was tried",            "credit 500; created 1 500; cancelled 1",                          "PaymentVoided()",                       PAYMENT_VOIDED   },
        { "everything failed",            "created 1 500; pay 1 1; cancelled 1",                             "PaymentVoided()",                       PAYMENT_VOIDED   },
        { "a capture stood",              "credit 500; created 1 500; pay 1 1; cancelled 1",                 "PaymentRefunded(500 CUSTOMER)",         PAYMENT_REFUNDED },
        { "by an operator",               "credit 500; created 1 500; pay 1 1; cancelled 1 OPERATOR",        "PaymentRefunded(500 OPERATOR)",         PAYMENT_REFUNDED },
        { "by an earlier failure",        "credit 500; created 1 500; pay 1 1; cancelled 1 PAYMENT_FAILED",  "PaymentRefunded(500 PAYMENT_FAILED)",   PAYMENT_REFUNDED },
        { "by the deadline",              "credit 500; created 1 500; pay 1 1; cancelled 1 DEADLINE",        "PaymentRefunded(500 DEADLINE)",         PAYMENT_REFUNDED },
        { "a capture of nothing stood",   "credit 0; created 1 0; pay 1 1; cancelled 1",                     "PaymentRefunded(0 CUSTOMER)",           PAYMENT_REFUNDED },
        { "again, after a refund",        "credit 500; created 1 500; pay 1 1; cancelled 1; cancelled 1",    "",                                      PAYMENT_REFUNDED },
        { "again, after a void",          "created 1 500; cancelled 1; cancelled 1",                         "",                                      PAYMENT_VOIDED   },
        { "again, at a fence",            "cancelled 0; cancelled 0",                                        "",                                      PAYMENT_FENCED   },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *says = said(cases[i].story);
        cr_expect_str_eq(says, cases[i].says, "%s: %s", cases[i].name, says);
        cr_expect_eq(payment_row()->state, cases[i].state, "%s", cases[i].name);
        cr_expect_eq(balance_of("c-1")->balance, balance_of("c-1")->credited, "%s", cases[i].name);
        expect_money_conserved(cases[i].name);
        anew();
    }
}

Test(payment_cancel, the_money_goes_back_to_where_it_was_taken)
{
    said("credit 900; credit 700 by=c-2 id=credit-2; created 1 500; pay 1 1");
    cr_expect_eq(balance_of("c-1")->balance, 400);
    said("cancelled 1");
    cr_expect_eq(balance_of("c-1")->balance, 900);
    cr_expect_eq(balance_of("c-1")->captured, 0);
    cr_expect_eq(balance_of("c-2")->balance, 700);
    cr_expect_eq(payment_row()->refunded_amount, 500);
    cr_expect_eq(payment_row()->captured_amount, 500, "what was captured can still be read");
}

Test(payment_cancel, nothing_is_charged_after_it_and_every_attempt_is_answered)
{
    const char *const ended[] = { "cancelled 0", "cancelled 1",
                                  "credit 500; created 1 500; pay 9 1; cancelled 1" };
    const char *const amounts[] = { "-", "-", "500" };
    for (size_t i = 0; i < COUNT_OF(ended); i++) {
        char expected[80];
        saidf("credit 800 id=more; %s", ended[i]);
        snprintf(expected, sizeof expected, "PaymentFailed(1 1 %s CANCELLED)", amounts[i]);
        cr_expect_str_eq(said("pay 1 1"), expected, "%s", ended[i]);
        cr_expect_str_eq(said("created 1 500"), "", "%s", ended[i]);
        cr_expect_str_eq(said("created 2 500 auto"), "", "%s: attempt 1 has its outcome", ended[i]);
        cr_expect_str_eq(said("pay 2 7"), "PaymentFailed(2 7 500 CANCELLED)", "%s", ended[i]);
        cr_expect_eq(balance_of("c-1")->captured, 0, "%s", ended[i]);
        anew();
    }
}

Test(payment_cancel, auto_pay_that_comes_after_it_is_answered_cancelled)
{
    cr_expect_str_eq(said("credit 500; cancelled 1; created 1 500 auto"),
                     "PaymentFailed(1 1 500 CANCELLED)");
    anew();
    cr_expect_str_eq(said("credit 500; cancelled 0; created 1 500 auto"),
                     "PaymentFailed(1 1 500 CANCELLED)");
}

Test(payment_cancel, another_customers_message_about_the_order_is_a_dead_letter)
{
    said("credit 500; credit 500 by=c-9 id=credit-9; created 1 500; pay 1 1");
    cr_expect_str_eq(said("cancelled 1 by=c-9"), "DeadLetter(customer_mismatch OrderCancelled)");
    cr_expect_str_eq(said("created 2 500 auto by=c-9"),
                     "DeadLetter(customer_mismatch OrderCreated)");
    cr_expect_eq(payment_row()->state, PAYMENT_CAPTURED);
    cr_expect_eq(payment_row()->revision, 1);
    cr_expect_eq(balance_of("c-9")->balance, 500);
    anew();
    said("cancelled 0");
    cr_expect_str_eq(said("created 1 500 auto by=c-9"),
                     "DeadLetter(customer_mismatch OrderCreated)");
}
