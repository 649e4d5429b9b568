/* test_order_codes.c — which coupon may still be tried.  Cases in the order of the refusals. */
#include "unit_order/order_words.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
Test(order_codes, a_code_is_refused_by_the_first_reason_that_applies_and_asked_for_by_none)
{
    const struct order_case cases[] = {
        { "cancelled while reserved",      "reserve; cancel",                                  "select A",  "CouponRejected(A CANCELLED)",       ORDER_CANCELLED },
        { "cancelled while pending",       "reserve ship; cancel",                             "select A",  "CouponRejected(A CANCELLED)",       ORDER_CANCELLED },
        { "cancelled before another",      "reserve code=B; applied B 1; cancel",              "select A",  "CouponRejected(A CANCELLED)",       ORDER_CANCELLED },
        { "cancelled before an open one",  "reserve code=B; cancel",                           "select A",  "CouponRejected(A CANCELLED)",       ORDER_CANCELLED },
        { "pending",                       "reserve ship",                                     "select A",  "CouponRejected(A TOO_LATE)",        ORDER_PENDING   },
        { "too late before another",       "reserve ship code=B; applied B 1",                 "select A",  "CouponRejected(A TOO_LATE)",        ORDER_PENDING   },
        { "paid",                          "reserve ship; paid",                               "select A",  "CouponRejected(A TOO_LATE)",        ORDER_PAID      },
        { "while an outcome is open",      "reserve code=B",                                   "select A",  "",                                  ORDER_RESERVED  },
        { "another one stands",            "reserve code=B; applied B 1",                      "select A",  "CouponRejected(A ANOTHER_APPLIED)", ORDER_RESERVED  },
        { "nothing against it",            "reserve",                                          "select A",  "CouponRequested(A 25800)",          ORDER_RESERVED  },
        { "after a refusal",               "reserve code=B; refused B",                        "select A",  "CouponRequested(A 25800)",          ORDER_RESERVED  },
        { "sold out answers it",           "reject",                                           "select A",  "",                                  ORDER_SOLD_OUT  },
    };
    EXPECT_CASES(cases);
}

Test(order_codes, a_code_that_was_tried_is_not_tried_again)
{
    const struct order_case cases[] = {
        { "asked for",                     "reserve; select A",                                "select A",      "",                        ORDER_RESERVED  },
        { "tried with the order",          "reserve code=A",                                   "select A",      "",                        ORDER_RESERVED  },
        { "waiting",                       "reserve code=B; select A",                         "select A",      "",                        ORDER_RESERVED  },
        { "applied",                       "reserve code=A; applied A 1",                      "select A",      "",                        ORDER_RESERVED  },
        { "refused by coupon",             "reserve code=A; refused A",                        "select A",      "",                        ORDER_RESERVED  },
        { "refused by coupon, by name",    "reserve code=A; refused A",                        "ship 1 code=A", "",                        ORDER_RESERVED  },
        { "refused by order",              "reserve ship; select A",                           "select A",      "",                        ORDER_PENDING   },
        { "its order cancelled",           "reserve code=A; refused A; cancel",                "select A",      "",                        ORDER_CANCELLED },
        { "restored",                      "reserve code=A; applied A 1; cancel; restored A",  "select A",      "",                        ORDER_CANCELLED },
    };
    EXPECT_CASES(cases);
}

