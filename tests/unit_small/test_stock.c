/* test_stock.c — what stock decides about orders.  Cases in the order of the refusals. */
#include "unit_small/stock_words.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define S INT64_C(1000000)

TestSuite(stock, .init = words_setup, .fini = words_teardown);

/* ---- OrderRequested */

struct refusal_case {
    const char *name;
    bool fenced;
    struct order_lines items;
    enum stock_rejected_reason reason;
    uint32_t failed;
    const char *first_failed;
    int64_t available;
};

Test(stock, refuses_by_the_first_reason_that_applies_and_names_all_lines_that_fail_for_it)
{
    /* clang-format off */
    const struct refusal_case cases[] = {
        /*                                fenced                                                                             reason                            lines first      available */
        { "fence before all else",        true,  items({ product("ghost"), 1 }, { product("apple"), 99 }),                   STOCK_REJECTED_CANCELLED,         0,    NULL,      0  },
        { "never heard of",               false, items({ product("ghost"), 1 }),                                             STOCK_REJECTED_UNKNOWN_PRODUCT,   1,    "ghost",   0  },
        { "in stock but not listed",      false, items({ product("hidden"), 1 }),                                            STOCK_REJECTED_UNKNOWN_PRODUCT,   1,    "hidden",  0  },
        { "all unknown lines",            false, items({ product("apple"), 1 }, { product("a"), 1 }, { product("b"), 2 }),   STOCK_REJECTED_UNKNOWN_PRODUCT,   2,    "a",       0  },
        { "unknown before too dear",      false, items({ product("gold"), 2 }, { product("ghost"), 1 }),                     STOCK_REJECTED_UNKNOWN_PRODUCT,   1,    "ghost",   0  },
        { "unknown before sold out",      false, items({ product("apple"), 11 }, { product("ghost"), 1 }),                   STOCK_REJECTED_UNKNOWN_PRODUCT,   1,    "ghost",   0  },
        { "one line too dear",            false, items({ product("apple"), 1 }, { product("gold"), 2 }),                     STOCK_REJECTED_AMOUNT_TOO_LARGE,  1,    "gold",    3  },
        { "a product beyond int64",       false, items({ product("gold"), 1000000 }),                                        STOCK_REJECTED_AMOUNT_TOO_LARGE,  1,    "gold",    3  },
        { "only the sum too dear",        false, items({ product("gold"), 1 }, { product("apple"), 1 }),                     STOCK_REJECTED_AMOUNT_TOO_LARGE,  2,    "gold",    3  },
        { "too dear before sold out",     false, items({ product("gold"), 4 }),                                              STOCK_REJECTED_AMOUNT_TOO_LARGE,  1,    "gold",    3  },
        { "one more than there is",       false, items({ product("apple"), 11 }),                                            STOCK_REJECTED_SOLD_OUT,          1,    "apple",   10 },
        { "all short lines, no other",    false, items({ product("pear"), 6 }, { product("air"), 1 }, { product("apple"), 20 }), STOCK_REJECTED_SOLD_OUT,      2,    "pear",    5  },
    };
    /* clang-format on */
    a_shop();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct refusal_case *c = &cases[i];
        int number = (int)i + 1;
        if (c->fenced)
            cancelled(number, "c-1");
        ordered(number, "c-1", c->items);
        const struct stock_rejected *said =
            &world_said(world, EV_STOCK_REJECTED)->as.stock_rejected;
        cr_expect_eq(world_said_count(world), 1, "%s", c->name);
        cr_expect_eq(said->reason, c->reason, "%s: %s", c->name,
                     stock_rejected_reason_names[said->reason]);
        cr_assert_eq(said->lines.count, c->failed, "%s: %u lines", c->name, said->lines.count);
        if (c->failed > 0) {
            cr_expect_str_eq(said->lines.at[0].product_id.text, c->first_failed, "%s", c->name);
            cr_expect_eq(said->lines.at[0].available, c->available, "%s", c->name);
        }
        cr_expect_str_eq(said->customer_id.text, "c-1");
        cr_expect_eq(state_of(number), HOLD_REFUSED, "%s", c->name);
        world_feed_again(world);
    }
    expect_units("apple", 10, 0);
    expect_units("pear", 5, 0);
    expect_units("gold", 3, 0);
}

