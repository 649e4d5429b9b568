/* test_coupon_table.c — coupons given back, redefined; every state × every event. */
#include "unit_small/coupon_words.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(coupon_table, .init = words_setup, .fini = words_teardown);

/* ---- OrderCancelled */

Test(coupon_table, a_cancel_gives_back_the_coupon_of_its_order_once)
{
    issued((struct terms){ .coupon_code = "A", .discount = 1 });
    issued((struct terms){ .coupon_code = "B", .discount = 1 });
    requested(1, "c-1", "A", 1000);
    requested(2, "c-2", "B", 1000);
    cancelled(1, "c-1");
    const struct coupon_restored *said = &world_said(world, EV_COUPON_RESTORED)->as.coupon_restored;
    cr_expect_str_eq(said->coupon_code.text, "A");
    cr_expect_str_eq(said->customer_id.text, "c-1");
    cr_expect_eq(state_of("A"), COUPON_AVAILABLE);
    cr_expect_str_empty(coupon_row("A")->used_by.text);
    cr_expect_eq(state_of("B"), COUPON_USED);
    world_feed_again(world);
}

Test(coupon_table, a_restored_coupon_that_another_order_took_is_not_given_back_again)
{
    issued((struct terms){ .coupon_code = "A", .discount = 1 });
    requested(1, "c-1", "A", 1000);
    cancelled(1, "c-1");
    requested(2, "c-2", "A", 1000);
    cr_expect_eq(world_said_of(world, EV_COUPON_APPLIED), 1);
    cancelled(1, "c-1");
    cr_expect_eq(world_said_count(world), 0);
    cr_expect_eq(state_of("A"), COUPON_USED);
    cr_expect_str_eq(coupon_row("A")->used_by.text, order_no(2).text);
}

Test(coupon_table, what_comes_after_the_cancel_is_answered_cancelled)
{
    issued((struct terms){ .coupon_code = "A", .discount = 1 });
    cancelled(1, "c-1");
    cr_expect_eq(world_said_count(world), 0);
    struct event in = reserve(1, "c-1", "A", 1000);
    world_feed(world, &in);
    cr_expect_eq(rejection(), COUPON_REJECTED_CANCELLED);
    world_feed_again(world);
    requested(1, "c-1", "B", 1000);
    cr_expect_eq(rejection(), COUPON_REJECTED_CANCELLED);
    cr_expect_eq(state_of("A"), COUPON_AVAILABLE);
}

Test(coupon_table, an_order_and_its_cancel_in_one_batch_leave_the_coupon_available)
{
    issued((struct terms){ .coupon_code = "A", .discount = 1 });
    struct event batch[] = { request(1, "c-1", "A", 1000), cancel(1, "c-1") };
    world_feed_batch(world, batch, 2);
    cr_expect_eq(world_said_at(world, 0)->type, EV_COUPON_APPLIED);
    cr_expect_eq(world_said_at(world, 1)->type, EV_COUPON_RESTORED);
    cr_expect_eq(state_of("A"), COUPON_AVAILABLE);
    world_feed_again(world);
}

Test(coupon_table, another_customers_message_about_an_order_is_a_dead_letter)
{
    issued((struct terms){ .coupon_code = "A", .discount = 1 });
    requested(1, "c-1", "A", 1000);
    requested(1, "stranger", "B", 1000);
    cr_expect_str_eq(world_dead_letter(world), "customer_mismatch");
    cancelled(1, "stranger");
    cr_expect_str_eq(world_dead_letter(world), "customer_mismatch");
    cr_expect_eq(world_said_count(world), 0);
    cr_expect_eq(state_of("A"), COUPON_USED);
}

/* ---- CouponIssued */

struct issue_case {
    const char *name;
    int64_t first, second; /* revisions; 0: none */
    int64_t second_later_us;
    bool used;
    int64_t discount;
};

Test(coupon_table, the_newer_definition_wins_but_a_used_coupon_is_never_changed)
{
    /* clang-format off */
    const struct issue_case cases[] = {
        /*                              first second  later  used   discount */
        { "a higher revision",          1,    2,      0,     false, 20 },
        { "a lower revision",           2,    1,      0,     false, 10 },
        { "the same revision",          1,    1,      0,     false, 10 },
        { "later without a revision",   0,    0,      1,     false, 20 },
        { "earlier without a revision", 0,    0,      -1,    false, 10 },
        { "newer, but used",            1,    2,      0,     true,  10 },
        { "later, but used",            0,    0,      1,     true,  10 },
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct issue_case *c = &cases[i];
        char name[24];
        snprintf(name, sizeof name, "code-%zu", i);
        issued((struct terms){ .coupon_code = name, .discount = 10, .revision = c->first });
        if (c->used)
            requested((int)i + 1, "c-1", name, 1000);
        struct event in =
            issue((struct terms){ .coupon_code = name, .discount = 20, .revision = c->second });
        in.at_us = WORLD_NOW_US + c->second_later_us;
        world_feed(world, &in);
        cr_expect_eq(coupon_row(name)->discount, c->discount, "%s", c->name);
        cr_expect_eq(state_of(name), c->used ? COUPON_USED : COUPON_AVAILABLE);
        world_feed_again(world);
    }
}

