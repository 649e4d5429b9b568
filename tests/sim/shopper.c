/* shopper.c — customers as they are: they wait, or do not; click twice, change their mind, vanish.
 *
 * Chance     each has a stream of its own, so that a story with fewer of them is still much the same.
 * Contract   sim.h */
#include "sim/sim.h"
#include "json/json_write.h"
#include <stdio.h>
#include <string.h>

#define ACTS_MAX     14
#define REVISION_TOP 4
#define ATTEMPT_TOP  5

static bool
does(const struct sim *sim, struct shopper *shopper, enum act act, uint32_t per_mille)
{
    return swarm_acts(&sim->swarm, act) && chance_of_1000(&shopper->chance, per_mille);
}

static struct json_writer
writer_of(struct sim *sim)
{
    struct json_writer value;

    json_writer_init(&value, sim->arena, 512);
    return value;
}

static void
say(struct sim *sim, struct shopper *shopper, enum event_type type, const struct json_writer *value)
{
    while (!publish(sim, type, shopper->order_id.text, value))
        continue;
    if (does(sim, shopper, ACT_DOUBLE_CLICK, 250))
        (void)publish(sim, type, shopper->order_id.text, value);
}

static struct coupon_code
draw_code(struct sim *sim, struct shopper *shopper)
{
    struct coupon_code code = { "" };

    snprintf(code.text, sizeof code.text, "K-%u",
             chance_below(&shopper->chance, sim->swarm.coupons));
    return code;
}

static struct shipping
draw_shipping(struct shopper *shopper)
{
    struct shipping shipping = { .address = { "Seoul" }, .contact = { "010" } };

    snprintf(shipping.recipient.text, sizeof shipping.recipient.text, "Kim %u",
             chance_below(&shopper->chance, 1000));
    return shipping;
}

static struct customer_id
somebody(struct sim *sim, struct shopper *shopper)
{
    struct customer_id customer = shopper->customer_id;

    if (does(sim, shopper, ACT_STRANGER, 100))
        snprintf(customer.text, sizeof customer.text, "c-%u",
                 chance_below(&shopper->chance, sim->swarm.customers + 1));
    return customer;
}

/* ---- intents ----------------------------------------------------------------------------------------- */

static void
draw_items(struct sim *sim, struct shopper *shopper, struct order_lines *items)
{
    for (uint32_t i = 0; i < sim->swarm.products; i++) {
        if (items->count > 0 && !chance_of_1000(&shopper->chance, 400))
            continue;
        struct order_line *line = &items->at[items->count++];
        snprintf(line->product_id.text, sizeof line->product_id.text, "p-%u", i);
        line->quantity = 1 + (int32_t)chance_below(&shopper->chance, 2);
    }
}

static void
order(struct sim *sim, struct shopper *shopper)
{
    struct chance *chance = &shopper->chance;
    struct order_requested *asked = arena_take(sim->arena, sizeof *asked);
    struct json_writer value = writer_of(sim);

    asked->order_id = shopper->order_id;
    asked->customer_id = shopper->customer_id;
    draw_items(sim, shopper, &asked->items);
    asked->has_coupon_code = does(sim, shopper, ACT_COUPON_AT_ONCE, 500);
    if (asked->has_coupon_code)
        asked->coupon_code = draw_code(sim, shopper);
    asked->has_shipping = does(sim, shopper, ACT_SHIPPING_AT_ONCE, 600);
    if (asked->has_shipping)
        asked->shipping = draw_shipping(shopper);
    asked->auto_pay = asked->has_shipping && does(sim, shopper, ACT_AUTO_PAY, 600);
    asked->on_coupon_rejected =
        chance_half(chance) ? ON_COUPON_REJECTED_WAIT : ON_COUPON_REJECTED_CONTINUE;
    asked->on_payment_failure =
        chance_of_1000(chance, 300) ? ON_PAYMENT_FAILURE_CANCEL : ON_PAYMENT_FAILURE_WAIT;
    asked->has_expected_amount = does(sim, shopper, ACT_EXPECTED_AMOUNT, 200);
    asked->expected_amount = asked->has_expected_amount ? 12900 : 0;
    asked->has_pay_within_s = does(sim, shopper, ACT_SHORT_DEADLINE, 500);
    asked->pay_within_s = asked->has_pay_within_s
                              ? 1 + (int32_t)chance_below(chance, chance_half(chance) ? 3 : 20)
                              : 0;
    if (asked->has_shipping && shopper->revision == 0)
        shopper->revision = 1;
    if (asked->auto_pay && shopper->attempt == 0)
        shopper->attempt = 1;
    write_order_requested(&value, asked);
    say(sim, shopper, EV_ORDER_REQUESTED, &value);
    shopper->is_requested = true;
}

