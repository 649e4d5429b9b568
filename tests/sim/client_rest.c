/* client_rest.c — the log as one process sees it: questions, and its producer.
 *
 * Contract  runtime/seams.h, runtime/kafka.h */
#include "sim/sim.h"
#include <stdio.h>

static struct sim *
sim_of(const struct client *client)
{
    return client->process->sim;
}

static bool
is_deaf(const struct client *client)
{
    return client->process->is_dead;
}

void
client_sleeps(const struct client *client, int wait_ms)
{
    client->process->sleep_us = (int64_t)wait_ms * 1000;
}

/* ---- questions --------------------------------------------------------------------------------------- */

static bool
offsets(void *self, int64_t which, struct kafka_partition *at, uint32_t count, struct error *err)
{
    struct client *client = self;

    if (is_deaf(client))
        return error_set(err, ERROR_RETRY, "killed");
    for (uint32_t i = 0; i < count; i++)
        at[i].offset =
            which == KAFKA_OFFSET_FIRST
                ? 0
                : broker_end(sim_of(client), event_type_of(at[i].topic), at[i].partition);
    return true;
}

static int64_t
known_end(void *self, const char *topic, int32_t partition)
{
    return broker_end(sim_of(self), event_type_of(topic), partition);
}

static bool
committed(void *self, struct kafka_partition *at, uint32_t count, struct error *err)
{
    struct client *client = self;

    if (is_deaf(client))
        return error_set(err, ERROR_RETRY, "killed");
    for (uint32_t i = 0; i < count; i++) {
        const struct group *group = &client->process->of->group;
        int64_t known = group->committed[event_type_of(at[i].topic)][at[i].partition];
        at[i].offset = known ? known - 1 : KAFKA_OFFSET_NONE;
    }
    return true;
}

/* The broker takes hints from members alone. */
static bool
commit(void *self, const struct kafka_partition *at, uint32_t count, bool wait, struct error *err)
{
    struct client *client = self;
    struct group *group = &client->process->of->group;

    (void)wait, (void)err;
    if (is_deaf(client) || client->group_seen != group->generation)
        return true;
    for (uint32_t i = 0; i < count; i++)
        group->committed[event_type_of(at[i].topic)][at[i].partition] = at[i].offset + 1;
    return true;
}

static bool
cluster_id(void *self, char *out, size_t out_bytes, struct error *err)
{
    if (is_deaf(self))
        return error_set(err, ERROR_RETRY, "killed");
    snprintf(out, out_bytes, "simulated");
    return true;
}

/* ---- producing --------------------------------------------------------------------------------------- */

static void
on_report(void *self, kafka_report *report, void *context)
{
    struct client *client = self;

    client->report = report;
    client->report_context = context;
}

static void
copy_headers(struct sim *sim, struct envelope *what, const struct kafka_outgoing *out)
{
    what->header_count = out->header_count;
    for (uint32_t i = 0; i < out->header_count; i++) {
        const struct kafka_header *from = &out->headers[i];
        what->headers[i] = (struct kafka_header){
            from->name, arena_text(sim->arena, from->value, from->value_bytes), from->value_bytes
        };
    }
}

static bool
send(void *self, const struct kafka_outgoing *out, struct error *err)
{
    struct client *client = self;
    struct sim *sim = sim_of(client);

    if (is_deaf(client))
        return error_set(err, ERROR_RETRY, "killed");
    if (client->producer.is_broken)
        return error_set(err, ERROR_RETRY, "the producer is broken");
    struct envelope *what = arena_take(sim->arena, sizeof *what);
    what->type = event_type_of(out->topic);
    what->partition =
        out->partition >= 0 ? out->partition : broker_partition_of(sim, out->key, out->key_bytes);
    what->key = out->key ? arena_text(sim->arena, out->key, out->key_bytes) : NULL;
    what->key_bytes = out->key_bytes;
    what->value = arena_text(sim->arena, out->value, out->value_bytes);
    what->value_bytes = out->value_bytes;
    what->opaque = out->opaque;
    copy_headers(sim, what, out);
    producer_put(&client->producer, what);
    return true;
}

static void
sent(void *self)
{
    (void)self;
}

static uint32_t
reports(void *self, int wait_ms)
{
    struct client *client = self;
    struct producer *producer = &client->producer;
    uint32_t count = 0;

    if (is_deaf(client))
        return 0;
    client_sleeps(client, wait_ms);
    for (; producer->reports && !client->process->is_dead; count++) {
        struct envelope *what = producer->reports;
        producer->reports = what->next;
        struct kafka_delivery delivery = {
            .ok = what->is_accepted,
            .reason = what->is_accepted ? "" : "lost",
            .topic = topics[what->type].name,
            .partition = what->partition,
            .opaque = what->opaque,
        };
        if (client->report)
            client->report(client->report_context, &delivery);
    }
    return count;
}

static bool
is_broken(void *self)
{
    return ((struct client *)self)->producer.is_broken;
}

static bool
rebirth(void *self, struct error *err)
{
    struct client *client = self;

    (void)err;
    producer_let_go(sim_of(client), &client->producer, client->report, client->report_context);
    return true;
}

void
client_rest_ops(struct log_ops *ops)
{
    *ops = (struct log_ops){
        .offsets = offsets,
        .known_end = known_end,
        .committed = committed,
        .commit = commit,
        .cluster_id = cluster_id,
        .on_report = on_report,
        .send = send,
        .sent = sent,
        .reports = reports,
        .is_broken = is_broken,
        .rebirth = rebirth,
    };
}