Test(stock, says_how_many_were_asked_for_and_how_many_there_are)
{
    a_shop();
    ordered(1, "c-1", items({ product("apple"), 11 }, { product("pear"), 6 }));
    const struct short_lines *lines =
        &world_said(world, EV_STOCK_REJECTED)->as.stock_rejected.lines;
    cr_expect_eq(lines->at[0].requested, 11);
    cr_expect_eq(lines->at[0].available, 10);
    cr_expect_eq(lines->at[1].requested, 6);
    cr_expect_eq(lines->at[1].available, 5);
}

Test(stock, takes_every_line_at_its_price_of_now)
{
    a_shop();
    ordered(1, "c-1",
            items({ product("apple"), 10 }, { product("pear"), 2 }, { product("air"), 1 }));
    const struct stock_reserved *said = &world_said(world, EV_STOCK_RESERVED)->as.stock_reserved;
    cr_expect_eq(said->items.count, 3);
    cr_expect_eq(said->items.at[0].unit_price, 1000);
    cr_expect_eq(said->items.at[1].unit_price, 2500);
    cr_expect_eq(said->items.at[1].quantity, 2);
    cr_expect_eq(said->items.at[2].unit_price, 0);
    cr_expect_eq(said->subtotal, 15000);
    expect_units("apple", 0, 10);
    expect_units("pear", 3, 2);
    cr_expect_eq(state_of(1), HOLD_HELD);
}

Test(stock, takes_what_costs_exactly_the_most_that_money_can_be)
{
    a_shop();
    ordered(1, "c-1", items({ product("gold"), 1 }, { product("air"), 5 }));
    cr_expect_eq(world_said(world, EV_STOCK_RESERVED)->as.stock_reserved.subtotal, MONEY_MAX_WON);
}

Test(stock, carries_on_what_the_later_steps_need)
{
    a_shop();
    struct event in = order(1, "c-1", items({ product("apple"), 1 }));
    struct order_requested *asked = &in.as.order_requested;
    asked->has_coupon_code = true;
    asked->coupon_code = code("WELCOME");
    asked->has_shipping = true;
    asked->shipping = shipping_to("김하늘");
    asked->auto_pay = true;
    asked->on_coupon_rejected = ON_COUPON_REJECTED_CONTINUE;
    asked->on_payment_failure = ON_PAYMENT_FAILURE_CANCEL;
    asked->has_expected_amount = true;
    asked->expected_amount = 900;
    asked->has_request_digest = true;
    asked->request_digest = (struct request_digest){ "0123abcd" };
    world_feed(world, &in);

    const struct stock_reserved *said = &world_said(world, EV_STOCK_RESERVED)->as.stock_reserved;
    cr_expect(said->has_coupon_code);
    cr_expect_str_eq(said->coupon_code.text, "WELCOME");
    cr_expect(said->has_shipping);
    cr_expect_str_eq(said->shipping.recipient.text, "김하늘");
    cr_expect_str_eq(said->shipping.address.text, asked->shipping.address.text);
    cr_expect(said->auto_pay);
    cr_expect_eq(said->on_coupon_rejected, ON_COUPON_REJECTED_CONTINUE);
    cr_expect_eq(said->on_payment_failure, ON_PAYMENT_FAILURE_CANCEL);
    cr_expect(said->has_expected_amount);
    cr_expect_eq(said->expected_amount, 900);
    cr_expect(said->has_request_digest);
    cr_expect_str_eq(said->request_digest.text, "0123abcd");
}

Test(stock, carries_on_nothing_that_was_not_there)
{
    a_shop();
    ordered(1, "c-1", items({ product("apple"), 1 }));
    const struct stock_reserved *said = &world_said(world, EV_STOCK_RESERVED)->as.stock_reserved;
    cr_expect_not(said->has_coupon_code);
    cr_expect_not(said->has_shipping);
    cr_expect_not(said->has_expected_amount);
    cr_expect_not(said->has_request_digest);
    cr_expect_not(said->auto_pay);
}

