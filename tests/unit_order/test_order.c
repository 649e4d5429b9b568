/* test_order.c — when an order becomes PENDING, at which price, and what a revision changes. */
#include "unit_order/order_words.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
Test(order, becomes_pending_when_its_shipping_is_there_and_no_coupon_outcome_is_open)
{
    const struct order_case cases[] = {
        { "no shipping yet",               "",                       "reserve",                      "",                                ORDER_RESERVED },
        { "shipping with the order",       "",                       "reserve ship",                 "OrderCreated(1 25800 -)",         ORDER_PENDING  },
        { "shipping after it",             "reserve",                "ship 1",                       "OrderCreated(1 25800 -)",         ORDER_PENDING  },
        { "a coupon is tried",             "",                       "reserve ship code=A",          "",                                ORDER_RESERVED },
        { "it is applied",                 "reserve ship code=A",    "applied A 3000",               "OrderCreated(1 22800 A)",         ORDER_PENDING  },
        { "applied before the reserve",    "applied A 3000",         "reserve ship code=A",          "OrderCreated(1 22800 A)",         ORDER_PENDING  },
        { "refused before it, wait",       "refused A",              "reserve ship code=A",          "",                                ORDER_RESERVED },
        { "refused before it, continue",   "refused A",              "reserve ship code=A continue", "OrderCreated(1 25800 -)",         ORDER_PENDING  },
        { "shipping while it is open",     "reserve code=A",         "ship 1",                       "",                                ORDER_RESERVED },
        { "applied, no shipping yet",      "reserve code=A",         "applied A 3000",               "",                                ORDER_RESERVED },
        { "shipping after that",           "reserve code=A; applied A 3000", "ship 1",               "OrderCreated(1 22800 A)",         ORDER_PENDING  },
        { "a selected one is open",        "reserve; select A",      "ship 1",                       "",                                ORDER_RESERVED },
        { "a first revision of any number", "reserve",               "ship 7",                       "OrderCreated(7 25800 -)",         ORDER_PENDING  },
    };
    EXPECT_CASES(cases);
}

Test(order, under_wait_a_revision_is_held_if_and_only_if_it_names_a_code_that_coupon_refused)
{
    const struct order_case cases[] = {
        { "named with the order",          "reserve ship code=A",                              "refused A",      "",                         ORDER_RESERVED },
        { "under continue",                "reserve ship code=A continue",                     "refused A",      "OrderCreated(1 25800 -)",  ORDER_PENDING  },
        { "the refusal seen first",        "reserve code=A; refused A",                        "ship 1 code=A",  "",                         ORDER_RESERVED },
        { "the revision seen first",       "reserve code=A; ship 1 code=A",                    "refused A",      "",                         ORDER_RESERVED },
        { "it names none",                 "reserve code=A; refused A",                        "ship 1",         "OrderCreated(1 25800 -)",  ORDER_PENDING  },
        { "it named none before that",     "reserve; select A; ship 1",                        "refused A",      "OrderCreated(1 25800 -)",  ORDER_PENDING  },
        { "it names another",              "reserve code=A; refused A",                        "ship 1 code=B",  "CouponRequested(B 25800)", ORDER_RESERVED },
        { "which is applied",              "reserve code=A; refused A; ship 1 code=B",         "applied B 800",  "OrderCreated(1 25000 B)",  ORDER_PENDING  },
        { "which is refused as well",      "reserve code=A; refused A; ship 1 code=B",         "refused B",      "",                         ORDER_RESERVED },
        { "submitted again without",       "reserve ship code=A; refused A",                   "ship 2",         "OrderCreated(2 25800 -)",  ORDER_PENDING  },
        { "submitted again with it",       "reserve ship code=A; refused A",                   "ship 2 code=A",  "",                         ORDER_RESERVED },
        { "the newest revision counts",    "reserve ship code=A; ship 2",                      "refused A",      "OrderCreated(2 25800 -)",  ORDER_PENDING  },
        { "not the one that comes last",   "reserve code=A; ship 2; ship 1 code=A",            "refused A",      "OrderCreated(2 25800 -)",  ORDER_PENDING  },
        { "another one is applied",        "reserve ship code=A; refused A; select B",         "applied B 800",  "OrderCreated(1 25000 B)",  ORDER_PENDING  },
        { "another one is refused",        "reserve ship code=A; refused A; select B",         "refused B",      "",                         ORDER_RESERVED },
        { "refused by order itself",       "reserve; select A; applied A 800",                 "ship 1 code=B",  "CouponRejected(B ANOTHER_APPLIED) OrderCreated(1 25000 A)", ORDER_PENDING },
        { "continue, named afterwards",    "reserve continue code=A; refused A",               "ship 1 code=A",  "OrderCreated(1 25800 -)",  ORDER_PENDING  },
        { "a revision without one holds not, though an older one named it", "reserve ship code=A; refused A; ship 2", "ship 3 code=A", "OrderCreated(3 25800 -)", ORDER_PENDING },
    };
    EXPECT_CASES(cases);
}

