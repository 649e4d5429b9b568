/* test_folds.c — what facts make of rows, and that a fact again changes nothing. */
#include "coupon/coupon.h"
#include "coupon/coupon_fold.h"
#include "export/export.h"
#include "export/export_fold.h"
#include "order/order.h"
#include "order/order_fold.h"
#include "payment/payment.h"
#include "payment/payment_fold.h"
#include "stock/stock.h"
#include "stock/stock_fold.h"
#include "support/vocabulary.h"
#include "support/world.h"
#include <criterion/criterion.h>

#define FEED(world, event_type, member, ...)                                                       \
    do {                                                                                           \
        world_feed(world, &(struct event){ .type = event_type, .as.member = __VA_ARGS__ });        \
        world_feed_again(world);                                                                   \
    } while (0)

static const struct priced_lines two_apples = { .count = 1, .at = { { { "apple" }, 2, 100 } } };

/* ---- stock */

static struct world *
stocked(void)
{
    struct world *world = world_new(&stock_fold);
    FEED(world, EV_PRODUCT_LISTED, product_listed,
         { .product_id = { "apple" }, .name = { "사과" }, .unit_price = 100 });
    FEED(world, EV_STOCK_REPLENISHED, stock_replenished,
         { .replenishment_id = { "r-1" }, .product_id = { "apple" }, .quantity = 10 });
    return world;
}

static void
reserved(struct world *world, int number)
{
    FEED(world, EV_STOCK_RESERVED, stock_reserved,
         { .order_id = order_no(number), .customer_id = { "c-1" }, .items = two_apples,
           .subtotal = 200, .deadline_at_us = WORLD_NOW_US });
}

Test(folds, what_is_reserved_is_held_and_what_is_released_is_there_again)
{
    struct world *world = stocked();
    const struct stock_product *apple = world_row(world, STOCK_PRODUCT, "apple");
    reserved(world, 1);
    reserved(world, 2);
    FEED(world, EV_STOCK_RELEASED, stock_released,
         { .order_id = order_no(1), .customer_id = { "c-1" },
           .items = { .count = 1, .at = { { { "apple" }, 2 } } } });
    apple = world_row(world, STOCK_PRODUCT, "apple");
    const struct stock_hold *hold = world_row(world, STOCK_HOLD, order_no(1).text);
    cr_assert_eq(apple->held_units, 2);
    cr_assert_eq(apple->available_units, 8);
    cr_assert_eq(hold->state, HOLD_RELEASED);
    cr_assert_eq(hold->items.count, 1, "it keeps what was given back");
    world_free(world);
}

Test(folds, whom_stock_refused_stays_refused_though_there_is_enough)
{
    struct world *world = stocked();
    FEED(world, EV_STOCK_REJECTED, stock_rejected,
         { .order_id = order_no(1), .customer_id = { "c-1" }, .reason = STOCK_REJECTED_SOLD_OUT,
           .lines = { .count = 1, .at = { { { "apple" }, 2, 1 } } } });
    const struct stock_hold *hold = world_row(world, STOCK_HOLD, order_no(1).text);
    const struct stock_product *apple = world_row(world, STOCK_PRODUCT, "apple");
    cr_assert_eq(hold->state, HOLD_REFUSED);
    cr_assert_eq(hold->reason, STOCK_REJECTED_SOLD_OUT);
    cr_assert_eq(apple->available_units, 10);
    world_free(world);
}

/* ---- coupon */

static void
applied(struct world *world, int number)
{
    FEED(world, EV_COUPON_APPLIED, coupon_applied,
         { .order_id = order_no(number), .customer_id = { "c-1" }, .coupon_code = { "K" },
           .discount = 30 });
}

Test(folds, of_two_orders_that_had_a_coupon_the_one_that_stands_uses_it)
{
    struct world *world = world_new(&coupon_fold);
    FEED(world, EV_COUPON_ISSUED, coupon_issued,
         { .coupon_code = { "K" }, .has_discount = true, .discount = 30 });
    FEED(world, EV_COUPON_RESTORED, coupon_restored,
         { .order_id = order_no(1), .customer_id = { "c-1" }, .coupon_code = { "K" } });
    applied(world, 2);
    applied(world, 1); /* in another partition: read later, said before */
    const struct coupon *coupon = world_row(world, COUPON_COUPON, "K");
    const struct coupon_order *first = world_row(world, COUPON_ORDER, order_no(1).text);
    cr_assert_eq(coupon->state, COUPON_USED);
    cr_assert_str_eq(coupon->used_by.text, order_no(2).text);
    cr_assert_eq(first->tries.at[0].outcome, OUTCOME_RESTORED);
    cr_assert_eq(first->tries.at[0].discount, 30);
    world_free(world);
}

/* ---- payment */

static struct world *
charged(void)
{
    struct world *world = world_new(&payment_fold);
    FEED(world, EV_BALANCE_CREDITED, balance_credited,
         { .credit_id = { "cr-1" }, .customer_id = { "c-1" }, .amount = 1000 });
    FEED(world, EV_PAYMENT_COMPLETED, payment_completed,
         { .order_id = order_no(1), .customer_id = { "c-1" }, .attempt = 2, .revision = 3,
           .amount = 400 });
    return world;
}

