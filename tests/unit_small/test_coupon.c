/* test_coupon.c — what coupon decides about a code.  Cases in the order of the refusals. */
#include "unit_small/coupon_words.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(coupon, .init = words_setup, .fini = words_teardown);

/* ---- refusals */

struct refusal_case {
    const char *name;
    bool fenced, another_applied;
    const char *coupon_code;
    const char *customer_id;
    int64_t subtotal;
    int64_t at_us; /* after now */
    enum coupon_rejected_reason reason;
};

Test(coupon, refuses_by_the_first_reason_that_applies)
{
    /* clang-format off */
    const struct terms on_offer[] = {
        { .coupon_code = "plain",  .discount = 100 },
        { .coupon_code = "mine",   .discount = 100, .customer_id = "c-1" },
        { .coupon_code = "used",   .discount = 100 },
        { .coupon_code = "mine-used", .discount = 100, .customer_id = "c-9" },
        { .coupon_code = "used-late", .discount = 100, .expires_at_us = WORLD_NOW_US + 5000, .minimum_amount = 1000 },
        { .coupon_code = "late",   .discount = 100, .expires_at_us = WORLD_NOW_US + 5000, .minimum_amount = 1000 },
        { .coupon_code = "big",    .discount = 100, .minimum_amount = 1000 },
    };
    const struct refusal_case cases[] = {
        /*                              fenced another  code         customer  subtotal  at  reason */
        { "fence before all else",      true,  false,   "nowhere",   "c-1",    0,        0,  COUPON_REJECTED_CANCELLED       },
        { "another before unknown",     false, true,    "nowhere",   "c-1",    1000,     0,  COUPON_REJECTED_ANOTHER_APPLIED },
        { "another before its own",     false, true,    "mine",      "c-1",    1000,     0,  COUPON_REJECTED_ANOTHER_APPLIED },
        { "never issued",               false, false,   "nowhere",   "c-1",    1000,     0,  COUPON_REJECTED_UNKNOWN         },
        { "another customer's",         false, false,   "mine",      "c-2",    1000,     0,  COUPON_REJECTED_NOT_YOURS       },
        { "not yours before used",      false, false,   "mine-used", "c-2",    1000,     0,  COUPON_REJECTED_NOT_YOURS       },
        { "used by another order",      false, false,   "used",      "c-1",    1000,     0,  COUPON_REJECTED_ALREADY_USED    },
        { "used before expired",        false, false,   "used-late", "c-1",    1,        9000, COUPON_REJECTED_ALREADY_USED    },
        { "expired at its instant",     false, false,   "late",      "c-1",    1000,     5000, COUPON_REJECTED_EXPIRED         },
        { "expired before minimum",     false, false,   "late",      "c-1",    1,        6000, COUPON_REJECTED_EXPIRED         },
        { "below the minimum by one",   false, false,   "big",       "c-1",    999,      0,  COUPON_REJECTED_BELOW_MINIMUM   },
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof on_offer / sizeof on_offer[0]; i++)
        issued(on_offer[i]);
    requested(901, "c-8", "used", 1000);
    requested(902, "c-9", "mine-used", 1000);
    requested(903, "c-8", "used-late", 1000);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct refusal_case *c = &cases[i];
        int number = (int)i + 1;
        char own[24];
        snprintf(own, sizeof own, "own-%zu", i);
        issued((struct terms){ .coupon_code = own, .discount = 1 });
        if (c->fenced)
            cancelled(number, c->customer_id);
        if (c->another_applied)
            requested(number, c->customer_id, own, c->subtotal);
        struct event in = request(number, c->customer_id, c->coupon_code, c->subtotal);
        in.at_us = WORLD_NOW_US + c->at_us;
        world_feed(world, &in);
        cr_expect_eq(world_said_count(world), 1, "%s", c->name);
        cr_expect_eq(rejection(), c->reason, "%s: %s", c->name,
                     coupon_rejected_reason_names[rejection()]);
        const struct coupon_rejected *said =
            &world_said(world, EV_COUPON_REJECTED)->as.coupon_rejected;
        cr_expect_str_eq(said->coupon_code.text, c->coupon_code, "%s", c->name);
        cr_expect_str_eq(said->customer_id.text, c->customer_id, "%s", c->name);
        world_feed_again(world);
    }
    cr_expect_eq(state_of("plain"), COUPON_AVAILABLE);
    cr_expect_eq(state_of("mine"), COUPON_AVAILABLE);
    cr_expect_eq(state_of("late"), COUPON_AVAILABLE);
    cr_expect_eq(state_of("big"), COUPON_AVAILABLE);
}