Test(order, auto_pay_is_told_only_at_the_price_that_was_asked_for)
{
    const struct order_case cases[] = {
        { "not wanted",                    "",                                                 "reserve ship",   "OrderCreated(1 25800 -)",       ORDER_PENDING },
        { "wanted",                        "",                                                 "reserve ship auto", "OrderCreated(1 25800 - auto)", ORDER_PENDING },
        { "at the expected amount",        "",                                                 "reserve ship auto expect=25800", "OrderCreated(1 25800 - auto)", ORDER_PENDING },
        { "one won more",                  "",                                                 "reserve ship auto expect=25799", "OrderCreated(1 25800 -)", ORDER_PENDING },
        { "one won less",                  "",                                                 "reserve ship auto expect=25801", "OrderCreated(1 25800 -)", ORDER_PENDING },
        { "nothing expected",              "",                                                 "reserve ship auto expect=0", "OrderCreated(1 25800 -)", ORDER_PENDING },
        { "expected with the coupon",      "reserve ship auto code=A expect=22800",            "applied A 3000", "OrderCreated(1 22800 A auto)",  ORDER_PENDING },
        { "cheaper than expected",         "reserve ship auto code=A expect=25800",            "applied A 3000", "OrderCreated(1 22800 A)",       ORDER_PENDING },
        { "refused, continue",             "reserve ship auto continue code=A",                "refused A",      "OrderCreated(1 25800 - auto)",  ORDER_PENDING },
        { "refused, continue, expected",   "reserve ship auto continue code=A expect=22800",   "refused A",      "OrderCreated(1 25800 -)",       ORDER_PENDING },
        { "refused, wait",                 "reserve ship auto code=A; refused A",              "ship 2",         "OrderCreated(2 25800 -)",       ORDER_PENDING },
        { "refused before the reserve",    "refused A; reserve ship auto code=A",              "ship 2",         "OrderCreated(2 25800 -)",       ORDER_PENDING },
        { "any refusal, another applied",  "reserve auto code=A; refused A; select B; applied B 800", "ship 1",  "OrderCreated(1 25000 B)",       ORDER_PENDING },
        { "refused though never named",    "reserve auto; select A; ship 1",                   "refused A",      "OrderCreated(1 25800 -)",       ORDER_PENDING },
        { "order's ANOTHER_APPLIED",       "reserve auto code=A; applied A 800; select B",     "ship 1",         "OrderCreated(1 25000 A auto)",  ORDER_PENDING },
        { "… seen again from the topic",   "reserve auto code=A; applied A 800; select B; refused B ANOTHER_APPLIED", "ship 1", "OrderCreated(1 25000 A auto)", ORDER_PENDING },
        { "told with the first alone",     "reserve ship auto",                                "ship 2",         "OrderCreated(2 25800 -)",       ORDER_PENDING },
        { "the first of any revision",     "reserve auto code=A; ship 3",                      "applied A 0",    "OrderCreated(3 25800 A auto)",  ORDER_PENDING },
        { "once off it stays off",         "reserve ship auto expect=1",                       "ship 2",         "OrderCreated(2 25800 -)",       ORDER_PENDING },
    };
    EXPECT_CASES(cases);
}

