/* saga.c — what an action leaves behind.  See saga.h
 *
 * Contents   the beginning · logs · handling, and dying in the midst of it · what happens */
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
    size_t bytes = offsetof(struct saga, order) + world->orders * sizeof(struct order_log);
    return world->crashes ? bytes : bytes - sizeof(struct unsent);
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
keep_unsent(struct saga *saga, int order, enum domain domain, event_no event)
{
    struct unsent *unsent = &saga->order[order].unsent;
    if (unsent->count[domain] == UNSENT_MAX)
        saga->overflow = 1;
    else
        unsent->at[domain][unsent->count[domain]++] = event;
}

static void
publish_first(struct saga *saga, int order, enum domain domain)
{
    struct unsent *unsent = &saga->order[order].unsent;
    event_no first = unsent->at[domain][0];
    unsent->count[domain]--;
    memmove(&unsent->at[domain][0], &unsent->at[domain][1],
            sizeof unsent->at[domain][0] * unsent->count[domain]);
    unsent->at[domain][unsent->count[domain]] = 0;
    publish(saga, order, first);
}

bool
saga_is_published(const struct saga *saga)
{
    for (int domain = 0; world->crashes && domain < DOMAINS; domain++)
        if (saga->order[0].unsent.count[domain] > 0)
            return false;
    return true;
}

void
saga_publish_all(struct saga *saga)
{
    for (int domain = 0; domain < DOMAINS; domain++)
        while (saga->order[0].unsent.count[domain] > 0)
            publish_first(saga, 0, (enum domain)domain);
}

/* How many of what is said is in the topics before the service is gone.  Behind what is unsent, nothing is. */
static int
published_at(const struct saga *saga, int order, enum domain domain, int said, uint8_t crash)
{
    if (world->crashes && saga->order[order].unsent.count[domain] > 0)
        return 0;
    if (crash == LIVES)
        return said;
    return crash >= DIES_PUBLISHING ? crash - DIES_PUBLISHING + 1 : 0;
}

static bool
is_committed(uint8_t crash)
{
    return crash == LIVES || crash >= COMMIT_APPLIED;
}

static void
say(struct saga *saga, int order, enum domain domain, const struct step *step, uint8_t crash)
{
    int published = published_at(saga, order, domain, step->said_count, crash);
    for (int i = 0; i < step->said_count; i++)
        if (i < published)
            publish(saga, order, step->said[i]);
        else if (steps_damage() != FORGETS_OUTBOX)
            keep_unsent(saga, order, domain, step->said[i]);
}

/* Whether the message's position moves. */
static bool
handle_until(struct saga *saga, int order, enum domain domain, event_no event, uint8_t crash)
{
    struct order_log *log = &saga->order[order];
    struct step step = *take_step(domain, log->rows[domain], saga->shared[domain], event);
    if (!is_committed(crash)) {
        if (steps_damage() == PUBLISHES_FIRST && crash >= DIES_AFTER_DECIDE)
            say(saga, order, domain, &step, LIVES);
        return steps_damage() == MOVES_FIRST;
    }
    log->rows[domain] = step.rows;
    saga->shared[domain] = step.shared;
    log->dead_letters |= step.dead_letters;
    say(saga, order, domain, &step, crash);
    return true;
}

static void
handle(struct saga *saga, int order, enum domain domain, event_no event)
{
    (void)handle_until(saga, order, domain, event, LIVES);
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
    for (uint32_t route = 0; route < route_count && !world->crashes; route++) {
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
    if (world->crashes || (topic == EV_SHIPPING_SUBMITTED && world->ship2.count > 0))
        return;
    for (uint32_t route = 0; route < route_count; route++)
        if (routes[route].topic == topic) {
            saga->order[order].seen[route]++;
            handle(saga, order, routes[route].domain, request);
        }
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
    (void)handle_until(saga, action.order, ORDER, request_event(action), action.crash);
    if (is_committed(action.crash) && (before == RESERVED || before == PENDING))
        order->deadline_passed = 1;
}

void
saga_apply(struct saga *saga, struct action action)
{
    struct order_log *order = &saga->order[action.order];
    switch ((enum action_kind)action.kind) {
    case ACT_DELIVER:
        order->seen[action.a] += handle_until(
            saga, action.order, routes[action.a].domain,
            order->log[routes[action.a].topic][order->seen[action.a]], action.crash);
        break;
    case ACT_REPEAT:
        (void)handle_until(saga, action.order, routes[action.a].domain,
                           order->log[routes[action.a].topic][action.b], action.crash);
        break;
    case ACT_PUBLISH:
        publish_first(saga, action.order, (enum domain)action.a);
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

const struct step *
saga_step(const struct saga *saga, int number, uint32_t route, int position)
{
    const struct order_log *order = &saga->order[number];
    enum domain domain = routes[route].domain;
    return take_step(domain, order->rows[domain], saga->shared[domain],
                     order->log[routes[route].topic][position]);
}

bool
saga_is_idle(const struct saga *saga, struct action action)
{
    if (!is_committed(action.crash))
        return steps_damage() < FORGETS_OUTBOX;
    if (action.kind != ACT_REPEAT)
        return false;
    const struct order_log *order = &saga->order[action.order];
    enum domain domain = routes[action.a].domain;
    const struct step *step = saga_step(saga, action.order, action.a, action.b);
    return step->rows == order->rows[domain] && step->shared == saga->shared[domain] &&
           step->said_count == 0 && (step->dead_letters & ~order->dead_letters) == 0;
}

bool
saga_is_quiet(const struct order_log *order)
{
    for (uint32_t route = 0; route < route_count; route++)
        if (order->seen[route] < order->count[routes[route].topic])
            return false;
    for (int domain = 0; world->crashes && domain < DOMAINS; domain++)
        if (order->unsent.count[domain] > 0)
            return false;
    return true;
}
