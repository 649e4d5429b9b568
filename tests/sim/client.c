/* client.c — the log as one process sees it: a member of its group.
 *
 * Contract  runtime/seams.h, runtime/kafka.h */
#include "sim/sim.h"
#include <string.h>

#define SKIPS_MAX 2 /* the third reader that passes over a record is believed */

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

/* ---- membership -------------------------------------------------------------------------------------- */

static void
revoke(struct client *client)
{
    client->assigned_count = 0;
    client->is_assigned = client->is_started = client->is_paused = false;
    client->generation++;
}

static void
assign(struct client *client)
{
    struct sim *sim = sim_of(client);
    const struct served *served = client->process->of;

    for (unsigned type = 1; type < EV_COUNT; type++) {
        if (!topics[type].has_topic || !service_route(served->service, (enum event_type)type))
            continue;
        for (int32_t p = 0; p < (int32_t)sim->swarm.partitions; p++)
            if (group_owns(sim, &served->group, client->process, p)) {
                client->types[client->assigned_count] = (enum event_type)type;
                client->assigned[client->assigned_count++] =
                    (struct kafka_partition){ topics[type].name, p, KAFKA_OFFSET_NONE };
            }
    }
    client->is_assigned = true;
    client->group_seen = served->group.generation;
    client->generation++;
    STORY(sim, "%s %u is assigned %u partitions", served->service->name, client->process->number,
          client->assigned_count);
}

/* True: something changed, look at the generation. */
static bool
follow_group(struct client *client)
{
    if (client->is_assigned && client->group_seen != client->process->of->group.generation) {
        SOMETIMES(REBALANCED);
        revoke(client);
        return true;
    }
    if (client->is_assigned)
        return false;
    if (!group_has(&client->process->of->group, client->process))
        group_join(sim_of(client), &client->process->of->group, client->process);
    assign(client);
    return true;
}

static uint64_t
generation(void *self)
{
    return ((struct client *)self)->generation;
}

static uint32_t
assignment(void *self, const struct kafka_partition **out)
{
    struct client *client = self;

    *out = client->assigned;
    return client->assigned_count;
}

static bool
is_joined(void *self)
{
    return ((struct client *)self)->is_assigned;
}

static bool
rejoin(void *self, struct error *err)
{
    struct client *client = self;

    if (is_deaf(client))
        return error_set(err, ERROR_RETRY, "killed");
    revoke(client);
    group_leave(&client->process->of->group, client->process);
    group_join(sim_of(client), &client->process->of->group, client->process);
    return true;
}

/* ---- reading ----------------------------------------------------------------------------------------- */

static uint32_t
assigned_at(const struct client *client, const char *topic, int32_t partition)
{
    for (uint32_t i = 0; i < client->assigned_count; i++)
        if (client->assigned[i].topic == topic && client->assigned[i].partition == partition)
            return i;
    return UINT32_MAX;
}

static bool
start(void *self, const struct kafka_partition *at, uint32_t count, struct error *err)
{
    struct client *client = self;

    if (is_deaf(client))
        return error_set(err, ERROR_RETRY, "killed");
    for (uint32_t i = 0; i < count; i++) {
        enum event_type type = event_type_of(at[i].topic);
        uint32_t found = assigned_at(client, topics[type].name, at[i].partition);
        if (found == UINT32_MAX)
            return error_set(err, ERROR_RETRY, "%s/%d is not assigned", at[i].topic,
                             (int)at[i].partition);
        client->next[found] = at[i].offset;
        client->is_end_told[found] = false;
    }
    client->is_started = true;
    client->is_paused = false;
    return true;
}

static void
pause_reading(void *self)
{
    ((struct client *)self)->is_paused = true;
}

static void
resume_reading(void *self)
{
    ((struct client *)self)->is_paused = false;
}

static const struct message *
next_message(struct client *client, uint32_t at)
{
    int32_t partition = client->assigned[at].partition;
    const struct shelf *shelf = &sim_of(client)->shelves[client->types[at]][partition];

    while (client->next[at] < shelf->count) {
        const struct message *message = &shelf->at[client->next[at]];
        if (message->what)
            return message;
        SOMETIMES(GAP_CROSSED);
        client->next[at]++;
        client->is_end_told[at] = false;
    }
    return NULL;
}

