/* test_order_cancel.c — one decider: pay, cancel, deadline, and a payment that fails. */
#include "unit_order/order_words.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
Test(order_cancel, every_cancel_is_answered_once)
{
    const struct order_case cases[] = {
        { "reserved",                      "reserve",                                          "cancel",          "OrderCancelled(CUSTOMER 0)",       ORDER_CANCELLED },
        { "reserved, by the operator",     "reserve",                                          "cancel OPERATOR", "OrderCancelled(OPERATOR 0)",       ORDER_CANCELLED },
        { "of a reason not known here",    "reserve",                                          "cancel OTHER",    "OrderCancelled(CUSTOMER 0)",       ORDER_CANCELLED },
        { "pending",                       "reserve ship",                                     "cancel",          "OrderCancelled(CUSTOMER 1)",       ORDER_CANCELLED },
        { "pending again",                 "reserve ship; ship 2",                             "cancel",          "OrderCancelled(CUSTOMER 2)",       ORDER_CANCELLED },
        { "a revision that is held",       "reserve ship code=A; refused A",                   "cancel",          "OrderCancelled(CUSTOMER 0 A)",     ORDER_CANCELLED },
        { "paid",                          "reserve ship; paid",                               "cancel",          "CancelRefused(ALREADY_PAID)",      ORDER_PAID      },
        { "paid, a repeat",                "reserve ship; paid; cancel",                       "cancel",          "",                                 ORDER_PAID      },
        { "paid, then by the operator",    "reserve ship; paid; cancel",                       "cancel OPERATOR", "CancelRefused(ALREADY_PAID)",      ORDER_PAID      },
        { "the cancel that won",           "reserve; cancel",                                  "cancel",          "",                                 ORDER_CANCELLED },
        { "the operator's that won",       "reserve; cancel OPERATOR",                         "cancel OPERATOR", "",                                 ORDER_CANCELLED },
        { "an unknown one that won",       "reserve; cancel OTHER",                            "cancel",          "",                                 ORDER_CANCELLED },
        { "cancelled by the operator",     "reserve; cancel OPERATOR",                         "cancel",          "CancelRefused(ALREADY_CANCELLED)", ORDER_CANCELLED },
        { "cancelled by the customer",     "reserve; cancel",                                  "cancel OPERATOR", "CancelRefused(ALREADY_CANCELLED)", ORDER_CANCELLED },
        { "cancelled at the deadline",     "reserve; deadline",                                "cancel",          "CancelRefused(ALREADY_CANCELLED)", ORDER_CANCELLED },
        { "… a repeat",                    "reserve; deadline; cancel",                        "cancel",          "",                                 ORDER_CANCELLED },
        { "cancelled as payment failed",   "reserve ship cancel; failed",                      "cancel",          "CancelRefused(ALREADY_CANCELLED)", ORDER_CANCELLED },
        { "sold out",                      "reject",                                           "cancel",          "CancelRefused(SOLD_OUT)",          ORDER_SOLD_OUT  },
        { "sold out, a repeat",            "reject; cancel",                                   "cancel",          "",                                 ORDER_SOLD_OUT  },
        { "an unknown product",            "reject UNKNOWN_PRODUCT",                           "cancel",          "CancelRefused(SOLD_OUT)",          ORDER_SOLD_OUT  },
        { "refused, then cancelled no more", "reserve ship; paid; cancel; refunded",           "cancel",          "",                                 ORDER_PAID      },
    };
    EXPECT_CASES(cases);
}

Test(order_cancel, order_cancelled_names_every_code_that_was_tried_and_none_that_only_waited)
{
    const struct order_case cases[] = {
        { "none",                          "reserve",                                          "cancel", "OrderCancelled(CUSTOMER 0)",       ORDER_CANCELLED },
        { "an open one",                   "reserve code=A",                                   "cancel", "OrderCancelled(CUSTOMER 0 A)",     ORDER_CANCELLED },
        { "applied before the reserve",    "applied A 1; reserve code=A",                      "cancel", "OrderCancelled(CUSTOMER 0 A)",     ORDER_CANCELLED },
        { "refused, open",                 "reserve code=A; refused A; select B",              "cancel", "OrderCancelled(CUSTOMER 0 A B)",   ORDER_CANCELLED },
        { "refused, applied",              "reserve code=A; refused A; select B; applied B 1", "cancel", "OrderCancelled(CUSTOMER 0 A B)",   ORDER_CANCELLED },
        { "refused by order",              "reserve ship; select B",                           "cancel", "OrderCancelled(CUSTOMER 1 B)",     ORDER_CANCELLED },
        { "one that waits",                "reserve code=A; select B",                         "cancel", "OrderCancelled(CUSTOMER 0 A) CouponRejected(B CANCELLED)", ORDER_CANCELLED },
        { "at the deadline as well",       "reserve ship code=A; applied A 1",                 "deadline", "OrderCancelled(DEADLINE 1 A)",   ORDER_CANCELLED },
        { "and when payment fails",        "reserve ship cancel code=A; applied A 1",          "failed", "OrderCancelled(PAYMENT_FAILED 1 A)", ORDER_CANCELLED },
    };
    EXPECT_CASES(cases);
}

