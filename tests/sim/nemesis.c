/* nemesis.c — misfortune, drawn by the world's chance: between steps, and at the fault points within.
 *
 * Contract  sim.h; runtime/fault.h */
#include "runtime/fault.h"
#include "sim/sim.h"
#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 3
#define GAPS_MAX  40 /* each is read again by a new member: more of them are a backlog of minutes */

void (*fault_hook)(const char *name) = nemesis_at_fault_point;

/* ---- in the middle of a step ------------------------------------------------------------------------- */

static void
freeze(struct sim *sim, struct process *process, const char *name)
{
    int64_t until_us = sim->now_us + chance_between(&sim->chance, 100000, 20 * SECOND_US);
    struct group *group = &process->of->group;

    SOMETIMES(FROZEN_IN_STEP);
    STORY(sim, "%s %u freezes at %s", process->of->service->name, process->number, name);
    process->is_frozen = true;
    for (uint32_t i = 0; i < group->member_count; i++)
        if (group->members[i].process == process)
            group->members[i].expires_at_us = sim->now_us + 6 * SECOND_US;
    sim_steps(sim, 3000, until_us);
    process->is_frozen = false;
    if (sim_suffers(sim, FAULT_CRASH)) {
        SOMETIMES(CRASHED_FROZEN);
        process_kill(process, "while it was frozen");
    }
    STORY(sim, "%s %u goes on", process->of->service->name, process->number);
}

void
nemesis_at_fault_point(const char *name)
{
    struct sim *sim = sim_running;
    struct process *process = sim ? sim->current : NULL;

    if (!process || process->is_dead || sim->is_calm || sim_has_failed(sim))
        return;
    if (sim_suffers(sim, FAULT_CRASH)) {
        SOMETIMES(CRASHED);
        if (strcmp(name, "after_commit_before_publish") == 0)
            SOMETIMES(CRASHED_UNPUBLISHED);
        process_kill(process, name);
        return;
    }
    if (sim->depth >= DEPTH_MAX)
        return;
    sim->depth++;
    if (sim_suffers(sim, FAULT_FREEZE)) {
        freeze(sim, process, name);
    } else if (sim_suffers(sim, FAULT_INTERLEAVE)) {
        SOMETIMES(INTERLEAVED);
        sim_steps(sim, 1 + chance_below(&sim->chance, 30), sim->now_us + SECOND_US);
    }
    sim->depth--;
}

/* ---- where it hurts ---------------------------------------------------------------------------------- */

static void
send_away(struct sim *sim, struct served *served, int64_t most_us)
{
    int64_t until_us = sim->now_us + chance_between(&sim->chance, 50000, most_us);

    if (served->database.away_until_us < until_us)
        served->database.away_until_us = until_us;
    STORY(sim, "the database of %s is away", served->service->name);
}

static void
strike(struct sim *sim, struct served *served)
{
    if (sim->swarm.per_mille[FAULT_AWAY] && chance_half(&sim->chance))
        send_away(sim, served, 6 * SECOND_US);
    if (!sim->swarm.per_mille[FAULT_CRASH] || chance_half(&sim->chance))
        return;
    for (uint32_t i = 0; i < served->process_count; i++) {
        served->processes[i].is_doomed = true;
        process_wake(&served->processes[i], 0);
    }
}

/* One that is to read it is struck just now; most of all when it is about money. */
void
nemesis_at_record(struct sim *sim, enum event_type type)
{
    uint32_t from = chance_below(&sim->chance, sim->service_count);
    uint32_t often = type == EV_PAYMENT_COMPLETED ? 300 : 20;

    if (sim->is_calm || !chance_of_1000(&sim->chance, often))
        return;
    for (uint32_t i = 0; i < sim->service_count; i++) {
        struct served *served = &sim->services[(from + i) % sim->service_count];
        if (service_route(served->service, type)) {
            strike(sim, served);
            return;
        }
    }
}

/* What loses a record loses the database with it, some of the time. */
void
nemesis_at_loss(struct sim *sim, const struct served *served)
{
    if (sim->is_calm || !sim->swarm.per_mille[FAULT_AWAY] || !chance_of_1000(&sim->chance, 300))
        return;
    send_away(sim, (struct served *)(uintptr_t)served, SECOND_US);
}

/* ---- between steps ----------------------------------------------------------------------------------- */

static struct served *
any_service(struct sim *sim)
{
    return &sim->services[chance_below(&sim->chance, sim->service_count)];
}

static void
move_partitions(struct sim *sim)
{
    struct served *served = any_service(sim);
    struct process *process = &served->processes[chance_below(&sim->chance, served->process_count)];

    if (!process->loop || process->is_stopping)
        return;
    if (chance_half(&sim->chance)) {
        STORY(sim, "%s %u is asked to stop", served->service->name, process->number);
        process->is_stopping = true;
        loop_stop(process->loop);
        process_wake(process, 0);
        return;
    }
    STORY(sim, "the group of %s rebalances", served->service->name);
    group_leave(&served->group, process);
    group_join(sim, &served->group, process);
}

