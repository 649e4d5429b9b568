/* test_order_early.c — requests that came before anybody knew whose order it is. */
#include "unit_order/order_words.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
Test(order_early, an_early_request_says_nothing_and_waits)
{
    const struct order_case cases[] = {
        { "a code",                        "",                                                 "select A",           "", ORDER_NONE },
        { "shipping",                      "",                                                 "ship 1",             "", ORDER_NONE },
        { "shipping with a code",          "",                                                 "ship 1 code=A",      "", ORDER_NONE },
        { "a cancel",                      "",                                                 "cancel",             "", ORDER_NONE },
        { "behind an outcome",             "applied A 1",                                      "select B",           "", ORDER_NONE },
    };
    EXPECT_CASES(cases);
}

Test(order_early, the_owners_requests_take_effect_when_the_stock_is_reserved)
{
    const struct order_case cases[] = {
        { "a code is asked for",           "select A",                                         "reserve",            "CouponRequested(A 25800)",           ORDER_RESERVED  },
        { "once",                          "select A; select A",                               "reserve",            "CouponRequested(A 25800)",           ORDER_RESERVED  },
        { "the order's own is a repeat",   "select A",                                         "reserve code=A",     "",                                   ORDER_RESERVED  },
        { "even when it was refused",      "select A; reserve code=A",                         "refused A",          "",                                   ORDER_RESERVED  },
        { "and then without it",           "select A; reserve code=A; refused A",              "ship 1",             "OrderCreated(1 25800 -)",            ORDER_PENDING   },
        { "behind the order's own",        "select B",                                         "reserve code=A",     "",                                   ORDER_RESERVED  },
        { "and is asked for then",         "select B; reserve code=A",                         "refused A",          "CouponRequested(B 25800)",           ORDER_RESERVED  },
        { "in order of arrival",           "select C; select B; reserve code=A",               "applied A 1",        "CouponRejected(C ANOTHER_APPLIED) CouponRejected(B ANOTHER_APPLIED)", ORDER_RESERVED },
        { "decided before pending",        "applied A 100; select B",                          "reserve ship code=A", "CouponRejected(B ANOTHER_APPLIED) OrderCreated(1 25700 A)", ORDER_PENDING },
        { "shipping",                      "ship 1",                                           "reserve",            "OrderCreated(1 25800 -)",            ORDER_PENDING   },
        { "the newest of two",             "ship 2; ship 1",                                   "reserve",            "OrderCreated(2 25800 -)",            ORDER_PENDING   },
        { "the newest of two, in order",   "ship 1; ship 2",                                   "reserve",            "OrderCreated(2 25800 -)",            ORDER_PENDING   },
        { "the order's own is revision 1", "ship 1",                                           "reserve ship",       "OrderCreated(1 25800 -)",            ORDER_PENDING   },
        { "and yields to a newer one",     "ship 2",                                           "reserve ship",       "OrderCreated(2 25800 -)",            ORDER_PENDING   },
        { "shipping with a code",          "ship 1 code=A",                                    "reserve",            "CouponRequested(A 25800)",           ORDER_RESERVED  },
        { "held when it was refused",      "ship 1 code=A; reserve",                           "refused A",          "",                                   ORDER_RESERVED  },
        { "the newest names none",         "ship 1 code=A; ship 2; reserve",                   "refused A",          "OrderCreated(2 25800 -)",            ORDER_PENDING   },
        { "the newest has the code",       "ship 2 code=B; ship 1 code=A; reserve",            "applied B 1",        "OrderCreated(2 25799 B)",            ORDER_PENDING   },
        { "in order of arrival, by name",  "ship 1 code=B; select C",                          "reserve",            "CouponRequested(B 25800)",           ORDER_RESERVED  },
        { "a code selected and named",     "select A; ship 1 code=A",                          "reserve",            "CouponRequested(A 25800)",           ORDER_RESERVED  },
        { "a cancel wins at once",         "cancel",                                           "reserve ship auto",  "OrderCancelled(CUSTOMER 0)",         ORDER_CANCELLED },
        { "before any code",               "select B; cancel; ship 1",                         "reserve code=A",     "OrderCancelled(CUSTOMER 0 A) CouponRejected(B CANCELLED)", ORDER_CANCELLED },
        { "the first of two cancels",      "cancel OPERATOR; cancel",                          "reserve",            "OrderCancelled(OPERATOR 0) CancelRefused(ALREADY_CANCELLED)", ORDER_CANCELLED },
        { "a cancel twice",                "cancel; cancel",                                   "reserve",            "OrderCancelled(CUSTOMER 0)",         ORDER_CANCELLED },
        { "cancels of three reasons",      "cancel OTHER; cancel; cancel OPERATOR",            "reserve",            "OrderCancelled(CUSTOMER 0) CancelRefused(ALREADY_CANCELLED)", ORDER_CANCELLED },
        { "its repeat afterwards",         "cancel; reserve",                                  "cancel",             "",                                   ORDER_CANCELLED },
    };
    EXPECT_CASES(cases);
}