Test(order_cancel, the_deadline_ends_an_open_order_at_its_instant_and_no_other)
{
    const struct order_case cases[] = {
        { "unknown",                       "",                                                 "deadline",    "",                               ORDER_NONE      },
        { "reserved",                      "reserve",                                          "deadline",    "OrderCancelled(DEADLINE 0)",     ORDER_CANCELLED },
        { "pending",                       "reserve ship",                                     "deadline",    "OrderCancelled(DEADLINE 1)",     ORDER_CANCELLED },
        { "pending, payment failed",       "reserve ship; failed",                             "deadline",    "OrderCancelled(DEADLINE 1)",     ORDER_CANCELLED },
        { "a microsecond before",          "reserve ship",                                     "deadline -1", "",                               ORDER_PENDING   },
        { "a microsecond after",           "reserve ship",                                     "deadline 1",  "OrderCancelled(DEADLINE 1)",     ORDER_CANCELLED },
        { "paid",                          "reserve ship; paid",                               "deadline",    "",                               ORDER_PAID      },
        { "cancelled",                     "reserve; cancel",                                  "deadline",    "",                               ORDER_CANCELLED },
        { "sold out",                      "reject",                                           "deadline",    "",                               ORDER_SOLD_OUT  },
    };
    EXPECT_CASES(cases);
}

Test(order_cancel, a_failed_payment_cancels_only_on_wish_and_only_when_a_payment_really_failed)
{
    const struct order_case cases[] = {
        { "the shopper may retry",         "reserve ship",                                     "failed",                      "",                                   ORDER_PENDING   },
        { "the balance is short",          "reserve ship cancel",                              "failed INSUFFICIENT_BALANCE", "OrderCancelled(PAYMENT_FAILED 1)",   ORDER_CANCELLED },
        { "nobody knows the customer",     "reserve ship cancel",                              "failed UNKNOWN_CUSTOMER",     "OrderCancelled(PAYMENT_FAILED 1)",   ORDER_CANCELLED },
        { "the amount is another",         "reserve ship cancel",                              "failed AMOUNT_CHANGED",       "OrderCancelled(PAYMENT_FAILED 1)",   ORDER_CANCELLED },
        { "a reason not known here",       "reserve ship cancel",                              "failed OTHER",                "OrderCancelled(PAYMENT_FAILED 1)",   ORDER_CANCELLED },
        { "a capture stands",              "reserve ship cancel",                              "failed ALREADY_PAID",         "",                                   ORDER_PENDING   },
        { "the order was cancelled",       "reserve ship cancel",                              "failed CANCELLED",            "",                                   ORDER_PENDING   },
        { "of a newer revision",           "reserve ship cancel; ship 2",                      "failed",                      "OrderCancelled(PAYMENT_FAILED 2)",   ORDER_CANCELLED },
        { "paid by another attempt",       "reserve ship cancel; paid",                        "failed",                      "",                                   ORDER_PAID      },
        { "cancelled before",              "reserve ship cancel; cancel",                      "failed",                      "",                                   ORDER_CANCELLED },
        { "reserved",                      "reserve cancel",                                   "failed",                      "",                                   ORDER_RESERVED  },
    };
    EXPECT_CASES(cases);
}
/* clang-format on */

/* ---- one winner */

static void
expect_one_end(const char *const *ends, const int *permutation, int count)
{
    struct play *play = play_new(&order_language);
    int ended = 0;
    (void)play_tell(play, "reserve ship cancel code=A; applied A 1");
    for (int i = 0; i < count; i++) {
        const char *said = play_tell(play, ends[permutation[i]]);
        ended += strncmp(said, "OrderPaid", 9) == 0 || strncmp(said, "OrderCancelled", 14) == 0;
        cr_expect_eq(ended, 1, "%s first", ends[permutation[0]]);
    }
    play_end(play);
}