static void
hand_out(struct client *client, uint32_t at, const struct message *message,
         struct kafka_record *out)
{
    const struct envelope *what = message->what;

    *out = (struct kafka_record){
        .topic = topics[what->type].name,
        .partition = what->partition,
        .offset = client->next[at]++,
        .at_ms = message->at_us / 1000,
        .key = what->key,
        .key_bytes = what->key_bytes,
        .value = what->value,
        .value_bytes = what->value_bytes,
        .handle = (void *)(uintptr_t)what,
    };
    client->is_end_told[at] = false;
}

static bool
tell_end(struct client *client, struct kafka_record *out)
{
    for (uint32_t i = 0; i < client->assigned_count; i++) {
        if (client->is_end_told[i])
            continue;
        client->is_end_told[i] = true;
        *out = (struct kafka_record){ .topic = client->assigned[i].topic,
                                      .partition = client->assigned[i].partition,
                                      .offset = client->next[i] };
        return true;
    }
    return false;
}

/* Only in front of another record, and not again and again: nobody could tell it from an offset that no record
 * has. */
static const struct message *
skip_one(struct client *client, uint32_t at, const struct message *message)
{
    struct shelf *shelf =
        &sim_of(client)->shelves[client->types[at]][client->assigned[at].partition];
    struct message *passed = &shelf->at[client->next[at]];

    client->next[at]++;
    const struct message *behind = next_message(client, at);
    if (behind && passed->skips < SKIPS_MAX) {
        SOMETIMES(RECORD_SKIPPED);
        passed->skips++;
        return behind;
    }
    client->next[at] = passed - shelf->at;
    return message;
}

/* Any partition that has something, beginning anywhere. */
static enum kafka_polled
read_one(struct client *client, struct kafka_record *out)
{
    struct sim *sim = sim_of(client);
    uint32_t count = client->assigned_count, from = chance_below(&sim->chance, count);

    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = (from + i) % count;
        const struct message *message = next_message(client, at);
        if (message && sim_suffers(sim, FAULT_SKIP))
            message = skip_one(client, at, message);
        if (!message)
            continue;
        hand_out(client, at, message, out);
        return KAFKA_RECORD;
    }
    return tell_end(client, out) ? KAFKA_END : KAFKA_NOTHING;
}

static enum kafka_polled
poll_one(void *self, int wait_ms, struct kafka_record *out, struct error *err)
{
    struct client *client = self;

    if (is_deaf(client))
        return KAFKA_NOTHING;
    if (follow_group(client)) {
        client_sleeps(client, 0);
        return KAFKA_NOTHING;
    }
    client_sleeps(client, wait_ms);
    if (!client->is_started || client->is_paused || client->assigned_count == 0)
        return KAFKA_NOTHING;
    if (sim_suffers(sim_of(client), FAULT_POLL)) {
        SOMETIMES(READING_FAILED);
        error_set(err, ERROR_RETRY, "a fetch failed");
        return KAFKA_FAILED;
    }
    return read_one(client, out);
}

static uint32_t
headers(void *self, const struct kafka_record *record, struct kafka_header *out)
{
    const struct envelope *what = record->handle;

    (void)self;
    memcpy(out, what->headers, sizeof *out * what->header_count);
    return what->header_count;
}

static void
release(void *self, struct kafka_record *record)
{
    (void)self, (void)record;
}

struct log
client_log(struct client *client)
{
    static struct log_ops ops;

    if (!ops.poll) {
        client_rest_ops(&ops);
        ops.poll = poll_one;
        ops.headers = headers;
        ops.release = release;
        ops.generation = generation;
        ops.assignment = assignment;
        ops.is_joined = is_joined;
        ops.start = start;
        ops.pause = pause_reading;
        ops.resume = resume_reading;
        ops.rejoin = rejoin;
    }
    return (struct log){ &ops, client };
}
