/* test_stock_table.c — every state × every event of stock, and the catalogue. */
#include "unit_small/stock_words.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(stock_table, .init = words_setup, .fini = words_teardown);

/* ---- every state × every event */

struct journey {
    enum hold_state from;
    enum event_type on;
    enum hold_state to;
    enum event_type says; /* EV_NONE: nothing */
};

static void
bring_to(enum hold_state state, int number)
{
    switch (state) {
    case HOLD_NONE:
        return;
    case HOLD_HELD:
        ordered(number, "c-1", items({ product("apple"), 1 }));
        return;
    case HOLD_REFUSED:
        ordered(number, "c-1", items({ product("apple"), 99 }));
        return;
    case HOLD_RELEASED:
        ordered(number, "c-1", items({ product("apple"), 1 }));
        cancelled(number, "c-1");
        return;
    case HOLD_FENCED:
        cancelled(number, "c-1");
        return;
    }
}

Test(stock_table, every_state_takes_every_event_as_its_table_says)
{
    /* clang-format off */
    const struct journey cases[] = {
        { HOLD_NONE,     EV_ORDER_REQUESTED, HOLD_HELD,     EV_STOCK_RESERVED },
        { HOLD_NONE,     EV_ORDER_CANCELLED, HOLD_FENCED,   EV_NONE           },
        { HOLD_HELD,     EV_ORDER_REQUESTED, HOLD_HELD,     EV_NONE           },
        { HOLD_HELD,     EV_ORDER_CANCELLED, HOLD_RELEASED, EV_STOCK_RELEASED },
        { HOLD_REFUSED,  EV_ORDER_REQUESTED, HOLD_REFUSED,  EV_NONE           },
        { HOLD_REFUSED,  EV_ORDER_CANCELLED, HOLD_REFUSED,  EV_NONE           },
        { HOLD_RELEASED, EV_ORDER_REQUESTED, HOLD_RELEASED, EV_NONE           },
        { HOLD_RELEASED, EV_ORDER_CANCELLED, HOLD_RELEASED, EV_NONE           },
        { HOLD_FENCED,   EV_ORDER_REQUESTED, HOLD_REFUSED,  EV_STOCK_REJECTED },
        { HOLD_FENCED,   EV_ORDER_CANCELLED, HOLD_FENCED,   EV_NONE           },
    };
    /* clang-format on */
    a_shop();
    cr_assert_eq(table_missing(&stock_service, KEY_ORDER), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct journey *c = &cases[i];
        int number = (int)i + 1;
        bring_to(c->from, number);
        cr_assert_eq(state_of(number), c->from, "case %zu", i);
        if (c->on == EV_ORDER_REQUESTED)
            ordered(number, "c-1", items({ product("apple"), 1 }));
        else
            cancelled(number, "c-1");
        cr_expect_eq(state_of(number), c->to, "case %zu", i);
        cr_expect(table_allows(&stock_service, (uint8_t)c->from, c->on, (uint8_t)c->to));
        cr_expect_eq(world_said_count(world), c->says == EV_NONE ? 0 : 1, "case %zu", i);
        if (c->says != EV_NONE)
            world_said(world, c->says);
        world_feed_again(world);
    }
}

Test(stock_table, another_customers_message_about_an_order_is_a_dead_letter)
{
    a_shop();
    for (int state = HOLD_HELD; state <= HOLD_FENCED; state++) {
        bring_to((enum hold_state)state, state);
        ordered(state, "stranger", items({ product("apple"), 1 }));
        cr_expect_str_eq(world_dead_letter(world), "customer_mismatch");
        cancelled(state, "stranger");
        cr_expect_str_eq(world_dead_letter(world), "customer_mismatch");
        cr_expect_eq(world_said_count(world), 0);
        cr_expect_eq(state_of(state), (enum hold_state)state);
    }
}

/* ---- the catalogue */

struct listing_case {
    const char *name;
    int64_t first, second; /* revisions; 0: none, the record's time counts */
    int64_t second_later_us;
    int64_t price;
};

