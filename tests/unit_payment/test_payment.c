/* test_payment.c — what payment decides about one attempt.  Cases in the order of the refusals. */
#include "unit_payment/payment_words.h"
#include <criterion/criterion.h>

TestSuite(payment, .init = words_setup, .fini = words_teardown);

struct attempt_case {
    const char *name;
    const char *story; /* its last step is the attempt */
    const char *says;
};

static void
tell_cases(const struct attempt_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *says = said(cases[i].story);
        cr_expect_str_eq(says, cases[i].says, "%s: %s", cases[i].name, says);
        expect_money_conserved(cases[i].name);
        anew();
    }
}

/* Each case has the reasons that come later in the order too: the first one is told. */
Test(payment, refuses_by_the_first_reason_that_applies)
{
    /* clang-format off */
    const struct attempt_case cases[] = {
        /* name                              story                                                                says */
        { "a fence before all else",         "cancelled 0; pay 1 1 expects=1",                                    "PaymentFailed(1 1 - CANCELLED)"                    },
        { "voided, amount known",            "created 1 500; cancelled 1; pay 1 1 expects=1",                     "PaymentFailed(1 1 500 CANCELLED)"                  },
        { "refunded before already paid",    "credit 500; created 1 500; pay 1 1; cancelled 1; pay 2 1",          "PaymentFailed(2 1 500 CANCELLED)"                  },
        { "paid before amount changed",      "credit 500; created 1 500; pay 1 1; pay 2 1 expects=1",             "PaymentFailed(2 1 500 ALREADY_PAID)"               },
        { "paid before no money",            "credit 500; created 1 500; pay 1 1; pay 2 1",                       "PaymentFailed(2 1 500 ALREADY_PAID)"               },
        { "amount before unknown customer",  "created 1 500; pay 1 1 expects=499",                                "PaymentFailed(1 1 500 AMOUNT_CHANGED)"             },
        { "amount before no money",          "credit 1; created 1 500; pay 1 1 expects=501",                      "PaymentFailed(1 1 500 AMOUNT_CHANGED)"             },
        { "nothing expected is no mismatch", "credit 500; created 1 500; pay 1 1 expects=0",                      "PaymentFailed(1 1 500 AMOUNT_CHANGED)"             },
        { "never credited",                  "created 1 500; pay 1 1 expects=500",                                "PaymentFailed(1 1 500 UNKNOWN_CUSTOMER)"           },
        { "never credited, nothing to pay",  "created 1 0; pay 1 1",                                              "PaymentFailed(1 1 0 UNKNOWN_CUSTOMER)"             },
        { "someone else was credited",       "credit 500 by=c-2; created 1 500; pay 1 1",                         "PaymentFailed(1 1 500 UNKNOWN_CUSTOMER)"           },
        { "one won short",                   "credit 499; created 1 500; pay 1 1 expects=500",                    "PaymentFailed(1 1 500 INSUFFICIENT_BALANCE)"       },
        { "known, with nothing left",        "credit 0; created 1 500; pay 1 1",                                  "PaymentFailed(1 1 500 INSUFFICIENT_BALANCE)"       },
        { "all there is",                    "credit 500; created 1 500; pay 1 1 expects=500",                    "PaymentCompleted(1 1 500)"                         },
        { "more than enough",                "credit 9000; created 1 500; pay 1 1",                               "PaymentCompleted(1 1 500)"                         },
        { "nothing to pay",                  "credit 0; created 1 0; pay 1 1",                                    "PaymentCompleted(1 1 0)"                           },
        { "nothing to pay, as expected",     "credit 0; created 1 0; pay 1 1 expects=0",                          "PaymentCompleted(1 1 0)"                           },
        { "the most there is",               "credit 9007199254740991; created 1 9007199254740991; pay 1 1",      "PaymentCompleted(1 1 9007199254740991)"            },
    };
    /* clang-format on */
    tell_cases(cases, COUNT_OF(cases));
}

