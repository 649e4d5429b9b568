/* requests.c — what a shopper, or a stranger, asks for, as events.  See saga.h */
#include "exhaustive/saga.h"
#include <stdio.h>

#define SECOND_NUMBERS 8

static const struct shipping somewhere = { { "recipient" }, { "address" }, { "contact" } };

static struct customer_id
who(uint8_t number)
{
    return (number & BY_STRANGER) ? (struct customer_id){ STRANGER }
                                  : (struct customer_id){ CUSTOMER };
}

static struct coupon_code
code_of(uint8_t bits)
{
    struct coupon_code code = { "" };
    if (bits & (C1 | C2))
        snprintf(code.text, sizeof code.text, "%s", code_text(bits & (C1 | C2)));
    return code;
}

static struct event
place(int order, uint8_t how)
{
    struct event in = { .type = EV_ORDER_REQUESTED };
    struct order_requested *asked = &in.as.order_requested;
    asked->order_id = order_id_of(order);
    asked->customer_id = who(0);
    asked->items.count = 1;
    asked->items.at[0].product_id = (struct product_id){ PRODUCT };
    asked->items.at[0].quantity = 1;
    asked->has_coupon_code = (how & (C1 | C2)) != 0;
    asked->coupon_code = code_of(how);
    asked->has_shipping = (how & PLACE_SHIPPING) != 0;
    if (asked->has_shipping)
        asked->shipping = somewhere;
    asked->auto_pay = (how & PLACE_AUTO_PAY) != 0;
    asked->on_coupon_rejected =
        (how & PLACE_CONTINUE) ? ON_COUPON_REJECTED_CONTINUE : ON_COUPON_REJECTED_WAIT;
    asked->on_payment_failure =
        (how & PLACE_FAIL_CANCELS) ? ON_PAYMENT_FAILURE_CANCEL : ON_PAYMENT_FAILURE_WAIT;
    asked->has_expected_amount = (how & PLACE_EXPECTS) != 0;
    asked->expected_amount = asked->has_expected_amount ? PRICE - DISCOUNT : 0;
    return in;
}

static struct event
select_code(int order, uint8_t code)
{
    return (struct event){
        .type = EV_COUPON_SELECTED,
        .as.coupon_selected = {.order_id = order_id_of(order),
                               .customer_id = who(code),
                               .coupon_code = code_of(code)}
    };
}

static struct event
ship(int order, uint8_t revision, uint8_t code)
{
    return (struct event){
        .type = EV_SHIPPING_SUBMITTED,
        .as.shipping_submitted = {.order_id = order_id_of(order),
                                  .customer_id = who(revision),
                                  .shipping = somewhere,
                                  .revision = revision & ~BY_STRANGER,
                                  .has_coupon_code = code != 0,
                                  .coupon_code = code_of(code)}
    };
}

static struct event
pay(int order, uint8_t attempt, uint8_t revision)
{
    return (struct event){
        .type = EV_PAYMENT_REQUESTED,
        .as.payment_requested = {.order_id = order_id_of(order),
                                 .customer_id = who(attempt),
                                 .attempt = attempt & ~BY_STRANGER,
                                 .revision = revision & ~EXPECTS,
                                 .has_expected_amount = (revision & EXPECTS) != 0,
                                 .expected_amount = (revision & EXPECTS) ? PRICE - DISCOUNT : 0}
    };
}

static struct event
cancel(int order, uint8_t by)
{
    return (struct event){
        .type = EV_CANCEL_REQUESTED,
        .as.cancel_requested = {.order_id = order_id_of(order),
                                .customer_id = who(by),
                                .reason = CANCEL_REQUESTED_CUSTOMER}
    };
}

static struct event
build(struct action action)
{
    switch ((enum action_kind)action.kind) {
    case ACT_PLACE:
        return place(action.order, action.a);
    case ACT_SELECT:
        return select_code(action.order, action.a);
    case ACT_SHIP:
        return ship(action.order, action.a, action.b);
    case ACT_PAY:
        return pay(action.order, action.a, action.b);
    case ACT_CANCEL:
        return cancel(action.order, action.a);
    case ACT_DEADLINE:
        return (struct event){ .type = EV_ORDER_DEADLINE_PASSED,
                               .as.order_deadline_passed = { order_id_of(action.order) } };
    case ACT_DELIVER:
    case ACT_REPEAT:
    case ACT_CREDIT:
    case ACT_OTHERS:
    case ACT_PUBLISH:
        break;
    }
    return (struct event){ .type = EV_NONE };
}

event_no
request_event(struct action action)
{
    static event_no known[ACT_OTHERS + 1][ORDERS_MAX][256][SECOND_NUMBERS];
    event_no *number = &known[action.kind][action.order][action.a][action.b % SECOND_NUMBERS];
    if (*number == 0) {
        struct event event = build(action);
        *number = event_new(SHOPPER, &event);
    }
    return *number;
}

event_no
credit_event(uint8_t number, int64_t amount)
{
    struct event credited = {
        .type = EV_BALANCE_CREDITED,
        .as.balance_credited = {.customer_id = { CUSTOMER }, .amount = amount}
    };
    snprintf(credited.as.balance_credited.credit_id.text,
             sizeof credited.as.balance_credited.credit_id.text, "credit-%d", number);
    return event_new(SHOPPER, &credited);
}

event_no
coupon_event(uint8_t code)
{
    struct event issued = {
        .type = EV_COUPON_ISSUED,
        .as.coupon_issued = {.coupon_code = code_of(code),
                             .has_discount = true,
                             .discount = DISCOUNT}
    };
    return event_new(SHOPPER, &issued);
}

event_no
product_event(void)
{
    return event_new(SHOPPER, &(struct event){
                                  .type = EV_PRODUCT_LISTED,
                                  .as.product_listed = {.product_id = { PRODUCT },
                                                        .name = { PRODUCT },
                                                        .unit_price = PRICE}
    });
}

event_no
units_event(uint8_t quantity)
{
    return event_new(SHOPPER, &(struct event){
                                  .type = EV_STOCK_REPLENISHED,
                                  .as.stock_replenished = {.replenishment_id = { "first" },
                                                           .product_id = { PRODUCT },
                                                           .quantity = quantity}
    });
}
