/* network.c — records on their way from producers to the log, and the reports of them.  Contract: sim.h
 *
 * Order    within a partition a producer's records arrive in order or not at all (it is idempotent); what it
 *          held when it was let go arrives as a beginning of what was sent, or not.  Across partitions
 *          there is no order. */
#include "sim/sim.h"
#include <string.h>

void
producer_put(struct producer *producer, struct envelope *what)
{
    what->next = NULL;
    if (producer->last)
        producer->last->next = what;
    else
        producer->first = what;
    producer->last = what;
    producer->on_way++;
}

static void
take_out(struct producer *producer, struct envelope *what)
{
    struct envelope *before = NULL;

    for (struct envelope *at = producer->first; at != what; at = at->next)
        before = at;
    if (before)
        before->next = what->next;
    else
        producer->first = what->next;
    if (producer->last == what)
        producer->last = before;
    producer->on_way--;
    what->next = NULL;
}

static void
put_report(struct producer *producer, struct envelope *what)
{
    if (producer->reports)
        producer->reports_last->next = what;
    else
        producer->reports = what;
    producer->reports_last = what;
}

/* ---- arriving ---------------------------------------------------------------------------------------- */

/* Any record on its way stands for its partition: the first of that partition arrives. */
static struct envelope *
draw_one(struct sim *sim, struct producer *producer)
{
    uint32_t skip = chance_half(&sim->chance) ? 0 : chance_below(&sim->chance, producer->on_way);
    struct envelope *drawn = producer->first;

    for (; skip > 0; skip--)
        drawn = drawn->next;
    for (struct envelope *at = producer->first; at != drawn; at = at->next)
        if (at->type == drawn->type && at->partition == drawn->partition)
            return at;
    return drawn;
}

static void
tell(struct sim *sim, struct producer *producer, struct envelope *what, bool is_accepted)
{
    what->is_accepted = is_accepted;
    put_report(producer, what);
    struct client *client = (struct client *)((char *)producer - offsetof(struct client, producer));
    process_wake(client->process, sim->now_us);
}

static void
arrive(struct sim *sim, struct producer *producer, bool is_orphan)
{
    struct envelope *what = draw_one(sim, producer);

    take_out(producer, what);
    if (!is_orphan && sim_suffers(sim, FAULT_SEND)) {
        SOMETIMES(SEND_FAILED);
        STORY(sim, "%s: a record for %s did not arrive", producer->of->service->name,
              topics[what->type].name);
        producer->is_broken = true;
        producer->is_cut[what->type][what->partition] = true;
        nemesis_at_loss(sim, producer->of);
        tell(sim, producer, what, false);
        return;
    }
    if (is_orphan)
        SOMETIMES(ZOMBIE_PUBLISHED);
    broker_append(sim, what, producer->of->service->name);
    if (is_orphan)
        return;
    bool is_lost = sim_suffers(sim, FAULT_LOST_ACK);
    if (is_lost) {
        SOMETIMES(ACKNOWLEDGEMENT_LOST);
        producer->is_broken = true;
    }
    tell(sim, producer, what, !is_lost);
}

/* ---- who is next ------------------------------------------------------------------------------------- */

static bool
can_arrive(const struct sim *sim, const struct producer *producer)
{
    return producer->first && !producer->is_broken && producer->ready_at_us <= sim->now_us;
}

#define SENDERS_MAX 256

struct senders {
    struct producer *at[SENDERS_MAX];
    uint32_t count, living; /* the living come first */
};

static void
add_sender(const struct sim *sim, struct senders *senders, struct producer *producer)
{
    if (senders->count < SENDERS_MAX && can_arrive(sim, producer))
        senders->at[senders->count++] = producer;
}

static struct senders
senders_of(struct sim *sim)
{
    struct senders senders;

    senders.count = 0;
    for (uint32_t i = 0; i < sim->service_count; i++)
        for (uint32_t j = 0; j < sim->services[i].process_count; j++)
            add_sender(sim, &senders, &sim->services[i].processes[j].client.producer);
    senders.living = senders.count;
    for (struct producer *orphan = sim->orphans; orphan; orphan = orphan->next)
        add_sender(sim, &senders, orphan);
    return senders;
}

bool
network_has_work(const struct sim *sim)
{
    for (uint32_t i = 0; i < sim->service_count; i++)
        for (uint32_t j = 0; j < sim->services[i].process_count; j++)
            if (sim->services[i].processes[j].client.producer.first)
                return true;
    return sim->orphans != NULL;
}

static void
drop_empty_orphans(struct sim *sim)
{
    for (struct producer **at = &sim->orphans; *at;)
        if (!(*at)->first)
            *at = (*at)->next;
        else
            at = &(*at)->next;
}

/* Several records of one producer at once, as a request holds them. */
bool
network_step(struct sim *sim)
{
    struct senders senders = senders_of(sim);
    uint32_t most = 1 + chance_below(&sim->chance, 6);

    if (senders.count == 0)
        return false;
    uint32_t drawn = chance_below(&sim->chance, senders.count);
    struct producer *producer = senders.at[drawn];
    for (uint32_t n = 0; n < most && can_arrive(sim, producer); n++)
        arrive(sim, producer, drawn >= senders.living);
    if (sim_suffers(sim, FAULT_SLOW))
        producer->ready_at_us = sim->now_us + chance_between(&sim->chance, 10000, 3 * SECOND_US);
    drop_empty_orphans(sim);
    return true;
}

/* ---- letting go -------------------------------------------------------------------------------------- */

/* A copy, for the original goes back to its sender with its report. */
static void
keep_on_way(struct sim *sim, struct producer *orphan, const struct envelope *what)
{
    struct envelope *copy = arena_copy(sim->arena, what, sizeof *what);

    producer_put(orphan, copy);
}

static void
orphan_rest(struct sim *sim, const struct producer *producer)
{
    bool is_cut[EV_COUNT][PARTITIONS_MAX];
    struct producer *orphan = arena_take(sim->arena, sizeof *orphan);

    memcpy(is_cut, producer->is_cut, sizeof is_cut);
    orphan->of = producer->of;
    orphan->ready_at_us = sim->now_us + chance_between(&sim->chance, 0, 10 * SECOND_US);
    for (const struct envelope *at = producer->first; at; at = at->next) {
        is_cut[at->type][at->partition] |= chance_of_1000(&sim->chance, 400);
        if (!is_cut[at->type][at->partition])
            keep_on_way(sim, orphan, at);
    }
    orphan->next = sim->orphans;
    if (orphan->first)
        sim->orphans = orphan;
}

static void
report_all(struct envelope *first, kafka_report *report, void *context)
{
    for (struct envelope *at = first, *next; at; at = next) {
        next = at->next;
        struct kafka_delivery delivery = { .reason = "purged",
                                           .topic = topics[at->type].name,
                                           .partition = at->partition,
                                           .opaque = at->opaque };
        if (report)
            report(context, &delivery);
    }
}

void
producer_let_go(struct sim *sim, struct producer *producer, kafka_report *report, void *context)
{
    struct envelope *reports = producer->reports, *first = producer->first;

    if (first)
        orphan_rest(sim, producer);
    *producer = (struct producer){ .of = producer->of };
    report_all(reports, report, context);
    report_all(first, report, context);
}
