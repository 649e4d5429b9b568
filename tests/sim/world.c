/* world.c — one world: made from its seed, run through misfortune, and brought to rest.  Contract: sim.h */
#include "base/arena.h"
#include "coupon/coupon.h"
#include "export/export.h"
#include "order/order.h"
#include "partner/partner.h"
#include "payment/payment.h"
#include "sim/sim.h"
#include "stock/stock.h"
#include "timeline/timeline.h"
#include <stdio.h>
#include <string.h>

#define REST_US_MAX   (60 * SECOND_US) /* P11 */
#define REST_STEP_MAX 400000

struct sim *sim_running;
const struct twin_ops *sim_twin;

/* ---- making ------------------------------------------------------------------------------------------ */

static void
add_service(struct sim *sim, const struct service *service, const char *group_name)
{
    struct served *served = &sim->services[sim->service_count];

    served->sim = sim;
    served->service = service;
    served->group_name = group_name;
    served->process_count = sim->swarm.instances[sim->service_count++];
    database_init(sim, &served->database, served);
    for (uint32_t i = 0; i < served->process_count; i++) {
        served->processes[i].sim = sim;
        served->processes[i].of = served;
        process_start(&served->processes[i]);
    }
}

static struct sim *
sim_new(const struct plan *plan)
{
    struct arena *arena = arena_new(4 << 20);
    struct sim *sim = arena_take(arena, sizeof *sim);

    sim->plan = *plan;
    sim->swarm = swarm_of(plan);
    sim->chance = chance_of(plan->seed, 2 + plan->salt * 1000);
    sim->chance.tape = plan->tape;
    sim->arena = arena;
    sim->scratch = arena_new(1 << 16);
    sim->now_us = PRODUCED_BY_US;
    sim->auditor = auditor_new(
        arena, &(struct auditor_settings){ .keeps_order = sim->swarm.per_mille[FAULT_FOREIGN] == 0,
                                           .parks = sim->swarm.per_mille[FAULT_POISON] > 0,
                                           .order_deadline_us = SIM_ORDER_DEADLINE_US });
    sim_running = sim;
    add_service(sim, &stock_service, "jumun-stock");
    add_service(sim, &coupon_service, "jumun-coupon");
    add_service(sim, &order_service, "jumun-order");
    add_service(sim, &payment_service, "jumun-payment");
    add_service(sim, &export_service, "jumun-export");
    add_service(sim, &partner_service, "jumun-partner");
    if (sim->swarm.has_timeline)
        add_service(sim, &timeline_service, "jumun-timeline");
    catalogue_publish(sim);
    shoppers_init(sim);
    return sim;
}

static void
sim_free(struct sim *sim)
{
    sim->is_calm = true;
    for (uint32_t i = 0; i < sim->service_count; i++)
        for (uint32_t j = 0; j < sim->services[i].process_count; j++)
            if (sim->services[i].processes[j].loop)
                process_end(&sim->services[i].processes[j]);
    sim_running = NULL;
    arena_free(sim->scratch);
    arena_free(sim->arena);
}

bool
sim_has_failed(const struct sim *sim)
{
    return auditor_invariant(sim->auditor) != NULL;
}

bool
sim_suffers(struct sim *sim, enum fault fault)
{
    return !sim->is_calm && chance_of_1000(&sim->chance, sim->swarm.per_mille[fault]);
}

/* ---- who is next ------------------------------------------------------------------------------------- */

#define RUNNABLE_MAX (SERVICES_MAX * SWARM_INSTANCES_MAX)

static bool
run_process(struct sim *sim)
{
    struct process *ready[RUNNABLE_MAX];
    uint32_t count = 0;

    for (uint32_t i = 0; i < sim->service_count; i++)
        for (uint32_t j = 0; j < sim->services[i].process_count; j++)
            if (process_may_run(&sim->services[i].processes[j]))
                ready[count++] = &sim->services[i].processes[j];
    if (count == 0)
        return false;
    process_step(ready[chance_below(&sim->chance, count)]);
    return true;
}