static void
select_coupon(struct sim *sim, struct shopper *shopper)
{
    struct coupon_selected selected = { shopper->order_id, somebody(sim, shopper),
                                        draw_code(sim, shopper) };
    struct json_writer value = writer_of(sim);

    shopper->codes++;
    write_coupon_selected(&value, &selected);
    say(sim, shopper, EV_COUPON_SELECTED, &value);
}

static void
ship(struct sim *sim, struct shopper *shopper)
{
    struct shipping_submitted submitted = { .order_id = shopper->order_id,
                                            .customer_id = somebody(sim, shopper),
                                            .shipping = draw_shipping(shopper),
                                            .revision = ++shopper->revision };
    struct json_writer value = writer_of(sim);

    submitted.has_coupon_code = does(sim, shopper, ACT_COUPON_LATER, 250);
    if (submitted.has_coupon_code)
        submitted.coupon_code = draw_code(sim, shopper);
    write_shipping_submitted(&value, &submitted);
    say(sim, shopper, EV_SHIPPING_SUBMITTED, &value);
}

static void
pay(struct sim *sim, struct shopper *shopper, const struct order_seen *seen)
{
    struct payment_requested asked = { .order_id = shopper->order_id,
                                       .customer_id = somebody(sim, shopper),
                                       .attempt = ++shopper->attempt,
                                       .revision = shopper->revision > 0 ? shopper->revision : 1 };
    struct json_writer value = writer_of(sim);

    asked.has_expected_amount = does(sim, shopper, ACT_EXPECTED_AMOUNT, 300);
    if (asked.has_expected_amount)
        asked.expected_amount = seen->amount + chance_below(&shopper->chance, 2);
    write_payment_requested(&value, &asked);
    say(sim, shopper, EV_PAYMENT_REQUESTED, &value);
}

static void
cancel(struct sim *sim, struct shopper *shopper, enum cancel_requested_reason reason)
{
    struct cancel_requested asked = { shopper->order_id, somebody(sim, shopper), reason };
    struct json_writer value = writer_of(sim);

    shopper->cancels++;
    write_cancel_requested(&value, &asked);
    say(sim, shopper, EV_CANCEL_REQUESTED, &value);
}

/* ---- what next --------------------------------------------------------------------------------------- */

/* A failed payment: another coupon is too late, so the next revision and the next attempt, or the end. */
static void
after_failure(struct sim *sim, struct shopper *shopper, const struct order_seen *seen)
{
    if (!swarm_acts(&sim->swarm, ACT_RETRY)) {
        cancel(sim, shopper, CANCEL_REQUESTED_CUSTOMER);
        return;
    }
    if (does(sim, shopper, ACT_TOP_UP, 700))
        catalogue_credit(sim, &shopper->chance, shopper->customer_id.text);
    if (shopper->revision < REVISION_TOP)
        ship(sim, shopper);
    if (shopper->attempt < ATTEMPT_TOP)
        pay(sim, shopper, seen);
}

/* The way of the diagram, step by step. */
static void
go_on(struct sim *sim, struct shopper *shopper, const struct order_seen *seen)
{
    if (!seen->is_reserved)
        return;
    if (seen->created_revision == 0 && shopper->revision < REVISION_TOP &&
        (shopper->revision == 0 || chance_of_1000(&shopper->chance, 150)))
        ship(sim, shopper);
    else if (seen->created_revision > 0 && shopper->attempt == 0)
        pay(sim, shopper, seen);
    else if (seen->failed_attempts > 0 && seen->failed_attempts >= shopper->attempt)
        after_failure(sim, shopper, seen);
}