Test(coupon_table, a_new_definition_replaces_every_term)
{
    issued((struct terms){ .coupon_code = "A",
                           .customer_id = "c-1",
                           .percent = 10,
                           .minimum_amount = 5,
                           .expires_at_us = WORLD_NOW_US,
                           .revision = 1 });
    issued((struct terms){ .coupon_code = "A", .discount = 7, .revision = 2 });
    const struct coupon *row = coupon_row("A");
    cr_expect_str_empty(row->customer_id.text);
    cr_expect_eq(row->percent, 0);
    cr_expect_eq(row->discount, 7);
    cr_expect_eq(row->minimum_amount, 0);
    cr_expect_eq(row->expires_at_us, 0);
    cr_expect_eq(row->revision, 2);
}

/* ---- every state × every event */

struct journey {
    enum coupon_state from;
    enum event_type on;
    int order; /* 1 is the one that uses it where it is USED */
    enum coupon_state to;
    enum event_type says;
};

Test(coupon_table, every_state_takes_every_event_as_its_table_says)
{
    /* clang-format off */
    const struct journey cases[] = {
        { COUPON_UNKNOWN,   EV_COUPON_ISSUED,    0, COUPON_AVAILABLE, EV_NONE            },
        { COUPON_UNKNOWN,   EV_STOCK_RESERVED,   2, COUPON_UNKNOWN,   EV_COUPON_REJECTED },
        { COUPON_UNKNOWN,   EV_COUPON_REQUESTED, 2, COUPON_UNKNOWN,   EV_COUPON_REJECTED },
        { COUPON_UNKNOWN,   EV_ORDER_CANCELLED,  2, COUPON_UNKNOWN,   EV_NONE            },
        { COUPON_AVAILABLE, EV_COUPON_ISSUED,    0, COUPON_AVAILABLE, EV_NONE            },
        { COUPON_AVAILABLE, EV_STOCK_RESERVED,   2, COUPON_USED,      EV_COUPON_APPLIED  },
        { COUPON_AVAILABLE, EV_COUPON_REQUESTED, 2, COUPON_USED,      EV_COUPON_APPLIED  },
        { COUPON_AVAILABLE, EV_ORDER_CANCELLED,  2, COUPON_AVAILABLE, EV_NONE            },
        { COUPON_USED,      EV_COUPON_ISSUED,    0, COUPON_USED,      EV_NONE            },
        { COUPON_USED,      EV_STOCK_RESERVED,   2, COUPON_USED,      EV_COUPON_REJECTED },
        { COUPON_USED,      EV_COUPON_REQUESTED, 2, COUPON_USED,      EV_COUPON_REJECTED },
        { COUPON_USED,      EV_STOCK_RESERVED,   1, COUPON_USED,      EV_NONE            },
        { COUPON_USED,      EV_COUPON_REQUESTED, 1, COUPON_USED,      EV_NONE            },
        { COUPON_USED,      EV_ORDER_CANCELLED,  2, COUPON_USED,      EV_NONE            },
        { COUPON_USED,      EV_ORDER_CANCELLED,  1, COUPON_AVAILABLE, EV_COUPON_RESTORED },
    };
    /* clang-format on */
    cr_assert_eq(table_missing(&coupon_service, KEY_ORDER), 0);
    cr_assert_eq(table_missing(&coupon_service, KEY_COUPON), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct journey *c = &cases[i];
        int base = (int)i * 10;
        char name[24];
        snprintf(name, sizeof name, "code-%zu", i);
        if (c->from != COUPON_UNKNOWN)
            issued((struct terms){ .coupon_code = name, .discount = 1, .revision = 1 });
        if (c->from == COUPON_USED)
            requested(base + 1, "c-1", name, 1000);
        struct event in =
            issue((struct terms){ .coupon_code = name, .discount = 1, .revision = 1 });
        if (c->on == EV_STOCK_RESERVED)
            in = reserve(base + c->order, "c-1", name, 1000);
        if (c->on == EV_COUPON_REQUESTED)
            in = request(base + c->order, "c-1", name, 1000);
        if (c->on == EV_ORDER_CANCELLED)
            in = cancel(base + c->order, "c-1");
        world_feed(world, &in);
        cr_expect_eq(state_of(name), c->to, "case %zu", i);
        cr_expect_eq(world_said_count(world), c->says == EV_NONE ? 0 : 1, "case %zu", i);
        if (c->says != EV_NONE)
            world_said(world, c->says);
        cr_expect(table_allows(&coupon_service, (uint8_t)c->from, c->on, (uint8_t)c->to));
        world_feed_again(world);
    }
}
