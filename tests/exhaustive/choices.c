/* choices.c — what may happen next.  See saga.h
 *
 * Contents   services: deliveries, repeats, crashes, publishing · shoppers · a stranger · all of it */
#include "exhaustive/saga.h"

struct actions {
    struct action *at;
    uint32_t count;
};

static void
may(struct actions *list, enum action_kind kind, int order, int a, int b)
{
    list->at[list->count++] =
        (struct action){ (uint8_t)kind, (uint8_t)order, (uint8_t)a, (uint8_t)b, LIVES };
}

/* The same once more for each crash point; as many within publishing as there are events but the last. */
static void
may_crash(struct actions *list, const struct step *step)
{
    struct action action = list->at[list->count - 1];
    int last = DIES_PUBLISHING + (step->said_count > 0 ? step->said_count - 1 : 0);
    for (action.crash = DIES_BEFORE_LOAD; action.crash < last; action.crash++)
        list->at[list->count++] = action;
}

static int
asked(const struct order_log *order, enum event_type topic, bool stranger, int number)
{
    int count = 0;
    for (int i = 0; i < order->count[topic]; i++) {
        const struct facts *facts = said_at(order, topic, i);
        int its = topic == EV_COUPON_SELECTED      ? facts->code
                  : topic == EV_SHIPPING_SUBMITTED ? facts->revision
                                                   : facts->attempt;
        count += facts->stranger == stranger && (number == 0 || its == number);
    }
    return count;
}

static bool
placed_with_shipping(const struct order_log *order)
{
    return order->count[EV_ORDER_REQUESTED] > 0 &&
           said_at(order, EV_ORDER_REQUESTED, 0)->has_shipping;
}

int
highest_revision(const struct order_log *order)
{
    int highest = placed_with_shipping(order) ? 1 : 0;
    for (int i = 0; i < order->count[EV_SHIPPING_SUBMITTED]; i++) {
        const struct facts *facts = said_at(order, EV_SHIPPING_SUBMITTED, i);
        if (!facts->stranger && facts->revision > highest)
            highest = facts->revision;
    }
    return highest;
}

static void
may_be_delivered(const struct saga *saga, int number, struct actions *list)
{
    const struct order_log *order = &saga->order[number];
    for (uint32_t route = 0; route < route_count; route++) {
        if (order->seen[route] < order->count[routes[route].topic]) {
            may(list, ACT_DELIVER, number, (int)route, 0);
            if (world->crashes)
                may_crash(list, saga_step(saga, number, route, order->seen[route]));
        }
        for (int i = 0; i < order->seen[route]; i++) {
            may(list, ACT_REPEAT, number, (int)route, i);
            if (world->crashes && !saga_is_idle(saga, list->at[list->count - 1]))
                may_crash(list, saga_step(saga, number, route, i));
        }
    }
}

static void
may_be_published(const struct order_log *order, int number, struct actions *list)
{
    for (int domain = 0; world->crashes && domain < DOMAINS; domain++)
        if (order->unsent.count[domain] > 0)
            may(list, ACT_PUBLISH, number, domain, 0);
}

static void
may_ship(const struct order_log *order, int number, struct actions *list)
{
    bool first = placed_with_shipping(order) || asked(order, EV_SHIPPING_SUBMITTED, false, 1);
    if (!first)
        for (int i = 0; i < world->ship1.count; i++)
            may(list, ACT_SHIP, number, 1, world->ship1.at[i]);
    if ((first || world->reorder) && !asked(order, EV_SHIPPING_SUBMITTED, false, 2))
        for (int i = 0; i < world->ship2.count; i++)
            may(list, ACT_SHIP, number, 2, world->ship2.at[i]);
}

/* The revision at the click: the newest, or with two revisions any that the page may have shown. */
static void
may_pay(const struct order_log *order, int number, struct actions *list)
{
    int top = highest_revision(order) > 0 ? highest_revision(order) : 1;
    for (int attempt = 1; attempt <= world->attempts; attempt++) {
        if (asked(order, EV_PAYMENT_REQUESTED, false, attempt))
            continue;
        if (attempt > 1 && !world->reorder &&
            !asked(order, EV_PAYMENT_REQUESTED, false, attempt - 1))
            continue;
        for (int revision = world->ship2.count > 0 ? 1 : top; revision <= top; revision++) {
            may(list, ACT_PAY, number, attempt, revision);
            if (world->expects)
                may(list, ACT_PAY, number, attempt, revision | EXPECTS);
        }
    }
}

static void
stranger_may(const struct order_log *order, int number, struct actions *list)
{
    if (world->codes && !asked(order, EV_COUPON_SELECTED, true, 0))
        may(list, ACT_SELECT, number, C1 | BY_STRANGER, 0);
    if (!asked(order, EV_SHIPPING_SUBMITTED, true, 0))
        may(list, ACT_SHIP, number, 1 | BY_STRANGER, 0);
    if (!asked(order, EV_PAYMENT_REQUESTED, true, 0))
        may(list, ACT_PAY, number, 1 | BY_STRANGER, 1);
    if (!asked(order, EV_CANCEL_REQUESTED, true, 0))
        may(list, ACT_CANCEL, number, BY_STRANGER, 0);
}

static void
shopper_may(const struct order_log *order, int number, struct actions *list)
{
    if (order->count[EV_ORDER_REQUESTED] == 0)
        for (int i = 0; i < world->place.count; i++)
            may(list, ACT_PLACE, number, world->place.at[i], 0);
    for (int code = C1; code <= C2; code <<= 1)
        if ((world->codes & code) && !asked(order, EV_COUPON_SELECTED, false, code))
            may(list, ACT_SELECT, number, code, 0);
    may_ship(order, number, list);
    may_pay(order, number, list);
    if (world->cancel && !asked(order, EV_CANCEL_REQUESTED, false, 0))
        may(list, ACT_CANCEL, number, 0, 0);
    /* The timer knows the order once it is reserved; it may fire late, and again. */
    if (world->deadline && order_knows_deadline(order)) {
        may(list, ACT_DEADLINE, number, 0, 0);
        if (world->crashes)
            may_crash(list, &(struct step){ .said_count = 1 });
    }
}

uint32_t
saga_actions(const struct saga *saga, struct action *actions)
{
    struct actions list = { actions, 0 };
    for (int number = 0; number < world->orders; number++) {
        const struct order_log *order = &saga->order[number];
        may_be_delivered(saga, number, &list);
        may_be_published(order, number, &list);
        shopper_may(order, number, &list);
        if (world->stranger)
            stranger_may(order, number, &list);
    }
    if (saga->credits < world->credits)
        may(&list, ACT_CREDIT, 0, 0, 0);
    for (int deed = 0; world->others && deed < OTHERS_DEEDS; deed++)
        for (int code = C1; code <= C2; code <<= 1)
            if (others_can(saga, (enum others_do)deed, (uint8_t)code))
                may(&list, ACT_OTHERS, 0, deed, code);
    return list.count;
}