struct deadline_case {
    const char *name;
    int64_t setting_us;
    int32_t pay_within_s; /* 0: not given */
    int64_t expected_us;  /* after now */
};

Test(stock, the_deadline_is_the_sooner_of_the_shoppers_and_the_houses)
{
    /* clang-format off */
    const struct deadline_case cases[] = {
        /*                          setting       pay_within_s  deadline */
        { "the house's",            900 * S,      0,            900 * S     },
        { "the shopper's sooner",   900 * S,      5,            5 * S       },
        { "the shopper's later",    900 * S,      901,          900 * S     },
        { "the same",               900 * S,      900,          900 * S     },
        { "the longest there is",   900 * S,      31536000,     900 * S     },
        { "a fraction of a second", 1500000,      1,            1000000     },
        { "just below a fraction",  1500000,      2,            1500000     },
    };
    /* clang-format on */
    a_shop();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct deadline_case *c = &cases[i];
        struct event in = order((int)i + 1, "c-1", items({ product("air"), 1 }));
        in.at_us = WORLD_NOW_US + 7 * S;
        in.as.order_requested.has_pay_within_s = c->pay_within_s > 0;
        in.as.order_requested.pay_within_s = c->pay_within_s;
        world_settings(world)->order_deadline_us = c->setting_us;
        world_feed(world, &in);
        int64_t said_us = world_said(world, EV_STOCK_RESERVED)->as.stock_reserved.deadline_at_us;
        cr_expect_eq(said_us - in.at_us, c->expected_us, "%s: %ld", c->name, said_us - in.at_us);
    }
}

Test(stock, ten_orders_in_one_batch_never_take_more_than_there_is)
{
    a_shop();
    struct event batch[10];
    for (int i = 0; i < 10; i++)
        batch[i] = order(i + 1, "c-1", items({ product("pear"), 2 }));
    world_feed_batch(world, batch, 10);
    cr_expect_eq(world_said_of(world, EV_STOCK_RESERVED), 2);
    cr_expect_eq(world_said_of(world, EV_STOCK_REJECTED), 8);
    expect_units("pear", 1, 4);
    world_feed_again(world);
}

Test(stock, an_order_and_its_cancel_in_one_batch_leave_everything_as_it_was)
{
    a_shop();
    struct event batch[] = { order(1, "c-1", items({ product("pear"), 2 })), cancel(1, "c-1") };
    world_feed_batch(world, batch, 2);
    cr_expect_eq(world_said_at(world, 0)->type, EV_STOCK_RESERVED);
    cr_expect_eq(world_said_at(world, 1)->type, EV_STOCK_RELEASED);
    expect_units("pear", 5, 0);
    world_feed_again(world);
}

/* ---- OrderCancelled */

Test(stock, gives_back_what_the_hold_took)
{
    a_shop();
    ordered(1, "c-1", items({ product("apple"), 4 }, { product("pear"), 1 }));
    ordered(2, "c-2", items({ product("apple"), 3 }));
    cancelled(1, "c-1");
    const struct stock_released *said = &world_said(world, EV_STOCK_RELEASED)->as.stock_released;
    cr_expect_eq(said->items.count, 2);
    cr_expect_str_eq(said->items.at[0].product_id.text, "apple");
    cr_expect_eq(said->items.at[0].quantity, 4);
    cr_expect_str_eq(said->customer_id.text, "c-1");
    expect_units("apple", 7, 3);
    expect_units("pear", 5, 0);
    world_feed_again(world);
    expect_units("apple", 7, 3);
}

Test(stock, units_that_came_back_can_be_ordered_again)
{
    a_shop();
    ordered(1, "c-1", items({ product("pear"), 5 }));
    ordered(2, "c-2", items({ product("pear"), 1 }));
    cr_expect_eq(world_said_of(world, EV_STOCK_REJECTED), 1);
    cancelled(1, "c-1");
    ordered(3, "c-3", items({ product("pear"), 1 }));
    cr_expect_eq(world_said_of(world, EV_STOCK_RESERVED), 1);
    ordered(2, "c-2", items({ product("pear"), 1 }));
    cr_expect_eq(world_said_count(world), 0, "what was refused stays refused");
}