static const struct envelope *
any_record(struct sim *sim)
{
    for (int tries = 0; tries < 8; tries++) {
        const struct shelf *shelf =
            &sim->shelves[1 + chance_below(&sim->chance, EV_COUNT - 1)]
                         [chance_below(&sim->chance, sim->swarm.partitions)];
        const struct message *message =
            shelf->count ? &shelf->at[chance_below(&sim->chance, shelf->count)] : NULL;
        if (message && message->what && message->what->type != EV_DEAD_LETTER &&
            !message->what->is_bad)
            return message->what;
    }
    return NULL;
}

static void
duplicate(struct sim *sim)
{
    const struct envelope *what = any_record(sim);

    if (!what || sim->record_count > 20000)
        return;
    struct envelope *copy = arena_copy(sim->arena, what, sizeof *what);
    if (sim->swarm.per_mille[FAULT_FOREIGN] && copy->type != EV_PARTNER_ORDER)
        copy->partition = (int32_t)chance_below(&sim->chance, sim->swarm.partitions);
    SOMETIMES(DUPLICATE_CONSUMED);
    broker_append(sim, copy, "nemesis");
}

static void
leave_gap(struct sim *sim)
{
    const struct envelope *what = sim->gaps < GAPS_MAX ? any_record(sim) : NULL;

    if (!what)
        return;
    sim->gaps++;
    broker_gap(sim, what->type, what->partition);
}

static void
poison(struct sim *sim)
{
    struct served *served = any_service(sim);
    const struct shopper *shopper = &sim->shoppers[chance_below(&sim->chance, sim->shopper_count)];

    if (served->database.poisoned_key[0] || sim->poisons >= 4)
        return;
    snprintf(served->database.poison, sizeof served->database.poison, "poison_%u", ++sim->poisons);
    memcpy(served->database.poisoned_key, shopper->order_id.text, sizeof shopper->order_id.text);
    STORY(sim, "%s cannot save %s", served->service->name, shopper->order_id.text);
}

static bool
has_open_redrive(const struct database *database, const struct store_parked *parked)
{
    for (uint32_t i = 0; i < database->redrive_count; i++)
        if (!database->redrives[i].is_closed &&
            strcmp(database->redrives[i].request.key, parked->key) == 0)
            return true;
    return false;
}

/* Somebody mends what is wrong, and asks for everything that is parked, now or later. */
static void
mend(struct sim *sim, struct served *served, bool is_asked)
{
    struct database *database = &served->database;

    database->poisoned_key[0] = '\0';
    if (!is_asked)
        return;
    for (uint32_t i = 0; i < database->parked_count; i++) {
        const struct store_parked *parked = &database->parked[i].row;
        if (database->parked[i].is_gone || has_open_redrive(database, parked) ||
            database->redrive_count == sizeof database->redrives / sizeof *database->redrives)
            continue;
        struct store_redrive *request = &database->redrives[database->redrive_count].request;
        *request = (struct store_redrive){ .id = ++database->redrive_count, .kind = parked->kind };
        memcpy(request->key, parked->key, strlen(parked->key) + 1);
        STORY(sim, "%s: a redrive of %s is asked for", served->service->name, parked->key);
    }
}

/* No value, no JSON, or another key than the body's. */
static void
publish_bad(struct sim *sim)
{
    const struct envelope *what = any_record(sim);
    static const char *const values[] = { "", "{", "[]", "{\"order_id\":7}" };
    uint32_t consumers = 0;

    if (!what || sim->bad_records >= 6)
        return;
    for (uint32_t i = 0; i < sim->service_count; i++)
        consumers += service_route(sim->services[i].service, what->type) != NULL;
    if (consumers == 0)
        return;
    sim->bad_records++;
    struct envelope *bad = arena_copy(sim->arena, what, sizeof *what);
    uint32_t kind = chance_below(&sim->chance, 6);
    bad->header_count = 0;
    bad->is_bad = true;
    if (kind == 5) {
        bad->value = NULL;
        bad->value_bytes = 0;
    } else if (kind == 4) {
        bad->key = chance_half(&sim->chance) ? "someone-else" : NULL;
        bad->key_bytes = bad->key ? (uint32_t)strlen(bad->key) : 0;
    } else {
        bad->value = values[kind];
        bad->value_bytes = (uint32_t)strlen(values[kind]);
    }
    auditor_expect_bad(sim->auditor, consumers);
    broker_append(sim, bad, "nemesis");
}

void
nemesis_step(struct sim *sim)
{
    if (sim_suffers(sim, FAULT_REBALANCE))
        move_partitions(sim);
    if (sim_suffers(sim, FAULT_DUPLICATE))
        duplicate(sim);
    if (sim_suffers(sim, FAULT_GAP))
        leave_gap(sim);
    if (sim_suffers(sim, FAULT_POISON))
        poison(sim);
    if (sim->poisons && chance_of_1000(&sim->chance, 2))
        mend(sim, any_service(sim), chance_of_1000(&sim->chance, 300));
    if (sim_suffers(sim, FAULT_BAD))
        publish_bad(sim);
    if (sim_suffers(sim, FAULT_AWAY) && chance_of_1000(&sim->chance, 100))
        send_away(sim, any_service(sim), 8 * SECOND_US);
}

void
nemesis_repair(struct sim *sim)
{
    for (uint32_t i = 0; i < sim->service_count; i++)
        mend(sim, &sim->services[i], true);
}
