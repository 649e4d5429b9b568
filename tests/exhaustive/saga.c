/* saga.c — what may happen next, and what it leaves behind.  See saga.h
 *
 * Contents   the beginning · logs and handling · what may happen · what happens */
#include "exhaustive/saga.h"
#include <string.h>

struct route_of routes[ROUTES_MAX];
uint32_t route_count;
const struct world *world;

/* ---- the beginning */

void
saga_find_routes(void)
{
    route_count = 0;
    for (int domain = 0; domain < DOMAINS; domain++)
        for (uint32_t i = 0; i < domains[domain]->route_count; i++) {
            enum event_type topic = domains[domain]->routes[i].type;
            if (topic < TOPICS && topics[topic].key == KEY_ORDER)
                routes[route_count++] = (struct route_of){ topic, (enum domain)domain };
        }
}

static void
learn_fact(struct saga *saga, enum domain domain, event_no event)
{
    saga->shared[domain] = take_step(domain, 0, saga->shared[domain], event)->shared;
}

void
saga_start(const struct world *of, struct saga *saga)
{
    memset(saga, 0, sizeof *saga);
    world = of;
    saga_find_routes();
    learn_fact(saga, STOCK, product_event());
    learn_fact(saga, STOCK, units_event(world->stock));
    learn_fact(saga, COUPON, coupon_event(C1));
    learn_fact(saga, COUPON, coupon_event(C2));
    learn_fact(saga, PAYMENT, credit_event(0, world->balance * INT64_C(1000)));
}

size_t
saga_bytes(void)
{
    return offsetof(struct saga, order) + world->orders * sizeof(struct order_log);
}

/* ---- logs and handling */

const struct facts *
said_at(const struct order_log *order, enum event_type topic, int position)
{
    return facts_of(order->log[topic][position]);
}

static void
publish(struct saga *saga, int order, event_no event)
{
    enum event_type topic = facts_of(event)->type;
    if (topic >= TOPICS)
        return;
    struct order_log *log = &saga->order[order];
    if (log->count[topic] == LOG_MAX)
        saga->overflow = 1;
    else
        log->log[topic][log->count[topic]++] = event;
}

static void
handle(struct saga *saga, int order, enum domain domain, event_no event)
{
    struct order_log *log = &saga->order[order];
    struct step step = *take_step(domain, log->rows[domain], saga->shared[domain], event);
    log->rows[domain] = step.rows;
    saga->shared[domain] = step.shared;
    log->dead_letters |= step.dead_letters;
    for (int i = 0; i < step.said_count; i++)
        publish(saga, order, step.said[i]);
}

/* These only fill their part of a row, or number an export: they commute with everything. */
static bool
is_delivered_at_once(enum event_type topic)
{
    return topic == EV_STOCK_RELEASED || topic == EV_PAYMENT_REFUNDED ||
           topic == EV_COUPON_RESTORED || topic == EV_ORDER_PAID;
}

static void
settle(struct saga *saga, int order)
{
    struct order_log *log = &saga->order[order];
    for (uint32_t route = 0; route < route_count; route++) {
        enum event_type topic = routes[route].topic;
        while (is_delivered_at_once(topic) && log->seen[route] < log->count[topic])
            handle(saga, order, routes[route].domain, log->log[topic][log->seen[route]++]);
    }
}

static void
send(struct saga *saga, int order, event_no request)
{
    enum event_type topic = facts_of(request)->type;
    publish(saga, order, request);
    if (topic == EV_SHIPPING_SUBMITTED && world->ship2.count > 0)
        return;
    for (uint32_t route = 0; route < route_count; route++)
        if (routes[route].topic == topic) {
            saga->order[order].seen[route]++;
            handle(saga, order, routes[route].domain, request);
        }
}

/* ---- what may happen */

struct actions {
    struct action *at;
    uint32_t count;
};

static void
may(struct actions *list, enum action_kind kind, int order, int a, int b)
{
    list->at[list->count++] =
        (struct action){ (uint8_t)kind, (uint8_t)order, (uint8_t)a, (uint8_t)b };
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
may_be_delivered(const struct order_log *order, int number, struct actions *list)
{
    for (uint32_t route = 0; route < route_count; route++) {
        if (order->seen[route] < order->count[routes[route].topic])
            may(list, ACT_DELIVER, number, (int)route, 0);
        for (int i = 0; i < order->seen[route]; i++)
            may(list, ACT_REPEAT, number, (int)route, i);
    }
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
    if (world->deadline && order_knows_deadline(order))
        may(list, ACT_DEADLINE, number, 0, 0);
}

uint32_t
saga_actions(const struct saga *saga, struct action *actions)
{
    struct actions list = { actions, 0 };
    for (int number = 0; number < world->orders; number++) {
        const struct order_log *order = &saga->order[number];
        may_be_delivered(order, number, &list);
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

/* ---- what happens */

static void
remember_refusals(struct order_log *order, struct action action)
{
    if (action.kind != ACT_SHIP || (action.a & BY_STRANGER))
        return;
    for (int i = 0; i < order->count[EV_COUPON_REJECTED]; i++)
        if (is_by_coupon(said_at(order, EV_COUPON_REJECTED, i)))
            order->refused_at_click[action.a] |= said_at(order, EV_COUPON_REJECTED, i)->code;
}

static void
let_deadline_pass(struct saga *saga, struct action action)
{
    struct order_log *order = &saga->order[action.order];
    enum order_is before = order_state_of(order);
    handle(saga, action.order, ORDER, request_event(action));
    if (before == RESERVED || before == PENDING)
        order->deadline_passed = 1;
}

void
saga_apply(struct saga *saga, struct action action)
{
    struct order_log *order = &saga->order[action.order];
    switch ((enum action_kind)action.kind) {
    case ACT_DELIVER:
        handle(saga, action.order, routes[action.a].domain,
               order->log[routes[action.a].topic][order->seen[action.a]++]);
        break;
    case ACT_REPEAT:
        handle(saga, action.order, routes[action.a].domain,
               order->log[routes[action.a].topic][action.b]);
        break;
    case ACT_PLACE:
    case ACT_SELECT:
    case ACT_SHIP:
    case ACT_PAY:
    case ACT_CANCEL:
        remember_refusals(order, action);
        send(saga, action.order, request_event(action));
        break;
    case ACT_DEADLINE:
        let_deadline_pass(saga, action);
        break;
    case ACT_CREDIT:
        saga->credits++;
        learn_fact(saga, PAYMENT, credit_event(saga->credits, PRICE));
        break;
    case ACT_OTHERS:
        others_apply(saga, (enum others_do)action.a, action.b);
        break;
    }
    settle(saga, action.order);
}

bool
saga_is_idle(const struct saga *saga, struct action action)
{
    if (action.kind != ACT_REPEAT)
        return false;
    const struct order_log *order = &saga->order[action.order];
    enum domain domain = routes[action.a].domain;
    const struct step *step = take_step(domain, order->rows[domain], saga->shared[domain],
                                        order->log[routes[action.a].topic][action.b]);
    return step->rows == order->rows[domain] && step->shared == saga->shared[domain] &&
           step->said_count == 0 && (step->dead_letters & ~order->dead_letters) == 0;
}

bool
saga_is_quiet(const struct order_log *order)
{
    for (uint32_t route = 0; route < route_count; route++)
        if (order->seen[route] < order->count[routes[route].topic])
            return false;
    return true;
}
