/* stock_words.c — see stock_words.h */
#include "unit_small/stock_words.h"
#include <criterion/criterion.h>
#include <stdio.h>

struct world *world;

void
words_setup(void)
{
    world = world_new(&stock_service);
}

void
words_teardown(void)
{
    world_free(world);
}

void
listed(const char *sku, int64_t unit_price, int64_t revision)
{
    world_feed(world, &(struct event){
                          .type = EV_PRODUCT_LISTED,
                          .as.product_listed = {.product_id = product(sku),
                                                .name = { "사과" },
                                                .unit_price = unit_price,
                                                .has_revision = revision > 0,
                                                .revision = revision}
    });
}

void
replenished(const char *id, const char *sku, int32_t quantity)
{
    struct event in = {
        .type = EV_STOCK_REPLENISHED,
        .as.stock_replenished = {.product_id = product(sku), .quantity = quantity}
    };
    snprintf(in.as.stock_replenished.replenishment_id.text,
             sizeof in.as.stock_replenished.replenishment_id.text, "%s", id);
    world_feed(world, &in);
}

struct event
order(int number, const char *customer_id, struct order_lines items)
{
    return (struct event){
        .type = EV_ORDER_REQUESTED,
        .as.order_requested = {.order_id = order_no(number),
                               .customer_id = customer(customer_id),
                               .items = items}
    };
}

struct event
cancel(int number, const char *customer_id)
{
    return (struct event){
        .type = EV_ORDER_CANCELLED,
        .as.order_cancelled = {.order_id = order_no(number),
                               .customer_id = customer(customer_id),
                               .reason = ORDER_CANCELLED_CUSTOMER}
    };
}

void
ordered(int number, const char *customer_id, struct order_lines items)
{
    struct event in = order(number, customer_id, items);
    world_feed(world, &in);
}

void
cancelled(int number, const char *customer_id)
{
    struct event in = cancel(number, customer_id);
    world_feed(world, &in);
}

enum hold_state
state_of(int number)
{
    const struct stock_hold *hold = world_row(world, STOCK_HOLD, order_no(number).text);
    return hold == NULL ? HOLD_NONE : hold->state;
}

void
expect_units(const char *sku, int64_t available, int64_t held)
{
    const struct stock_product *row = world_row(world, STOCK_PRODUCT, sku);
    cr_assert_not_null(row);
    cr_expect_eq(row->available_units, available, "%s: %ld available", sku, row->available_units);
    cr_expect_eq(row->held_units, held, "%s: %ld held", sku, row->held_units);
    cr_expect_eq(row->replenished_units, available + held, "%s: not conserved", sku);
}

void
a_shop(void)
{
    listed("apple", 1000, 1);
    replenished("r-1", "apple", 10);
    listed("pear", 2500, 1);
    replenished("r-2", "pear", 5);
    listed("gold", MONEY_MAX_WON, 1);
    replenished("r-3", "gold", 3);
    listed("air", 0, 1);
    replenished("r-4", "air", 1000000);
    replenished("r-5", "hidden", 7); /* there, but never listed */
}