Test(order_early, sold_out_answers_every_waiting_request_but_the_cancel)
{
    const struct order_case cases[] = {
        { "a code",                        "select A",                                         "reject",             "",                                   ORDER_SOLD_OUT  },
        { "shipping",                      "ship 1 code=A",                                    "reject",             "",                                   ORDER_SOLD_OUT  },
        { "a cancel",                      "cancel",                                           "reject",             "CancelRefused(SOLD_OUT)",            ORDER_SOLD_OUT  },
        { "both cancels",                  "cancel; cancel OPERATOR",                          "reject CANCELLED",   "CancelRefused(SOLD_OUT) CancelRefused(SOLD_OUT)", ORDER_SOLD_OUT },
        { "everything",                    "select A; ship 1; cancel",                         "reject",             "CancelRefused(SOLD_OUT)",            ORDER_SOLD_OUT  },
    };
    EXPECT_CASES(cases);
}

Test(order_early, a_strangers_requests_become_dead_letters_when_the_owner_is_known)
{
    const struct order_case cases[] = {
        { "a code",                        "select A by=c-9",                                  "reserve",            "DeadLetter(customer_mismatch CouponSelected)",    ORDER_RESERVED },
        { "shipping",                      "ship 1 by=c-9",                                    "reserve",            "DeadLetter(customer_mismatch ShippingSubmitted)", ORDER_RESERVED },
        { "shipping with its code",        "ship 1 code=A by=c-9",                             "reserve",            "DeadLetter(customer_mismatch ShippingSubmitted)", ORDER_RESERVED },
        { "a cancel",                      "cancel by=c-9",                                    "reserve ship",       "OrderCreated(1 25800 -) DeadLetter(customer_mismatch CancelRequested)", ORDER_PENDING },
        { "when it is sold out",           "cancel by=c-9",                                    "reject",             "DeadLetter(customer_mismatch CancelRequested)",   ORDER_SOLD_OUT },
        { "two codes",                     "select A by=c-9; select B by=c-9",                 "reserve",            "DeadLetter(customer_mismatch CouponSelected) DeadLetter(customer_mismatch CouponSelected)", ORDER_RESERVED },
        { "beside the owner's",            "select A by=c-9; select B; cancel by=c-8",         "reserve",            "CouponRequested(B 25800) DeadLetter(customer_mismatch CouponSelected) DeadLetter(customer_mismatch CancelRequested)", ORDER_RESERVED },
        { "the same code",                 "select A by=c-9; select A",                        "reserve",            "CouponRequested(A 25800) DeadLetter(customer_mismatch CouponSelected)", ORDER_RESERVED },
        { "of the owner nothing but that", "ship 2 by=c-9; ship 1",                            "reserve",            "OrderCreated(1 25800 -) DeadLetter(customer_mismatch ShippingSubmitted)", ORDER_PENDING },
    };
    EXPECT_CASES(cases);
}

#define FOUR_WAIT "select A by=c-2; ship 1 by=c-3; cancel by=c-4; select B by=c-5"