Test(order_codes, codes_wait_for_an_open_outcome_and_are_decided_in_order_of_arrival)
{
    const struct order_case cases[] = {
        { "refused: the first is asked",   "reserve code=A; select B; select C",               "refused A",     "CouponRequested(B 25800)", ORDER_RESERVED },
        { "refused: then the second",      "reserve code=A; select B; select C; refused A",    "refused B",     "CouponRequested(C 25800)", ORDER_RESERVED },
        { "applied: all are refused",      "reserve code=A; select C; select B",               "applied A 1",   "CouponRejected(C ANOTHER_APPLIED) CouponRejected(B ANOTHER_APPLIED)", ORDER_RESERVED },
        { "before it becomes pending",     "reserve ship code=A; select C; select B",          "applied A 1",   "CouponRejected(C ANOTHER_APPLIED) CouponRejected(B ANOTHER_APPLIED) OrderCreated(1 25799 A)", ORDER_PENDING },
        { "continue, another waits",       "reserve ship continue code=A; select B",           "refused A",     "CouponRequested(B 25800)", ORDER_RESERVED },
        { "which is applied",              "reserve ship continue code=A; select B; refused A", "applied B 1",  "OrderCreated(1 25799 B)",  ORDER_PENDING  },
        { "or refused",                    "reserve ship continue code=A; select B; refused A", "refused B",    "OrderCreated(1 25800 -)",  ORDER_PENDING  },
        { "named by shipping, it waits",   "reserve code=A; ship 1 code=B",                    "refused A",     "CouponRequested(B 25800)", ORDER_RESERVED },
        { "and blocks its revision",       "reserve code=A; ship 1 code=B; refused A",         "applied B 1",   "OrderCreated(1 25799 B)",  ORDER_PENDING  },
        { "the older revision's code too", "reserve code=A; ship 1 code=B; ship 2 code=C",     "refused A",     "CouponRequested(B 25800)", ORDER_RESERVED },
        { "a cancel answers them all",     "reserve code=A; select B; select C",               "cancel",        "OrderCancelled(CUSTOMER 0 A) CouponRejected(B CANCELLED) CouponRejected(C CANCELLED)", ORDER_CANCELLED },
        { "so does the deadline",          "reserve code=A; select B",                         "deadline",      "OrderCancelled(DEADLINE 0 A) CouponRejected(B CANCELLED)", ORDER_CANCELLED },
        { "an outcome after the cancel",   "reserve code=A; select B; cancel",                 "refused A",     "",                         ORDER_CANCELLED },
        { "applied after the cancel",      "reserve ship code=A; cancel",                      "applied A 1",   "",                         ORDER_CANCELLED },
    };
    EXPECT_CASES(cases);
}

Test(order_codes, the_first_outcome_of_a_code_stands)
{
    const struct order_case cases[] = {
        { "applied, then refused",         "reserve code=A; applied A 1; refused A",           "ship 1",        "OrderCreated(1 25799 A)",  ORDER_PENDING  },
        { "refused, then applied",         "reserve code=A; refused A; applied A 1",           "ship 1",        "OrderCreated(1 25800 -)",  ORDER_PENDING  },
        { "another discount",              "reserve code=A; applied A 1; applied A 2",         "ship 1",        "OrderCreated(1 25799 A)",  ORDER_PENDING  },
        { "its own refusal comes back",    "reserve code=A; applied A 1; select B; refused B ANOTHER_APPLIED", "ship 1 code=B", "OrderCreated(1 25799 A)", ORDER_PENDING },
    };
    EXPECT_CASES(cases);
}
/* clang-format on */

/* ---- limits */

static void
try_codes(struct play *play, int count)
{
    for (int i = 0; i < count; i++) {
        char steps[80];
        snprintf(steps, sizeof steps, "select c-%02d; refused c-%02d", i, i);
        (void)play_tell(play, steps);
    }
}

Test(order_codes, a_code_more_than_an_order_may_try_is_a_dead_letter)
{
    struct play *play = play_new(&order_language);
    (void)play_tell(play, "reserve");
    try_codes(play, ORDER_CODES_MAX);
    cr_expect_str_eq(play_tell(play, "select more"), "DeadLetter(too_many_codes CouponSelected)");
    cr_expect_str_eq(play_tell(play, "ship 1 code=more"),
                     "DeadLetter(too_many_codes ShippingSubmitted)");
    cr_expect_eq(order_row(play)->submitted_revision, 0);
    cr_expect_str_eq(play_tell(play, "select c-00"), "");
    cr_expect_str_eq(play_tell(play, "ship 1 code=c-19"), "");
    cr_expect_str_eq(play_tell(play, "ship 2"), "OrderCreated(2 25800 -)");
    play_end(play);
}

Test(order_codes, the_last_code_that_an_order_may_try_is_tried)
{
    struct play *play = play_new(&order_language);
    (void)play_tell(play, "reserve");
    try_codes(play, ORDER_CODES_MAX - 1);
    cr_expect_str_eq(play_tell(play, "select last"), "CouponRequested(last 25800)");
    cr_expect_str_eq(play_tell(play, "applied last 800; ship 1"), "OrderCreated(1 25000 last)");
    (void)play_tell(play, "cancel");
    const struct order_cancelled *said =
        &world_said(play_world(play), EV_ORDER_CANCELLED)->as.order_cancelled;
    cr_expect_eq(said->coupon_codes.count, ORDER_CODES_MAX);
    play_end(play);
}

Test(order_codes, a_coupon_given_back_is_recorded_for_its_code_alone)
{
    struct play *play = play_new(&order_language);
    (void)play_tell(play, "reserve code=A; refused A; select B; applied B 5; cancel; restored B");
    cr_expect_eq(order_row(play)->codes.at[0].state, CODE_REJECTED);
    cr_expect_eq(order_row(play)->codes.at[1].state, CODE_RESTORED);
    cr_expect_eq(order_row(play)->codes.at[1].discount, 5);
    play_end(play);
}