Test(payment, auto_pay_is_attempt_1_of_the_first_order_created)
{
    /* clang-format off */
    const struct attempt_case cases[] = {
        { "charged at once",                 "credit 500; created 1 500 auto",                                    "PaymentCompleted(1 1 500)"                         },
        { "refused like a click",            "created 1 500 auto",                                                "PaymentFailed(1 1 500 UNKNOWN_CUSTOMER)"           },
        { "short like a click",              "credit 1; created 1 500 auto",                                      "PaymentFailed(1 1 500 INSUFFICIENT_BALANCE)"       },
        { "a click as attempt 1 repeats it", "credit 500; created 1 500 auto; pay 1 1",                           ""                                                  },
        { "even when it failed",             "created 1 500 auto; credit 500; pay 1 1",                           ""                                                  },
        { "a click that waited is it",       "credit 500; pay 1 1; created 1 500 auto",                           "PaymentCompleted(1 1 500)"                         },
        { "one that waited for revision 3",  "credit 500; pay 1 3; created 1 500 auto",                           "PaymentCompleted(1 1 500)"                         },
        { "its expectation gives way too",   "credit 500; pay 1 1 expects=1; created 1 500 auto",                 "PaymentCompleted(1 1 500)"                         },
        { "attempt 2 comes behind it",       "credit 500; created 1 500 auto; pay 2 1",                           "PaymentFailed(2 1 500 ALREADY_PAID)"               },
        { "attempt 2 after it failed",       "created 1 500 auto; credit 500; pay 2 1",                           "PaymentCompleted(2 1 500)"                         },
        { "not without being asked",         "credit 500; created 1 500",                                         ""                                                  },
        { "the first revision seen is 2",    "credit 500; created 2 500 auto",                                    "PaymentCompleted(1 2 500)"                         },
    };
    /* clang-format on */
    tell_cases(cases, COUNT_OF(cases));
}

Test(payment, an_attempt_has_one_outcome_and_a_failed_one_is_never_tried_again)
{
    cr_expect_str_eq(said("created 1 500; pay 1 1"), "PaymentFailed(1 1 500 UNKNOWN_CUSTOMER)");
    cr_expect_str_eq(said("credit 500; pay 1 1"), "");
    cr_expect_str_eq(said("pay 1 1 expects=500"), "");
    cr_expect_str_eq(said("pay 1 9"), "");
    cr_expect_eq(balance_of("c-1")->balance, 500);
    cr_expect_str_eq(said("pay 2 1"), "PaymentCompleted(2 1 500)");
}

Test(payment, a_capture_takes_the_amount_from_its_customer_and_from_nobody_else)
{
    said("credit 900; credit 900 by=c-2 id=credit-2; created 1 500; pay 3 1");
    cr_expect_eq(balance_of("c-1")->balance, 400);
    cr_expect_eq(balance_of("c-1")->captured, 500);
    cr_expect_eq(balance_of("c-2")->balance, 900);
    cr_expect_eq(payment_row()->captured_amount, 500);
    cr_expect_eq(payment_row()->captured_attempt, 3);
    cr_expect_eq(payment_row()->state, PAYMENT_CAPTURED);
    expect_money_conserved("capture");
}

static struct event
click(int attempt)
{
    struct event in = { .type = EV_PAYMENT_REQUESTED };
    in.as.payment_requested.order_id = order_no(1);
    in.as.payment_requested.customer_id = customer("c-1");
    in.as.payment_requested.attempt = attempt;
    in.as.payment_requested.revision = 1;
    return in;
}

Test(payment, every_attempt_from_last_to_first_is_answered_once)
{
    struct world *world = play_world(play);
    said("credit 500; created 1 500");
    for (int attempt = PAYMENT_ATTEMPT_MAX; attempt >= 1; attempt--) {
        struct event in = click(attempt);
        world_feed(world, &in);
        cr_expect_eq(world_said_count(world), 1, "attempt %d", attempt);
        cr_expect_eq(world_said_at(world, 0)->type,
                     attempt == PAYMENT_ATTEMPT_MAX ? EV_PAYMENT_COMPLETED : EV_PAYMENT_FAILED);
        world_feed_again(world);
    }
    for (int attempt = 1; attempt <= PAYMENT_ATTEMPT_MAX; attempt++) {
        struct event in = click(attempt);
        world_feed(world, &in);
        cr_expect_eq(world_said_count(world), 0, "attempt %d is not answered again", attempt);
    }
    cr_expect_eq(balance_of("c-1")->captured, 500);
    play_drop(play); /* it was fed behind the play's back */
    words_setup();
}