Test(stock_table, the_newer_listing_wins_not_the_later)
{
    /* clang-format off */
    const struct listing_case cases[] = {
        /*                                 first  second  later   price */
        { "a higher revision",             1,     2,      0,      200 },
        { "a lower revision",              2,     1,      0,      100 },
        { "the same revision",             2,     2,      0,      100 },
        { "later without a revision",      0,     0,      1,      200 },
        { "earlier without a revision",    0,     0,      -1,     100 },
        { "the same time",                 0,     0,      0,      100 },
        { "time against a number",         5,     0,      0,      200 },
        { "a number against time",         0,     6,      0,      100 },
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct listing_case *c = &cases[i];
        char sku[24];
        snprintf(sku, sizeof sku, "sku-%zu", i);
        listed(sku, 100, c->first);
        struct event second = {
            .type = EV_PRODUCT_LISTED,
            .at_us = WORLD_NOW_US + c->second_later_us,
            .as.product_listed = {.product_id = product(sku),
                                  .name = { "배" },
                                  .unit_price = 200,
                                  .has_revision = c->second > 0,
                                  .revision = c->second}
        };
        world_feed(world, &second);
        const struct stock_product *row = world_row(world, STOCK_PRODUCT, sku);
        cr_expect_eq(row->unit_price, c->price, "%s: %ld", c->name, row->unit_price);
        world_feed_again(world);
    }
}

Test(stock_table, a_new_price_leaves_what_is_held_as_it_was_reserved)
{
    a_shop();
    ordered(1, "c-1", items({ product("apple"), 2 }));
    listed("apple", 5000, 2);
    const struct stock_hold *hold = world_row(world, STOCK_HOLD, order_no(1).text);
    cr_expect_eq(hold->items.at[0].unit_price, 1000);
    ordered(2, "c-2", items({ product("apple"), 2 }));
    cr_expect_eq(world_said(world, EV_STOCK_RESERVED)->as.stock_reserved.subtotal, 10000);
}

Test(stock_table, what_was_replenished_before_the_listing_is_there_once_listed)
{
    replenished("r-1", "apple", 3);
    ordered(1, "c-1", items({ product("apple"), 1 }));
    cr_expect_eq(world_said(world, EV_STOCK_REJECTED)->as.stock_rejected.reason,
                 STOCK_REJECTED_UNKNOWN_PRODUCT);
    listed("apple", 1000, 0);
    ordered(2, "c-1", items({ product("apple"), 3 }));
    cr_expect_eq(world_said_of(world, EV_STOCK_RESERVED), 1);
    expect_units("apple", 0, 3);
}

Test(stock_table, each_replenishment_counts_once)
{
    replenished("r-1", "apple", 3);
    world_feed_again(world);
    replenished("r-2", "apple", 3);
    replenished("r-1", "apple", 3);
    expect_units("apple", 6, 0);
}

Test(stock_table, a_replenishment_id_used_for_something_else_is_a_dead_letter)
{
    replenished("r-1", "apple", 3);
    replenished("r-1", "apple", 4);
    cr_expect_str_eq(world_dead_letter(world), "replenishment_id_reused");
    replenished("r-1", "pear", 3);
    cr_expect_str_eq(world_dead_letter(world), "replenishment_id_reused");
    expect_units("apple", 3, 0);
    cr_expect_null(world_row(world, STOCK_PRODUCT, "pear"));
}

Test(stock_table, a_replenishment_beyond_the_limit_is_a_dead_letter_and_counts_nowhere)
{
    replenished("r-1", "apple", 1000000);
    struct stock_product *row = world_row(world, STOCK_PRODUCT, "apple");
    row->replenished_units = MONEY_MAX_WON - 5;
    row->available_units = MONEY_MAX_WON - 5;
    replenished("r-2", "apple", 6);
    cr_expect_str_eq(world_dead_letter(world), "amount_too_large");
    expect_units("apple", MONEY_MAX_WON - 5, 0);
    cr_expect_null(world_row(world, STOCK_REPLENISHMENT, "r-2"));
    replenished("r-3", "apple", 5);
    cr_expect_null(world_dead_letter(world));
    expect_units("apple", MONEY_MAX_WON, 0);
}

Test(stock_table, the_full_basket_of_a_hundred_lines_is_taken_and_given_back)
{
    struct order_lines lines = { .count = ORDER_ITEMS_MAX };
    for (uint32_t i = 0; i < ORDER_ITEMS_MAX; i++) {
        char sku[24];
        snprintf(sku, sizeof sku, "sku-%u", i);
        listed(sku, MONEY_MAX_WON / 100, 1);
        replenished(sku, sku, 1);
        lines.at[i] = (struct order_line){ product(sku), 1 };
    }
    ordered(1, "c-1", lines);
    cr_expect_eq(world_said(world, EV_STOCK_RESERVED)->as.stock_reserved.items.count, 100);
    expect_units("sku-99", 0, 1);
    cancelled(1, "c-1");
    cr_expect_eq(world_said(world, EV_STOCK_RELEASED)->as.stock_released.items.count, 100);
    expect_units("sku-99", 1, 0);
}