Test(order, the_discount_is_never_more_than_the_subtotal)
{
    const struct order_case cases[] = {
        { "less",                          "reserve ship code=A",                              "applied A 25799", "OrderCreated(1 1 A)",         ORDER_PENDING },
        { "all of it",                     "reserve ship code=A",                              "applied A 25800", "OrderCreated(1 0 A)",         ORDER_PENDING },
        { "more",                          "reserve ship code=A",                              "applied A 25801", "OrderCreated(1 0 A)",         ORDER_PENDING },
        { "the most there is",             "reserve ship code=A",                              "applied A 9007199254740991", "OrderCreated(1 0 A)", ORDER_PENDING },
        { "none at all",                   "reserve ship code=A",                              "applied A 0",     "OrderCreated(1 25800 A)",     ORDER_PENDING },
        { "of nothing",                    "reserve ship code=A price=0",                      "applied A 10",    "OrderCreated(1 0 A)",         ORDER_PENDING },
        { "what costs nothing",            "",                                                 "reserve ship price=0", "OrderCreated(1 0 -)",    ORDER_PENDING },
        { "what costs the most",           "",                                                 "reserve ship price=4503599627370495", "OrderCreated(1 9007199254740990 -)", ORDER_PENDING },
    };
    EXPECT_CASES(cases);
}

Test(order, a_revision_above_the_last_is_told_and_any_other_is_a_repeat)
{
    const struct order_case cases[] = {
        { "the next",                      "reserve ship",                                     "ship 2",         "OrderCreated(2 25800 -)",        ORDER_PENDING   },
        { "a jump",                        "reserve ship",                                     "ship 9",         "OrderCreated(9 25800 -)",        ORDER_PENDING   },
        { "the last there can be",         "reserve ship",                                     "ship 1000",      "OrderCreated(1000 25800 -)",     ORDER_PENDING   },
        { "the same",                      "reserve; ship 1",                                  "ship 1",         "",                               ORDER_PENDING   },
        { "1 after that of the order",     "reserve ship",                                     "ship 1",         "",                               ORDER_PENDING   },
        { "lower",                         "reserve ship; ship 3",                             "ship 2",         "",                               ORDER_PENDING   },
        { "lower, while a code is open",   "reserve code=A; ship 3",                           "ship 2",         "",                               ORDER_RESERVED  },
        { "its price stays",               "reserve ship code=A; applied A 3000",              "ship 2",         "OrderCreated(2 22800 A)",        ORDER_PENDING   },
        { "… whatever coupon says later",   "reserve ship; applied A 3000",                     "ship 2",         "OrderCreated(2 25800 -)",        ORDER_PENDING   },
        { "a code comes too late",         "reserve ship",                                     "ship 2 code=A",  "CouponRejected(A TOO_LATE) OrderCreated(2 25800 -)", ORDER_PENDING },
        { "a code that was tried",         "reserve ship code=A; applied A 3000",              "ship 2 code=A",  "OrderCreated(2 22800 A)",        ORDER_PENDING   },
        { "paid",                          "reserve ship; paid",                               "ship 2",         "",                               ORDER_PAID      },
        { "paid, with a code",             "reserve ship; paid",                               "ship 2 code=A",  "CouponRejected(A TOO_LATE)",     ORDER_PAID      },
        { "cancelled",                     "reserve ship; cancel",                             "ship 2",         "",                               ORDER_CANCELLED },
        { "cancelled, with a code",        "reserve ship; cancel",                             "ship 2 code=A",  "CouponRejected(A CANCELLED)",    ORDER_CANCELLED },
        { "sold out",                      "reject",                                           "ship 1",         "",                               ORDER_SOLD_OUT  },
        { "sold out, with a code",         "reject",                                           "ship 1 code=A",  "",                               ORDER_SOLD_OUT  },
    };
    EXPECT_CASES(cases);
}

Test(order, a_capture_pays_a_pending_order_and_no_other)
{
    const struct order_case cases[] = {
        { "unknown",                       "",                                                 "paid",           "",                               ORDER_NONE      },
        { "reserved",                      "reserve",                                          "paid",           "",                               ORDER_RESERVED  },
        { "pending",                       "reserve ship",                                     "paid",           "OrderPaid(1 25800 -)",           ORDER_PAID      },
        { "pending, with a coupon",        "reserve ship code=A; applied A 3000",              "paid",           "OrderPaid(1 22800 A)",           ORDER_PAID      },
        { "by a retry of a revision",      "reserve ship; failed; ship 2",                     "paid 2",         "OrderPaid(2 25800 -)",           ORDER_PAID      },
        { "paid",                          "reserve ship; paid",                               "paid 2",         "",                               ORDER_PAID      },
        { "cancelled: payment refunds it", "reserve ship; cancel",                             "paid",           "",                               ORDER_CANCELLED },
        { "sold out",                      "reject",                                           "paid",           "",                               ORDER_SOLD_OUT  },
    };
    EXPECT_CASES(cases);
}
/* clang-format on */

