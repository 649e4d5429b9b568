/* broker.c — topics as arrays, groups as lists of members.  Contract: sim.h
 *
 * Time stamps  the broker's clock, never going back within a partition.
 * Groups       range assignor; a member learns of a new assignment when it polls, and until then works
 *              on with the old one: worse than Kafka, which waits for it.  A member that does not poll is
 *              a zombie. */
#include "sim/sim.h"
#include <string.h>

#define SESSION_US (6 * SECOND_US)

/* ---- topics ------------------------------------------------------------------------------------------ */

static void
wake_readers(struct sim *sim, enum event_type type, int32_t partition)
{
    for (uint32_t i = 0; i < sim->service_count; i++) {
        struct served *served = &sim->services[i];
        if (!(topics[type].consumers & (uint32_t)served->service->party))
            continue;
        for (uint32_t j = 0; j < served->process_count; j++)
            if (group_owns(sim, &served->group, &served->processes[j], partition))
                process_wake(&served->processes[j], sim->now_us + 100);
    }
}

static struct message *
add_message(struct sim *sim, enum event_type type, int32_t partition)
{
    struct shelf *shelf = &sim->shelves[type][partition];

    if (shelf->count == shelf->capacity) {
        uint32_t larger = shelf->capacity ? shelf->capacity * 2 : 16;
        struct message *at = arena_take(sim->arena, sizeof *at * larger);
        if (shelf->count)
            memcpy(at, shelf->at, sizeof *at * shelf->count);
        shelf->at = at;
        shelf->capacity = larger;
    }
    struct message *message = &shelf->at[shelf->count++];
    *message = (struct message){ .at_us = sim->now_us / 1000 * 1000 };
    return message;
}

int64_t
broker_append(struct sim *sim, const struct envelope *what, const char *from)
{
    struct message *message = add_message(sim, what->type, what->partition);
    int64_t offset = sim->shelves[what->type][what->partition].count - 1;
    struct seen_record seen = {
        .topic = topics[what->type].name,
        .partition = what->partition,
        .offset = offset,
        .at_us = message->at_us,
        .key = what->key,
        .key_bytes = what->key_bytes,
        .value = what->value,
        .value_bytes = what->value_bytes,
        .from = from,
    };

    message->what = what;
    sim->record_count++;
    for (uint32_t i = 0; i < what->header_count; i++) {
        if (strcmp(what->headers[i].name, "ce_id") == 0)
            seen.ce_id = what->headers[i].value;
        if (strcmp(what->headers[i].name, "jumun-cause") == 0) {
            seen.cause = what->headers[i].value;
            seen.cause_bytes = what->headers[i].value_bytes;
        }
    }
    STORY(sim, "%-8s → %s/%d/%lld %.*s", from, seen.topic, seen.partition, (long long)offset,
          (int)(what->value ? what->value_bytes : 0), what->value ? what->value : "");
    auditor_appended(sim->auditor, &seen);
    wake_readers(sim, what->type, what->partition);
    nemesis_at_record(sim, what->type);
    return offset;
}

void
broker_gap(struct sim *sim, enum event_type type, int32_t partition)
{
    add_message(sim, type, partition);
    STORY(sim, "%s/%d has a gap at %lld", topics[type].name, (int)partition,
          (long long)broker_end(sim, type, partition) - 1);
    wake_readers(sim, type, partition);
}

int64_t
broker_end(const struct sim *sim, enum event_type type, int32_t partition)
{
    return sim->shelves[type][partition].count;
}

int32_t
broker_partition_of(const struct sim *sim, const char *key, uint32_t key_bytes)
{
    uint32_t hash = 2166136261u;

    for (uint32_t i = 0; i < key_bytes; i++)
        hash = (hash ^ (uint8_t)key[i]) * 16777619u;
    return (int32_t)((hash >> 8) % sim->swarm.partitions);
}

/* ---- groups ------------------------------------------------------------------------------------------ */

static void
changed(struct group *group)
{
    group->generation++;
    for (uint32_t i = 0; i < group->member_count; i++)
        if (group->members[i].process)
            process_wake(group->members[i].process, 0);
}

static void
remove_member(struct group *group, uint32_t at)
{
    group->members[at] = group->members[--group->member_count];
    changed(group);
}

static struct member *
member_of(struct group *group, const struct process *process)
{
    for (uint32_t i = 0; i < group->member_count; i++)
        if (group->members[i].process == process)
            return &group->members[i];
    return NULL;
}

void
group_join(struct sim *sim, struct group *group, struct process *process)
{
    if (group->member_count == MEMBERS_MAX) /* so many died: their sessions end */
        remove_member(group, 0);
    group->members[group->member_count++] =
        (struct member){ .process = process, .id = chance_next(&sim->chance) };
    changed(group);
}

void
group_leave(struct group *group, const struct process *process)
{
    struct member *member = member_of(group, process);

    if (member)
        remove_member(group, (uint32_t)(member - group->members));
}

/* Killed: nobody tells the group, its session ends by itself. */
void
group_lose(struct sim *sim, struct group *group, const struct process *process)
{
    struct member *member = member_of(group, process);

    if (!member)
        return;
    member->process = NULL;
    member->expires_at_us = sim->now_us + SESSION_US;
}

bool
group_expire(struct sim *sim, struct group *group)
{
    for (uint32_t i = 0; i < group->member_count; i++)
        if (group->members[i].expires_at_us && group->members[i].expires_at_us <= sim->now_us) {
            const struct process *process = group->members[i].process;
            group->members[i].expires_at_us = 0;
            if (process && !process->is_frozen) /* it goes on, in time */
                continue;
            remove_member(group, i);
            return true;
        }
    return false;
}

bool
group_has(struct group *group, const struct process *process)
{
    return member_of(group, process) != NULL;
}

bool
group_owns(const struct sim *sim, const struct group *group, const struct process *process,
           int32_t partition)
{
    uint32_t rank = 0, count = group->member_count, partitions = sim->swarm.partitions;
    const struct member *mine = NULL;

    for (uint32_t i = 0; i < count; i++)
        if (group->members[i].process == process)
            mine = &group->members[i];
    if (!mine)
        return false;
    for (uint32_t i = 0; i < count; i++)
        rank += group->members[i].id < mine->id;
    uint32_t each = partitions / count, more = partitions % count;
    uint32_t first = rank * each + (rank < more ? rank : more);
    uint32_t end = first + each + (rank < more);
    return (uint32_t)partition >= first && (uint32_t)partition < end;
}