Test(folds, a_capture_is_taken_off_the_balance_and_a_refund_put_back)
{
    struct world *world = charged();
    const struct balance *balance = world_row(world, PAYMENT_BALANCE, "c-1");
    cr_assert_eq(balance->balance, 600);
    cr_assert_eq(balance->captured, 400);
    FEED(world, EV_PAYMENT_REFUNDED, payment_refunded,
         { .order_id = order_no(1), .customer_id = { "c-1" }, .amount = 400,
           .reason = PAYMENT_REFUNDED_CUSTOMER });
    const struct payment *payment = world_row(world, PAYMENT_PAYMENT, order_no(1).text);
    balance = world_row(world, PAYMENT_BALANCE, "c-1");
    cr_assert_eq(balance->balance, 1000);
    cr_assert_eq(balance->captured, 0);
    cr_assert_eq(payment->state, PAYMENT_REFUNDED);
    cr_assert_eq(payment->captured_attempt, 2);
    cr_assert_eq(payment->refunded_amount, 400);
    world_free(world);
}

Test(folds, a_failed_attempt_is_decided_and_opens_nothing)
{
    struct world *world = world_new(&payment_fold);
    FEED(world, EV_PAYMENT_FAILED, payment_failed,
         { .order_id = order_no(1), .customer_id = { "c-1" }, .attempt = 1, .revision = 1,
           .reason = PAYMENT_FAILED_INSUFFICIENT_BALANCE });
    const struct payment *payment = world_row(world, PAYMENT_PAYMENT, order_no(1).text);
    cr_assert_eq(payment->decided[0], 2);
    cr_assert_eq(payment->state, PAYMENT_NONE);
    world_free(world);
}

/* ---- order */

static void
order_reserved(struct world *world)
{
    struct event in = { .type = EV_STOCK_RESERVED, .source.partition = 3 };
    in.as.stock_reserved = (struct stock_reserved){
        .order_id = order_no(1), .customer_id = { "c-1" }, .items = two_apples, .subtotal = 200,
        .deadline_at_us = WORLD_NOW_US, .auto_pay = true, .has_coupon_code = true,
        .coupon_code = { "K" }
    };
    world_feed(world, &in);
    world_feed_again(world);
}

Test(folds, an_order_of_which_nothing_was_said_has_no_row)
{
    struct world *world = world_new(&order_fold);
    order_reserved(world);
    cr_assert_eq(world_row_count(world, ORDER_ORDER), 0);
    world_free(world);
}

Test(folds, the_cancel_that_won_is_answered_and_the_terms_are_taken_from_stock)
{
    struct world *world = world_new(&order_fold);
    FEED(world, EV_ORDER_CANCELLED, order_cancelled,
         { .order_id = order_no(1), .customer_id = { "c-1" },
           .reason = ORDER_CANCELLED_CUSTOMER });
    order_reserved(world);
    const struct order *order = world_row(world, ORDER_ORDER, order_no(1).text);
    cr_assert_eq(order->state, ORDER_CANCELLED);
    cr_assert_eq(order->cancels_answered, 1 << ORDER_CANCELLED_CUSTOMER);
    cr_assert_eq(order->subtotal, 200);
    cr_assert_eq(order->timer_partition, 3);
    cr_assert_eq(order->codes.at[0].state, CODE_ASKED, "its outcome comes again");
    world_free(world);
}

Test(folds, a_code_that_was_asked_for_is_not_asked_for_again)
{
    struct world *world = world_new(&order_fold);
    FEED(world, EV_COUPON_REQUESTED, coupon_requested,
         { .order_id = order_no(1), .customer_id = { "c-1" }, .coupon_code = { "L" },
           .subtotal = 200 });
    order_reserved(world);
    const struct order *order = world_row(world, ORDER_ORDER, order_no(1).text);
    cr_assert_eq(order->state, ORDER_RESERVED);
    cr_assert_eq(order->codes.count, 2);
    cr_assert(order->auto_pay);
    world_free(world);
}

/* ---- export */

Test(folds, numbers_of_the_feed_stay_and_count_on_from_the_highest)
{
    struct world *world = world_new(&export_fold);
    for (int number = 1; number <= 3; number++) {
        struct event in = { .type = EV_PARTNER_ORDER, .source.partition = 2 };
        in.as.partner_order = (struct partner_order){
            .order_id = order_no(number), .feed_sequence = number, .customer_id = { "c-1" },
            .items = two_apples, .subtotal = 200, .amount = 200, .currency = CURRENCY_KRW,
            .shipping = shipping_to("김하늘"), .paid_at_us = WORLD_NOW_US
        };
        world_feed(world, &in);
        world_feed_again(world);
    }
    const struct export_feed *feed = world_row(world, EXPORT_FEED, "2");
    const struct export_order *order = world_row(world, EXPORT_ORDER, order_no(2).text);
    cr_assert_eq(feed->last_sequence, 3);
    cr_assert_eq(order->feed_sequence, 2);
    cr_assert_eq(order->sent_at_us, WORLD_NOW_US);
    world_free(world);
}