/* ---- the whole of what is told */

Test(order, order_created_carries_what_the_order_and_its_shipping_said)
{
    struct play *play = play_new(&order_language);
    (void)play_tell(play, "reserve code=A auto cancel expect=22800; ship 2; applied A 3000");
    const struct order_created *said =
        &world_said(play_world(play), EV_ORDER_CREATED)->as.order_created;
    cr_expect_str_eq(said->customer_id.text, "c-1");
    cr_expect_eq(said->revision, 2);
    cr_expect_eq(said->items.count, 1);
    cr_expect_str_eq(said->items.at[0].product_id.text, "apple");
    cr_expect_eq(said->items.at[0].quantity, 2);
    cr_expect_eq(said->items.at[0].unit_price, 12900);
    cr_expect_eq(said->subtotal, SUBTOTAL);
    cr_expect_eq(said->discount, 3000);
    cr_expect_eq(said->amount, SUBTOTAL - 3000);
    cr_expect_str_eq(said->coupon_code.text, "A");
    cr_expect_str_eq(said->shipping.recipient.text, "revision 2");
    cr_expect(said->auto_pay);
    cr_expect_eq(said->on_payment_failure, ON_PAYMENT_FAILURE_CANCEL);
    cr_expect(said->has_expected_amount);
    cr_expect_eq(said->expected_amount, 22800);
    cr_expect_eq(said->deadline_at_us, DEADLINE_US);
    play_end(play);
}

Test(order, order_paid_carries_the_newest_shipping_and_the_time_of_the_capture)
{
    struct play *play = play_new(&order_language);
    (void)play_tell(play, "reserve ship code=A; applied A 3000; ship 2; paid 4");
    const struct order_paid *said = &world_said(play_world(play), EV_ORDER_PAID)->as.order_paid;
    cr_expect_str_eq(said->customer_id.text, "c-1");
    cr_expect_eq(said->revision, 2);
    cr_expect_eq(said->items.count, 1);
    cr_expect_eq(said->subtotal, SUBTOTAL);
    cr_expect_eq(said->discount, 3000);
    cr_expect_eq(said->amount, SUBTOTAL - 3000);
    cr_expect_str_eq(said->coupon_code.text, "A");
    cr_expect_str_eq(said->shipping.recipient.text, "revision 2");
    cr_expect_eq(said->paid_at_us, WORLD_NOW_US);
    play_end(play);
}

Test(order, what_has_ended_keeps_the_shipping_that_it_ended_with)
{
    const char *const ends[] = { "paid", "cancel", "deadline" };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct play *play = play_new(&order_language);
        (void)play_tell(play, "reserve; ship 1");
        (void)play_tell(play, ends[i]);
        (void)play_tell(play, "ship 2");
        cr_expect_str_eq(order_row(play)->shipping.recipient.text, "revision 1", "%s", ends[i]);
        cr_expect_eq(order_row(play)->submitted_revision, 1);
        play_end(play);
    }
}

Test(order, an_order_of_a_hundred_lines_is_told_whole)
{
    struct world *world = world_new(&order_service);
    static struct event in;
    in = (struct event){ .type = EV_STOCK_RESERVED };
    struct stock_reserved *reserved = &in.as.stock_reserved;
    reserved->order_id = order_no(1);
    reserved->customer_id = customer("c-1");
    for (int i = 0; i < ORDER_ITEMS_MAX; i++) {
        char sku[65];
        snprintf(sku, sizeof sku, "%064d", i);
        reserved->items.at[reserved->items.count++] =
            (struct priced_line){ product(sku), 1000000, 90071992 };
    }
    reserved->subtotal = INT64_C(9007199200000000);
    reserved->deadline_at_us = DEADLINE_US;
    reserved->has_shipping = true;
    reserved->shipping = shipping_to("수취인");
    world_feed(world, &in);
    const struct order_created *said = &world_said(world, EV_ORDER_CREATED)->as.order_created;
    cr_expect_eq(said->items.count, ORDER_ITEMS_MAX);
    cr_expect_eq(memcmp(&said->items, &reserved->items, sizeof said->items), 0);
    cr_expect_eq(said->amount, reserved->subtotal);
    world_feed_again(world);
    world_free(world);
}