Test(coupon, what_is_just_within_the_terms_is_applied)
{
    /* clang-format off */
    const struct { struct terms terms; const char *customer_id; int64_t subtotal, at_us; } cases[] = {
        { { .coupon_code = "a", .discount = 1, .customer_id = "c-1" },                  "c-1", 1,    0 },
        { { .coupon_code = "b", .discount = 1, .minimum_amount = 1000 },                "c-2", 1000, 0 },
        { { .coupon_code = "c", .discount = 1, .expires_at_us = WORLD_NOW_US + 5000 },     "c-3", 1,    4999 },
        { { .coupon_code = "d", .discount = 1 },                                        "c-4", 0,    0 },
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        issued(cases[i].terms);
        struct event in = request((int)i + 1, cases[i].customer_id, cases[i].terms.coupon_code,
                                  cases[i].subtotal);
        in.at_us = WORLD_NOW_US + cases[i].at_us;
        world_feed(world, &in);
        cr_expect_eq(world_said_of(world, EV_COUPON_APPLIED), 1, "case %zu", i);
        cr_expect_eq(state_of(cases[i].terms.coupon_code), COUPON_USED);
        world_feed_again(world);
    }
}

/* ---- what a coupon is worth */

struct worth_case {
    const char *name;
    int64_t discount;
    int32_t percent;
    int64_t subtotal, expected;
};

Test(coupon, the_discount_is_rounded_down_and_never_more_than_the_subtotal)
{
    /* clang-format off */
    const struct worth_case cases[] = {
        /*                               won            percent  subtotal       discount */
        { "fixed",                       3000,          0,       25800,         3000             },
        { "fixed, all of it",            25800,         0,       25800,         25800            },
        { "fixed, more than all",        25801,         0,       25800,         25800            },
        { "nothing",                     0,             0,       25800,         0                },
        { "the most there is",           MONEY_MAX_WON, 0,       MONEY_MAX_WON, MONEY_MAX_WON    },
        { "ten percent",                 0,             10,      25800,         2580             },
        { "rounded down",                0,             1,       199,           1                },
        { "rounded down to nothing",     0,             1,       99,            0                },
        { "33 % of 1",                   0,             33,      1,             0                },
        { "99 % of 101",                 0,             99,      101,           99               },
        { "all percent",                 0,             100,     12345,         12345            },
        { "all percent of the most",     0,             100,     MONEY_MAX_WON, MONEY_MAX_WON    },
        { "99 % of the most",            0,             99,      MONEY_MAX_WON, INT64_C(8917127262193581) },
        { "of nothing",                  0,             50,      0,             0                },
        { "fixed of nothing",            500,           0,       0,             0                },
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct worth_case *c = &cases[i];
        char name[24];
        snprintf(name, sizeof name, "code-%zu", i);
        issued(
            (struct terms){ .coupon_code = name, .discount = c->discount, .percent = c->percent });
        requested((int)i + 1, "c-1", name, c->subtotal);
        int64_t said = world_said(world, EV_COUPON_APPLIED)->as.coupon_applied.discount;
        cr_expect_eq(said, c->expected, "%s: %ld", c->name, said);
    }
}