static void
act_blindly(struct sim *sim, struct shopper *shopper, const struct order_seen *seen)
{
    switch (chance_below(&shopper->chance, 4)) {
    case 0:
        if (shopper->revision < REVISION_TOP)
            ship(sim, shopper);
        return;
    case 1:
        if (shopper->attempt < ATTEMPT_TOP)
            pay(sim, shopper, seen);
        return;
    case 2:
        if (shopper->codes < 3 && swarm_acts(&sim->swarm, ACT_COUPON_LATER))
            select_coupon(sim, shopper);
        return;
    default:
        if (does(sim, shopper, ACT_CANCEL, 300))
            cancel(sim, shopper, CANCEL_REQUESTED_CUSTOMER);
        return;
    }
}

static void
choose(struct sim *sim, struct shopper *shopper)
{
    struct order_seen seen = auditor_order_seen(sim->auditor, shopper->order_id.text);
    bool is_ended = seen.is_paid || seen.is_cancelled || seen.is_rejected;

    if (is_ended && shopper->acts_left > 1)
        shopper->acts_left = does(sim, shopper, ACT_FINISH, 500) ? 1 : 0;
    if (is_ended && shopper->acts_left == 0)
        return;
    if (does(sim, shopper, ACT_REPLENISH, 60))
        catalogue_more(sim);
    if (does(sim, shopper, ACT_CANCEL, is_ended ? 500 : 60))
        cancel(sim, shopper, CANCEL_REQUESTED_CUSTOMER);
    else if (does(sim, shopper, ACT_OPERATOR_CANCEL, 40))
        cancel(sim, shopper, CANCEL_REQUESTED_OPERATOR);
    else if (does(sim, shopper, ACT_COUPON_LATER, 150) && shopper->codes < 3)
        select_coupon(sim, shopper);
    else if (is_ended || does(sim, shopper, ACT_BLIND, 250))
        act_blindly(sim, shopper, &seen);
    else
        go_on(sim, shopper, &seen);
}

static int64_t
pause_of(struct shopper *shopper)
{
    static const int64_t most_us[] = { 2000, 20000, 200000, 2000000 };

    return chance_between(&shopper->chance, 0, most_us[chance_below(&shopper->chance, 4)]);
}

void
shopper_act(struct sim *sim, struct shopper *shopper)
{
    if (!shopper->is_requested && !does(sim, shopper, ACT_BLIND, 60))
        order(sim, shopper);
    else
        choose(sim, shopper);
    if (shopper->acts_left > 0)
        shopper->acts_left--;
    bool is_done =
        shopper->is_requested && (shopper->acts_left == 0 || does(sim, shopper, ACT_VANISH, 60));
    shopper->act_at_us = is_done ? INT64_MAX : sim->now_us + pause_of(shopper);
}

void
shoppers_init(struct sim *sim)
{
    for (uint32_t i = 0; i < sim->swarm.orders; i++) {
        struct shopper *shopper = &sim->shoppers[sim->shopper_count];
        if (sim->plan.orders_off >> i & 1)
            continue;
        sim->shopper_count++;
        shopper->chance = chance_of(sim->plan.seed, 100 + i);
        shopper->number = i;
        shopper->acts_left = ACTS_MAX;
        uint32_t tag = (uint32_t)chance_next(&shopper->chance);
        snprintf(shopper->order_id.text, sizeof shopper->order_id.text, "%08x-0000-7000-8000-%012u",
                 tag, i);
        snprintf(shopper->customer_id.text, sizeof shopper->customer_id.text, "c-%u",
                 chance_below(&shopper->chance, sim->swarm.customers));
        shopper->act_at_us = sim->now_us + pause_of(shopper);
        shopper->chance.tape = sim->plan.tape;
    }
}
