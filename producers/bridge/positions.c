/* positions.c — a list of waits and one query that serves them all. */
#include "bridge/positions.h"
#include "base/instant.h"
#include "bridge/queries.h"
#include "bridge/readmodel.h"

#define YOUNG_US (100 * INT64_C(1000))
#define FIRST_PAUSE_US                                                                             \
    1500 /* a record takes longer to be folded: asking before costs, and tells nothing */
#define YOUNG_PAUSE_US 1000
#define OLD_PAUSE_US   10000
#define ANSWER_SHARE   4 /* a busy machine answers late: the pause is so many times as long as that took */

struct positions {
    int32_t partitions;
    int64_t *next_offset[EV_COUNT];
    struct position_wait *first;
    bool asked; /* a query is under way */
    int64_t asked_at_us, ask_at_us;
};

void
positions_open(struct bridge *bridge)
{
    struct positions *positions = memory_new(sizeof *positions);

    bridge->positions = positions;
    positions->partitions = (int32_t)bridge->settings.partitions;
    for (unsigned type = 0; type < EV_COUNT; type++)
        positions->next_offset[type] =
            memory_new((size_t)positions->partitions * sizeof *positions->next_offset[type]);
}

bool
positions_are_past(const struct positions *positions, const struct target_offset *target)
{
    return target->partition < positions->partitions &&
           positions->next_offset[target->type][target->partition] >= target->next_offset;
}

void
positions_add(struct position_wait *wait, struct target_offset target)
{
    for (uint32_t i = 0; i < wait->count; i++)
        if (wait->targets[i].type == target.type &&
            wait->targets[i].partition == target.partition &&
            wait->targets[i].next_offset >= target.next_offset)
            return;
    if (wait->count == TARGETS_MAX)
        wait->count--;
    wait->targets[wait->count++] = target;
}

/* Drops what is reached; true when the wait is to be told. */
static bool
is_reached(const struct positions *positions, struct position_wait *wait)
{
    uint32_t left = 0, before = wait->count;

    for (uint32_t i = 0; i < wait->count; i++)
        if (!positions_are_past(positions, &wait->targets[i]))
            wait->targets[left++] = wait->targets[i];
    wait->count = left;
    return left == 0 || (wait->any && left < before);
}

static bool
has_young(const struct positions *positions, int64_t now_us)
{
    for (const struct position_wait *wait = positions->first; wait != NULL; wait = wait->next)
        if (now_us - wait->since_us < YOUNG_US)
            return true;
    return false;
}

static int64_t
pause_us(const struct positions *positions, int64_t now_us)
{
    int64_t answer_us = (now_us - positions->asked_at_us) * ANSWER_SHARE;

    if (answer_us >= OLD_PAUSE_US || !has_young(positions, now_us))
        return OLD_PAUSE_US;
    return answer_us > YOUNG_PAUSE_US ? answer_us : YOUNG_PAUSE_US;
}

static void
forget(struct positions *positions, struct position_wait *wait)
{
    if (wait->next != NULL)
        wait->next->previous = wait->previous;
    if (wait->previous != NULL)
        wait->previous->next = wait->next;
    else
        positions->first = wait->next;
    wait->previous = wait->next = NULL;
    wait->waiting = false;
}

/* A wait that is told may cancel or begin others: after each the walk begins anew. */
static void
tell_reached(struct positions *positions)
{
    struct position_wait *wait = positions->first;

    while (wait != NULL) {
        if (!is_reached(positions, wait)) {
            wait = wait->next;
            continue;
        }
        if (wait->count == 0)
            forget(positions, wait);
        wait->reached(wait);
        wait = positions->first;
    }
}

static void
on_positions(struct job *job)
{
    struct bridge *bridge = job->owner;
    struct positions *positions = bridge->positions;

    positions->asked = false;
    for (uint32_t row = 0; job->ok && row < job->row_count; row++) {
        enum event_type type = event_type_of(job_text(job, row, 0));
        int64_t partition = job_integer(job, row, 1), next = job_integer(job, row, 2);

        if (type != EV_NONE && partition < positions->partitions &&
            positions->next_offset[type][partition] < next)
            positions->next_offset[type][partition] = next;
    }
    job_free(job);
    tell_reached(positions);
    positions->ask_at_us = monotonic_now_us() + pause_us(positions, monotonic_now_us());
}

void
positions_wait(struct bridge *bridge, struct position_wait *wait)
{
    struct positions *positions = bridge->positions;

    wait->since_us = monotonic_now_us();
    if (is_reached(positions, wait)) {
        bool all = wait->count == 0; /* then the wait may be gone when it has been told */

        if (all && wait->waiting)
            forget(positions, wait);
        wait->reached(wait);
        if (all)
            return;
    }
    if (wait->count == 0 || wait->waiting)
        return;
    if (positions->first == NULL)
        positions->ask_at_us = wait->since_us + FIRST_PAUSE_US;
    wait->waiting = true;
    wait->previous = NULL;
    wait->next = positions->first;
    if (wait->next != NULL)
        wait->next->previous = wait;
    positions->first = wait;
}

void
positions_cancel(struct bridge *bridge, struct position_wait *wait)
{
    wait->count = 0;
    if (wait->waiting)
        forget(bridge->positions, wait);
}

int
positions_next_ms(const struct positions *positions, int64_t now_us)
{
    if (positions->first == NULL || positions->asked)
        return -1;
    return positions->ask_at_us <= now_us ? 0 : (int)((positions->ask_at_us - now_us + 999) / 1000);
}

void
positions_tick(struct bridge *bridge, int64_t now_us)
{
    struct positions *positions = bridge->positions;

    if (positions_next_ms(positions, now_us) != 0)
        return;
    positions->asked = true;
    positions->asked_at_us = now_us;
    job_submit(job_new(bridge, QUERY_POSITIONS, 3, on_positions, bridge));
}