static bool
run_shopper(struct sim *sim)
{
    struct shopper *ready[SWARM_ORDERS_MAX];
    uint32_t count = 0;

    for (uint32_t i = 0; i < sim->shopper_count; i++)
        if (sim->shoppers[i].act_at_us <= sim->now_us)
            ready[count++] = &sim->shoppers[i];
    if (count == 0)
        return false;
    shopper_act(sim, ready[chance_below(&sim->chance, count)]);
    return true;
}

static bool
run_groups(struct sim *sim)
{
    for (uint32_t i = 0; i < sim->service_count; i++)
        if (group_expire(sim, &sim->services[i].group))
            return true;
    return false;
}

static int64_t
earlier(int64_t one, int64_t other)
{
    return one < other ? one : other;
}

static int64_t
next_of_service(const struct served *served)
{
    int64_t at_us = INT64_MAX;

    for (uint32_t i = 0; i < served->process_count; i++) {
        const struct producer *producer = &served->processes[i].client.producer;
        if (served->processes[i].depth == 0)
            at_us = earlier(at_us, served->processes[i].wake_at_us);
        if (producer->first && !producer->is_broken)
            at_us = earlier(at_us, producer->ready_at_us);
    }
    for (uint32_t i = 0; i < served->group.member_count; i++)
        if (served->group.members[i].expires_at_us)
            at_us = earlier(at_us, served->group.members[i].expires_at_us);
    return at_us;
}

static void
jump(struct sim *sim)
{
    int64_t at_us = INT64_MAX;

    for (uint32_t i = 0; i < sim->service_count; i++)
        at_us = earlier(at_us, next_of_service(&sim->services[i]));
    for (uint32_t i = 0; i < sim->shopper_count; i++)
        at_us = earlier(at_us, sim->shoppers[i].act_at_us);
    for (const struct producer *orphan = sim->orphans; orphan; orphan = orphan->next)
        at_us = earlier(at_us, orphan->ready_at_us);
    sim->now_us = at_us > sim->now_us && at_us != INT64_MAX ? at_us : sim->now_us + 1000;
}

static void
run_late(struct sim *sim)
{
    for (uint32_t i = 0; i < sim->service_count; i++)
        if (sim->services[i].database.late_count > 0 &&
            (sim->is_calm || chance_of_1000(&sim->chance, 30)))
            late_arrive(sim, &sim->services[i].database);
}

static void
step(struct sim *sim)
{
    uint32_t kind = chance_below(&sim->chance, 8);

    if (sim->depth == 0)
        arena_reset(sim->scratch, 1 << 20);
    sim->steps++;
    sim->now_us += chance_below(&sim->chance, 300);
    nemesis_step(sim);
    run_late(sim);
    if (run_groups(sim))
        return;
    if (kind == 0 && run_shopper(sim))
        return;
    if (kind <= 3 && network_step(sim))
        return;
    if (run_process(sim) || network_step(sim) || run_shopper(sim))
        return;
    jump(sim);
}

void
sim_steps(struct sim *sim, uint32_t most, int64_t until_us)
{
    while (most-- > 0 && sim->now_us < until_us && !sim_has_failed(sim))
        step(sim);
}

/* ---- rest -------------------------------------------------------------------------------------------- */

/* The end of what can be read: an offset that no record has may be the last. */
static int64_t
readable_end(const struct sim *sim, enum event_type type, int32_t partition)
{
    const struct shelf *shelf = &sim->shelves[type][partition];
    uint32_t end = shelf->count;

    while (end > 0 && !shelf->at[end - 1].what)
        end--;
    return end;
}

static const char *
unfinished_position(const struct sim *sim, struct served *served)
{
    for (uint32_t i = 0; i < served->service->route_count; i++) {
        enum event_type type = served->service->routes[i].type;
        for (int32_t p = 0; topics[type].has_topic && p < (int32_t)sim->swarm.partitions; p++) {
            const struct stored_position *position =
                database_position(&served->database, topics[type].name, p);
            int64_t next = position ? position->at.next_offset : 0;
            if (next < readable_end(sim, type, p))
                return "a topic is not read to its end";
        }
    }
    for (uint32_t i = 0; i < served->database.position_count; i++) {
        const struct store_position *at = &served->database.positions[i].at;
        if (at->published_next != at->next_offset)
            return arena_printf(sim->scratch, "%s/%d is published to %lld of %lld", at->name,
                                (int)at->partition, (long long)at->published_next,
                                (long long)at->next_offset);
    }
    return NULL;
}