Test(order_early, requests_of_four_customers_wait_and_a_fifths_are_dead_letters)
{
    const struct order_case cases[] = {
        { "a code",                        FOUR_WAIT,                                          "select A",           "DeadLetter(too_many_customers CouponSelected)",    ORDER_NONE },
        { "shipping",                      FOUR_WAIT,                                          "ship 1",             "DeadLetter(too_many_customers ShippingSubmitted)", ORDER_NONE },
        { "a cancel",                      FOUR_WAIT,                                          "cancel",             "DeadLetter(too_many_customers CancelRequested)",   ORDER_NONE },
        { "another one of the four",       FOUR_WAIT,                                          "cancel by=c-2",      "",                                                 ORDER_NONE },
        { "the owner is one of them",      FOUR_WAIT,                                          "reserve by=c-5",     "CouponRequested(B 25800) DeadLetter(customer_mismatch CouponSelected) DeadLetter(customer_mismatch ShippingSubmitted) DeadLetter(customer_mismatch CancelRequested)", ORDER_RESERVED },
        { "the fifth asks again later",    FOUR_WAIT "; select A; reserve",                    "select A",           "CouponRequested(A 25800)",                         ORDER_RESERVED },
    };
    EXPECT_CASES(cases);
}
/* clang-format on */

/* ---- what a stranger's dead letter tells */

Test(order_early, a_strangers_dead_letter_leads_to_its_message_and_tells_what_it_said)
{
    struct play *play = play_new(&order_language);
    (void)play_tell(play, "select A by=c-9; ship 1 code=B by=c-9; ship 3 code=C by=c-9; "
                          "cancel OPERATOR by=c-9; reserve");
    struct world *world = play_world(play);
    cr_assert_eq(world_dead_letter_count(world), 3);
    const struct event *selected = world_dead_letter_at(world, 0);
    const struct event *shipped = world_dead_letter_at(world, 1);
    const struct event *cancelled = world_dead_letter_at(world, 2);

    cr_expect_eq(selected->source.topic, EV_COUPON_SELECTED);
    cr_expect_eq(selected->source.offset, 0);
    cr_expect_str_eq(selected->as.coupon_selected.customer_id.text, "c-9");
    cr_expect_str_eq(selected->as.coupon_selected.coupon_code.text, "A");
    cr_expect_eq(shipped->source.topic, EV_SHIPPING_SUBMITTED);
    cr_expect_eq(shipped->source.offset, 2);
    cr_expect_eq(shipped->as.shipping_submitted.revision, 3);
    cr_expect_str_eq(shipped->as.shipping_submitted.coupon_code.text, "C");
    cr_expect_str_eq(shipped->as.shipping_submitted.shipping.recipient.text, "revision 3");
    cr_expect_eq(cancelled->source.topic, EV_CANCEL_REQUESTED);
    cr_expect_eq(cancelled->source.offset, 3);
    cr_expect_eq(cancelled->as.cancel_requested.reason, CANCEL_REQUESTED_OPERATOR);
    play_drop(play); /* revision 1 was superseded: told again it is a stranger's like any other */
}

Test(order_early, a_strangers_dead_letter_tells_the_partition_of_its_message)
{
    const struct words steps[] = {
        {3,  { "select", "A", "by=c-9" }},
        { 3, { "ship", "1", "by=c-9" }  },
        { 2, { "cancel", "by=c-9" }     },
        { 1, { "reserve" }              },
    };
    struct world *world = world_new(&order_service);
    for (int i = 0; i < 4; i++) {
        struct event in = order_language.read(&steps[i]);
        in.source.partition = 5 + i;
        world_feed(world, &in);
    }
    cr_assert_eq(world_dead_letter_count(world), 3);
    for (uint32_t i = 0; i < 3; i++)
        cr_expect_eq(world_dead_letter_at(world, i)->source.partition, (int32_t)(5 + i));
    world_free(world);
}

Test(order_early, nothing_waits_any_more_when_the_owner_is_known)
{
    const char *const known[] = { "reserve", "reject" };
    for (size_t i = 0; i < 2; i++) {
        struct play *play = play_new(&order_language);
        (void)play_tell(play, "select A; ship 1 code=B; cancel; select C by=c-9");
        cr_expect_eq(early_row(play)->customers.count, 2);
        (void)play_tell(play, known[i]);
        static const struct early_customers nobody;
        cr_expect_eq(memcmp(&early_row(play)->customers, &nobody, sizeof nobody), 0);
        play_end(play);
    }
}