Test(coupon, every_percent_of_every_small_subtotal_is_the_floor)
{
    int number = 0;
    for (int32_t percent = 1; percent <= 100; percent += 9)
        for (int64_t subtotal = 95; subtotal <= 305; subtotal += 7) {
            char name[24];
            snprintf(name, sizeof name, "code-%d", ++number);
            issued((struct terms){ .coupon_code = name, .percent = percent });
            requested(number, "c-1", name, subtotal);
            cr_expect_eq(world_said(world, EV_COUPON_APPLIED)->as.coupon_applied.discount,
                         subtotal * percent / 100);
        }
}

/* ---- orders */

Test(coupon, the_coupon_in_the_order_is_tried_when_its_stock_is_reserved)
{
    issued((struct terms){ .coupon_code = "WELCOME", .discount = 3000 });
    struct event in = reserve(1, "c-1", "WELCOME", 25800);
    world_feed(world, &in);
    const struct coupon_applied *said = &world_said(world, EV_COUPON_APPLIED)->as.coupon_applied;
    cr_expect_str_eq(said->order_id.text, order_no(1).text);
    cr_expect_str_eq(said->coupon_code.text, "WELCOME");
    cr_expect_eq(said->discount, 3000);
    cr_expect_str_eq(coupon_row("WELCOME")->used_by.text, order_no(1).text);
    world_feed_again(world);
}

Test(coupon, an_order_without_a_coupon_is_not_looked_at)
{
    struct event in = reserve(1, "c-1", NULL, 25800);
    cr_expect_not(service_route(&coupon_service, EV_STOCK_RESERVED)->wants(&in));
    world_feed(world, &in);
    cr_expect_eq(world_row_count(world, COUPON_ORDER), 0);
}

Test(coupon, a_code_is_decided_once_whichever_way_it_comes)
{
    issued((struct terms){ .coupon_code = "WELCOME", .discount = 3000 });
    struct event in = reserve(1, "c-1", "WELCOME", 25800);
    world_feed(world, &in);
    requested(1, "c-1", "WELCOME", 25800);
    cr_expect_eq(world_said_count(world), 0);
    requested(1, "c-1", "OTHER", 25800);
    cr_expect_eq(rejection(), COUPON_REJECTED_ANOTHER_APPLIED);
    issued((struct terms){ .coupon_code = "OTHER", .discount = 1 });
    requested(1, "c-1", "OTHER", 25800);
    cr_expect_eq(world_said_count(world), 0, "what was refused stays refused");
}

Test(coupon, after_a_refusal_another_code_may_be_applied)
{
    issued((struct terms){ .coupon_code = "GOOD", .discount = 3000 });
    requested(1, "c-1", "BAD", 25800);
    cr_expect_eq(rejection(), COUPON_REJECTED_UNKNOWN);
    requested(1, "c-1", "GOOD", 25800);
    cr_expect_eq(world_said_of(world, EV_COUPON_APPLIED), 1);
}

Test(coupon, fifty_orders_in_one_batch_redeem_one_coupon_once)
{
    issued((struct terms){ .coupon_code = "ONE", .percent = 50 });
    static struct event batch[50];
    for (int i = 0; i < 50; i++)
        batch[i] = request(i + 1, "c-1", "ONE", 1000);
    world_feed_batch(world, batch, 50);
    cr_expect_eq(world_said_of(world, EV_COUPON_APPLIED), 1);
    cr_expect_eq(world_said_of(world, EV_COUPON_REJECTED), 49);
    cr_expect_str_eq(coupon_row("ONE")->used_by.text, order_no(1).text);
    world_feed_again(world);
}

Test(coupon, more_codes_than_an_order_may_try_are_dead_letters)
{
    for (int i = 0; i < ORDER_CODES_MAX; i++) {
        char name[24];
        snprintf(name, sizeof name, "code-%d", i);
        requested(1, "c-1", name, 1000);
        cr_expect_eq(rejection(), COUPON_REJECTED_UNKNOWN);
    }
    requested(1, "c-1", "one-too-many", 1000);
    cr_expect_str_eq(world_dead_letter(world), "too_many_codes");
    cr_expect_eq(world_said_count(world), 0);
}