Test(order_cancel, whichever_comes_first_ends_the_order_and_nothing_ends_it_again)
{
    const char *const ends[] = { "paid", "cancel", "cancel OPERATOR", "deadline", "failed" };
    for (int code = 0; code < 5 * 5 * 5 * 5 * 5; code++) {
        int permutation[5], seen = 0;
        for (int i = 0, rest = code; i < 5; i++, rest /= 5) {
            permutation[i] = rest % 5;
            seen |= 1 << permutation[i];
        }
        if (seen == 31)
            expect_one_end(ends, permutation, 5);
    }
}

Test(order_cancel, why_an_order_was_cancelled_can_be_read)
{
    const struct {
        const char *story;
        enum order_cancelled_reason reason;
    } cases[] = {
        {"reserve; cancel",              ORDER_CANCELLED_CUSTOMER      },
        { "reserve; cancel OPERATOR",    ORDER_CANCELLED_OPERATOR      },
        { "reserve cancel ship; failed", ORDER_CANCELLED_PAYMENT_FAILED},
        { "reserve; deadline",           ORDER_CANCELLED_DEADLINE      },
        { "reserve; deadline; cancel",   ORDER_CANCELLED_DEADLINE      },
        { "cancel OPERATOR; reserve",    ORDER_CANCELLED_OPERATOR      },
        { "reserve ship; paid; cancel",  ORDER_CANCELLED_OTHER         },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct play *play = play_new(&order_language);
        (void)play_tell(play, cases[i].story);
        cr_expect_eq(order_row(play)->cancel_reason, cases[i].reason, "%s", cases[i].story);
        play_end(play);
    }
}

Test(order_cancel, the_deadline_is_fired_by_whoever_holds_the_partition_of_the_reservation)
{
    struct world *world = world_new(&order_service);
    struct words step = { .count = 1, .at = { "reserve" } };
    struct event in = order_language.read(&step);
    in.source.partition = 3;
    world_feed(world, &in);
    const struct order *order = world_row(world, ORDER_ORDER, order_no(1).text);
    cr_expect_eq(order->timer_partition, 3);
    cr_expect_eq(order->deadline_at_us, DEADLINE_US);
    cr_expect_eq(order_service.timer->type, EV_ORDER_DEADLINE_PASSED);
    cr_expect_eq(order_service.timer->owner, EV_STOCK_RESERVED);
    world_free(world);
}

Test(order_cancel, what_is_compensated_is_recorded)
{
    struct play *play = play_new(&order_language);
    (void)play_tell(play, "reserve ship; cancel");
    cr_expect_not(order_row(play)->stock_released);
    cr_expect_not(order_row(play)->payment_refunded);
    (void)play_tell(play, "released");
    cr_expect(order_row(play)->stock_released);
    cr_expect_not(order_row(play)->payment_refunded);
    (void)play_tell(play, "refunded");
    cr_expect(order_row(play)->payment_refunded);
    play_end(play);
}

Test(order_cancel, a_repeated_reservation_does_not_open_a_cancelled_order_again)
{
    const struct order_case cases[] = {
        {"cancelled",          "reserve ship; cancel", "reserve ship", "", ORDER_CANCELLED},
        { "paid",              "reserve ship; paid",   "reserve ship", "", ORDER_PAID     },
        { "sold out",          "reject",               "reserve ship", "", ORDER_SOLD_OUT },
        { "sold out after it", "reserve ship",         "reject",       "", ORDER_PENDING  },
    };
    EXPECT_CASES(cases);
}

/* ---- strangers */

Test(order_cancel, another_customers_message_is_a_dead_letter_in_every_state)
{
    const char *const states[] = { "reserve code=A", "reserve ship", "reserve ship; paid",
                                   "reserve; cancel", "reject" };
    const char *const steps[] = {
        "reserve by=c-9",       "reject by=c-9",    "select B by=c-9",  "ship 2 by=c-9",
        "cancel by=c-9",        "applied A by=c-9", "refused A by=c-9", "restored A by=c-9",
        "released by=c-9",      "paid by=c-9",      "failed by=c-9",    "refunded by=c-9",
        "ship 2 code=B by=c-9",
    };
    for (size_t s = 0; s < sizeof states / sizeof states[0]; s++)
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
            struct play *play = play_new(&order_language);
            (void)play_tell(play, states[s]);
            const char *said = play_tell(play, steps[i]);
            cr_expect_eq(strncmp(said, "DeadLetter(customer_mismatch ", 29), 0, "%s; %s: %s",
                         states[s], steps[i], said);
            cr_expect_eq(world_said_count(play_world(play)), 0);
            cr_expect_eq(world_changed_rows(play_world(play)), 0, "%s; %s", states[s], steps[i]);
            play_end(play);
        }
}