/* Else two members, of which one keeps the request and the other sees StockReserved, would meet in no row. */
Test(order_early, the_first_that_waits_is_written_in_the_orders_row_too)
{
    const char *const requests[] = { "select A", "ship 1", "cancel" };
    for (size_t i = 0; i < 3; i++) {
        struct play *play = play_new(&order_language);
        (void)play_tell(play, requests[i]);
        cr_assert_not_null(order_row(play), "%s", requests[i]);
        cr_expect(order_row(play)->has_early, "%s", requests[i]);
        (void)play_tell(play, "reserve");
        cr_expect_not(order_row(play)->has_early, "%s", requests[i]);
        play_end(play);
    }
}

Test(order_early, the_shipping_that_counts_is_the_newest_one)
{
    const struct {
        const char *story, *recipient;
    } cases[] = {
        {"ship 1; ship 2; reserve",         "revision 2"    },
        { "ship 2; ship 1; reserve",        "revision 2"    },
        { "ship 1; reserve ship",           "with the order"},
        { "ship 2; reserve ship",           "revision 2"    },
        { "reserve ship; ship 1",           "with the order"},
        { "reserve code=A; ship 2; ship 1", "revision 2"    },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct play *play = play_new(&order_language);
        (void)play_tell(play, cases[i].story);
        cr_expect_str_eq(order_row(play)->shipping.recipient.text, cases[i].recipient, "%s",
                         cases[i].story);
        play_end(play);
    }
}

/* ---- limits */

Test(order_early, eight_codes_of_a_customer_wait_and_a_ninth_is_a_dead_letter)
{
    struct play *play = play_new(&order_language);
    for (int i = 0; i < EARLY_CODES_MAX; i++) {
        char step[32];
        snprintf(step, sizeof step, "select c-%d", i);
        cr_expect_str_eq(play_tell(play, step), "");
    }
    cr_expect_str_eq(play_tell(play, "select ninth"), "DeadLetter(too_many_codes CouponSelected)");
    cr_expect_str_eq(play_tell(play, "ship 1 code=ninth"),
                     "DeadLetter(too_many_codes ShippingSubmitted)");
    cr_expect_eq(early_row(play)->customers.at[0].revision, 0);
    cr_expect_str_eq(play_tell(play, "select c-7"), "");
    cr_expect_str_eq(play_tell(play, "ship 1 code=c-7"), "");
    cr_expect_str_eq(play_tell(play, "select ninth by=c-2"), "");
    cr_expect_str_eq(play_tell(play, "reserve by=c-2"),
                     "CouponRequested(ninth 25800) " /* one letter per code, one for the shipping */
                     "DeadLetter(customer_mismatch CouponSelected) "
                     "DeadLetter(customer_mismatch CouponSelected) "
                     "DeadLetter(customer_mismatch CouponSelected) "
                     "DeadLetter(customer_mismatch CouponSelected) "
                     "DeadLetter(customer_mismatch CouponSelected) "
                     "DeadLetter(customer_mismatch CouponSelected) "
                     "DeadLetter(customer_mismatch CouponSelected) "
                     "DeadLetter(customer_mismatch CouponSelected) "
                     "DeadLetter(customer_mismatch ShippingSubmitted)");
    play_drop(play); /* a stranger's repeats are a stranger's still */
}

Test(order_early, the_owners_eight_codes_are_all_answered)
{
    struct play *play = play_new(&order_language);
    for (int i = 0; i < EARLY_CODES_MAX; i++) {
        char step[32];
        snprintf(step, sizeof step, "select c-%d", i);
        (void)play_tell(play, step);
    }
    (void)play_tell(play, "reserve code=A; applied A 1");
    cr_expect_eq(world_said_of(play_world(play), EV_COUPON_REJECTED), EARLY_CODES_MAX);
    play_end(play);
}
