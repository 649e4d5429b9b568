/* log_questions.c — see log_questions.h */
#include "exhaustive/log_questions.h"

int
count_code(const struct order_log *order, enum event_type topic, int code)
{
    int count = 0;
    for (int i = 0; i < order->count[topic]; i++)
        count += said_at(order, topic, i)->code == code;
    return count;
}

int
count_attempt(const struct order_log *order, enum event_type topic, int attempt)
{
    int count = 0;
    for (int i = 0; i < order->count[topic]; i++)
        count += said_at(order, topic, i)->attempt == attempt;
    return count;
}

int
count_reason(const struct order_log *order, enum event_type topic, int reason)
{
    int count = 0;
    for (int i = 0; i < order->count[topic]; i++)
        count += said_at(order, topic, i)->reason == reason;
    return count;
}

uint8_t
codes_in(const struct order_log *order, enum event_type topic)
{
    uint8_t codes = 0;
    for (int i = 0; i < order->count[topic]; i++)
        if (!said_at(order, topic, i)->stranger)
            codes |= said_at(order, topic, i)->code;
    return codes;
}

bool
is_by_coupon(const struct facts *rejection)
{
    return rejection->producer == COUPON;
}

uint8_t
codes_refused_by_coupon(const struct order_log *order)
{
    uint8_t codes = 0;
    for (int i = 0; i < order->count[EV_COUPON_REJECTED]; i++)
        if (is_by_coupon(said_at(order, EV_COUPON_REJECTED, i)))
            codes |= said_at(order, EV_COUPON_REJECTED, i)->code;
    return codes;
}

/* By the shipping of that revision; revision 1 of an order that was placed with shipping is its own. */
uint8_t
codes_named_by(const struct order_log *order, int revision)
{
    if (revision == 1 && order->count[EV_ORDER_REQUESTED] > 0 && placed(order)->has_shipping)
        return placed(order)->code;
    uint8_t codes = 0;
    for (int i = 0; i < order->count[EV_SHIPPING_SUBMITTED]; i++) {
        const struct facts *facts = said_at(order, EV_SHIPPING_SUBMITTED, i);
        if (!facts->stranger && facts->revision == revision)
            codes |= facts->code;
    }
    return codes;
}

uint8_t
codes_wanted(const struct order_log *order)
{
    uint8_t codes = codes_in(order, EV_STOCK_RESERVED);
    codes |= codes_in(order, EV_COUPON_SELECTED);
    codes |= codes_in(order, EV_COUPON_REQUESTED);
    int highest = highest_revision(order);
    if (highest > 0 && order->count[EV_SHIPPING_SUBMITTED] > 0 &&
        order->count[EV_ORDER_REQUESTED] > 0 && !(highest == 1 && placed(order)->has_shipping))
        codes |= codes_named_by(order, highest);
    return codes;
}

uint8_t
attempts_wanted(const struct order_log *order)
{
    uint8_t attempts = 0;
    for (int i = 0; i < order->count[EV_PAYMENT_REQUESTED]; i++)
        if (!said_at(order, EV_PAYMENT_REQUESTED, i)->stranger)
            attempts |= (uint8_t)(1 << said_at(order, EV_PAYMENT_REQUESTED, i)->attempt);
    if (order->count[EV_ORDER_CREATED] > 0 && created(order)->auto_pay)
        attempts |= 1 << 1;
    return attempts;
}

bool
was_requested(const struct order_log *order, enum event_type topic)
{
    for (int i = 0; i < order->count[topic]; i++)
        if (!said_at(order, topic, i)->stranger)
            return true;
    return false;
}

uint8_t
strangers_requests(const struct order_log *order)
{
    uint8_t bits = 0;
    for (int topic = EV_ORDER_REQUESTED; topic <= EV_CANCEL_REQUESTED; topic++)
        for (int i = 0; i < order->count[topic]; i++)
            if (said_at(order, (enum event_type)topic, i)->stranger)
                bits |= dead_letter_bit((enum event_type)topic);
    return bits;
}

static const struct facts *
first(const struct order_log *order, enum event_type topic)
{
    return said_at(order, topic, 0);
}

const struct facts *
placed(const struct order_log *order)
{
    return first(order, EV_ORDER_REQUESTED);
}

const struct facts *
cancelled(const struct order_log *order)
{
    return first(order, EV_ORDER_CANCELLED);
}

const struct facts *
created(const struct order_log *order)
{
    return first(order, EV_ORDER_CREATED);
}

int
highest_created(const struct order_log *order)
{
    int highest = 0;
    for (int i = 0; i < order->count[EV_ORDER_CREATED]; i++)
        if (said_at(order, EV_ORDER_CREATED, i)->revision > highest)
            highest = said_at(order, EV_ORDER_CREATED, i)->revision;
    return highest;
}

struct money
money_of(const struct order_log *order)
{
    struct money money = { 0 };
    for (int i = 0; i < order->count[EV_PAYMENT_COMPLETED]; i++) {
        money.captures++;
        money.captured += said_at(order, EV_PAYMENT_COMPLETED, i)->amount;
    }
    for (int i = 0; i < order->count[EV_PAYMENT_REFUNDED]; i++) {
        money.refunds++;
        money.refunded += said_at(order, EV_PAYMENT_REFUNDED, i)->amount;
    }
    return money;
}