static const char *
unfinished_service(const struct sim *sim, struct served *served)
{
    const struct database *database = &served->database;

    for (uint32_t i = 0; i < served->process_count; i++)
        if (!served->processes[i].loop || !served->processes[i].is_idle ||
            served->processes[i].client.group_seen != served->group.generation)
            return "a process is busy";
    for (uint32_t i = 0; i < database->parked_count; i++)
        if (!database->parked[i].is_gone)
            return "an event is parked";
    for (uint32_t i = 0; i < database->tables[0].count && served->service->timer; i++)
        for (int32_t p = 0; p < (int32_t)sim->swarm.partitions; p++) {
            int64_t at_us = statement_deadline(database->tables[0].rows[i], p);
            if (at_us && at_us <= sim->now_us)
                return "a deadline has passed";
        }
    return unfinished_position(sim, served);
}

static const char shopping[] = "a shopper has more to do";

/* NULL: all is at rest. */
static const char *
unfinished(struct sim *sim)
{
    for (uint32_t i = 0; i < sim->shopper_count; i++)
        if (sim->shoppers[i].act_at_us != INT64_MAX)
            return shopping;
    if (network_has_work(sim))
        return "a record is on its way";
    for (uint32_t i = 0; i < sim->service_count; i++) {
        const char *why = unfinished_service(sim, &sim->services[i]);
        if (why)
            return arena_printf(sim->scratch, "%s: %s", sim->services[i].service->name, why);
    }
    return NULL;
}

static void
settle(struct sim *sim, bool is_over)
{
    int64_t until_us = sim->now_us + REST_US_MAX;
    const char *why = "";

    for (uint32_t n = 0; n < REST_STEP_MAX && sim->now_us < until_us && why; n++) {
        sim_steps(sim, 40, INT64_MAX);
        nemesis_repair(sim); /* what had failed before may be parked after it was mended */
        if (sim_has_failed(sim))
            return;
        why = unfinished(sim);
        if (why == shopping)
            until_us = sim->now_us + REST_US_MAX;
    }
    if (why) {
        auditor_fail(sim->auditor, "P11", "it does not come to rest: %s", why);
        return;
    }
    for (uint32_t i = 0; i < sim->service_count; i++) {
        struct rows rows = { &sim->services[i].database };
        auditor_rest_rows(sim->auditor, sim->services[i].service->name, &rows);
    }
    auditor_rest(sim->auditor, sim->now_us, is_over);
}

static void
live(struct sim *sim)
{
    /* misfortune goes on for a while after all seems done */
    for (uint32_t n = 0; n < 4 && sim->steps < sim->swarm.steps_max && !sim_has_failed(sim);)
        for (sim_steps(sim, 100, INT64_MAX); n < 4 && !unfinished(sim); n++)
            sim_steps(sim, 50, INT64_MAX);
    STORY(sim, "from here on nothing fails any more");
    sim->is_calm = true;
    nemesis_repair(sim);
    settle(sim, false);
    if (sim_has_failed(sim))
        return;
    STORY(sim, "every deadline passes");
    sim->now_us += 2 * SIM_ORDER_DEADLINE_US;
    sim_steps(sim, 200, INT64_MAX);
    settle(sim, true);
}

void
sim_run(const struct plan *plan, struct outcome *out)
{
    memset(sometimes_seen, 0, sizeof sometimes_seen);
    struct sim *sim = sim_new(plan);

    live(sim);
    if (sim_twin)
        sim_twin->finished(sim);
    *out = (struct outcome){ .invariant = auditor_invariant(sim->auditor),
                             .steps = sim->steps,
                             .sagas = auditor_sagas(sim->auditor),
                             .events = auditor_events(sim->auditor) };
    snprintf(out->text, sizeof out->text, "%s", auditor_text(sim->auditor));
    sim_free(sim);
}
