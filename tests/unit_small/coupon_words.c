/* coupon_words.c — see coupon_words.h */
#include "unit_small/coupon_words.h"
#include <criterion/criterion.h>
#include <stdio.h>

struct world *world;

void
words_setup(void)
{
    world = world_new(&coupon_service);
}

void
words_teardown(void)
{
    world_free(world);
}

struct event
issue(struct terms terms)
{
    struct event in = { .type = EV_COUPON_ISSUED };
    struct coupon_issued *issued = &in.as.coupon_issued;
    issued->coupon_code = code(terms.coupon_code);
    issued->has_customer_id = terms.customer_id != NULL;
    if (terms.customer_id != NULL)
        issued->customer_id = customer(terms.customer_id);
    issued->has_discount = terms.percent == 0;
    issued->discount = terms.percent == 0 ? terms.discount : 0;
    issued->has_percent = terms.percent > 0;
    issued->percent = terms.percent;
    issued->has_minimum_amount = terms.minimum_amount > 0;
    issued->minimum_amount = terms.minimum_amount;
    issued->has_expires_at = terms.expires_at_us > 0;
    issued->expires_at_us = terms.expires_at_us;
    issued->has_revision = terms.revision > 0;
    issued->revision = terms.revision;
    return in;
}

void
issued(struct terms terms)
{
    struct event in = issue(terms);
    world_feed(world, &in);
}

struct event
reserve(int number, const char *customer_id, const char *coupon_code, int64_t subtotal)
{
    struct event in = { .type = EV_STOCK_RESERVED };
    struct stock_reserved *reserved = &in.as.stock_reserved;
    reserved->order_id = order_no(number);
    reserved->customer_id = customer(customer_id);
    reserved->items.count = 1;
    reserved->items.at[0] = (struct priced_line){ product("apple"), 1, subtotal };
    reserved->subtotal = subtotal;
    reserved->deadline_at_us = WORLD_NOW_US + 1000;
    reserved->has_coupon_code = coupon_code != NULL;
    if (coupon_code != NULL)
        reserved->coupon_code = code(coupon_code);
    return in;
}

struct event
request(int number, const char *customer_id, const char *coupon_code, int64_t subtotal)
{
    return (struct event){
        .type = EV_COUPON_REQUESTED,
        .as.coupon_requested = {.order_id = order_no(number),
                                .customer_id = customer(customer_id),
                                .coupon_code = code(coupon_code),
                                .subtotal = subtotal}
    };
}

void
requested(int number, const char *customer_id, const char *coupon_code, int64_t subtotal)
{
    struct event in = request(number, customer_id, coupon_code, subtotal);
    world_feed(world, &in);
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
cancelled(int number, const char *customer_id)
{
    struct event in = cancel(number, customer_id);
    world_feed(world, &in);
}

const struct coupon *
coupon_row(const char *coupon_code)
{
    return world_row(world, COUPON_COUPON, coupon_code);
}

enum coupon_state
state_of(const char *coupon_code)
{
    return coupon_row(coupon_code) == NULL ? COUPON_UNKNOWN : coupon_row(coupon_code)->state;
}

enum coupon_rejected_reason
rejection(void)
{
    return world_said(world, EV_COUPON_REJECTED)->as.coupon_rejected.reason;
}
