/* process.c — lives and deaths of one process: production's loop between two seams.  Contract: sim.h
 *
 * Killed   it is deaf from that moment; the step it was in runs out without any effect, then its memory
 *          is given back as at any end.  Nothing jumps. */
#include "sim/sim.h"
#include <string.h>

#define DEAD_FOR_US_MAX (3 * SECOND_US)

/* ---- its clock and its chance ------------------------------------------------------------------------ */

static int64_t
clock_us(void *self)
{
    return ((struct process *)self)->sim->now_us;
}

static struct uuid
draw_uuid(void *self)
{
    struct uuid drawn;

    for (int i = 0; i < 16; i += 8) {
        uint64_t word = chance_next(&((struct process *)self)->sim->chance);
        memcpy(drawn.bytes + i, &word, sizeof word);
    }
    return drawn;
}

static uint32_t
draw_below(void *self, uint32_t below)
{
    return chance_below(&((struct process *)self)->sim->chance, below);
}

static const struct world_ops world_ops = { clock_us, clock_us, draw_uuid, draw_below };

/* ---- life -------------------------------------------------------------------------------------------- */

void
process_wake(struct process *process, int64_t at_us)
{
    if (process->loop && process->wake_at_us > at_us)
        process->wake_at_us = at_us;
}

static struct loop_settings
settings_of(const struct process *process)
{
    const struct sim *sim = process->sim;

    return (struct loop_settings){
        .service = process->of->service,
        .group = process->of->group_name,
        .topic_prefix = "",
        .batch_max = sim->swarm.batch_max,
        .outbox_keep_us = sim->swarm.per_mille[FAULT_PRUNE] ? SECOND_US : 3600 * SECOND_US,
        .domain = { .order_deadline_us = SIM_ORDER_DEADLINE_US },
        .unpublished_max = sim->swarm.unpublished_max,
    };
}

void
process_start(struct process *process)
{
    struct sim *sim = process->sim;
    struct loop_settings settings = settings_of(process);

    process->is_dead = process->is_frozen = process->is_stopping = process->is_idle = false;
    process->is_doomed = false;
    process->wake_at_us = sim->now_us;
    process->number = ++sim->lives;
    uint64_t generation = process->client.generation + 1;
    process->client = (struct client){ .process = process, .generation = generation };
    process->client.producer.of = process->of;
    process->session = (struct session){ .process = process, .database = &process->of->database };
    STORY(sim, "%s %u starts", process->of->service->name, process->number);
    group_join(sim, &process->of->group, process);
    struct store store = sim_twin ? sim_twin->store(&process->session)
                                  : session_store(&process->session);
    process->loop = loop_new(&settings, client_log(&process->client), store,
                             (struct world){ &world_ops, process });
}

/* Its memory is given back; what it had sent may still arrive. */
void
process_end(struct process *process)
{
    struct sim *sim = process->sim;

    process->is_dead = true;
    loop_free(process->loop);
    process->loop = NULL;
    if (sim_twin)
        sim_twin->ended(&process->session);
    producer_let_go(sim, &process->client.producer, NULL, NULL);
    process->wake_at_us = sim->now_us + chance_between(&sim->chance, 0, DEAD_FOR_US_MAX);
}

void
process_kill(struct process *process, const char *why)
{
    struct sim *sim = process->sim;

    if (!process->loop || process->is_dead)
        return;
    STORY(sim, "%s %u is killed: %s", process->of->service->name, process->number, why);
    process->is_dead = true;
    session_rollback(&process->session);
    process->session.is_open = false;
    group_lose(sim, &process->of->group, process);
    if (process->depth == 0)
        process_end(process);
}

/* ---- steps ------------------------------------------------------------------------------------------- */

bool
process_may_run(const struct process *process)
{
    return process->depth == 0 && process->wake_at_us <= process->sim->now_us;
}

static void
stopped(struct process *process)
{
    SOMETIMES(STOPPED_GRACEFULLY);
    STORY(process->sim, "%s %u has drained", process->of->service->name, process->number);
    group_leave(&process->of->group, process);
    process_end(process);
}

static void
after_step(struct process *process, enum loop_progress progress, const struct error *err)
{
    struct sim *sim = process->sim;

    if (process->is_dead) {
        process_end(process);
        return;
    }
    if (progress == LOOP_FAILED) {
        auditor_fail(sim->auditor, "P11", "%s stops: %s", process->of->service->name, err->message);
        return;
    }
    if (process->is_stopping && loop_is_drained(process->loop)) {
        stopped(process);
        return;
    }
    process->is_idle = progress == LOOP_IDLE;
    /* whoever has nothing to do sleeps longer than it asked to: what comes wakes it */
    process->wake_at_us = sim->now_us + (process->is_idle ? process->sleep_us * 3 : 0);
}

void
process_step(struct process *process)
{
    struct sim *sim = process->sim;
    struct process *before = sim->current;
    struct error err;

    if (!process->loop) {
        process_start(process);
        return;
    }
    if (process->is_doomed) {
        process_kill(process, "before it reads what has come");
        return;
    }
    sim->current = process;
    process->depth++;
    process->sleep_us = 0;
    enum loop_progress progress = loop_step(process->loop, &err);
    process->depth--;
    sim->current = before;
    after_step(process, progress, &err);
}
