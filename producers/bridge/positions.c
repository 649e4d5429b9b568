/* positions.c — a list of waits and one query that serves them all. */
#include "bridge/positions.h"
#include "base/instant.h"
#include "bridge/queries.h"
#include "bridge/readmodel.h"
#include "bridge/subscriber.h"

#define YOUNG_US (100 * INT64_C(1000))
#define FIRST_PAUSE_US                                                                             \
    1500 /* a record takes longer to be folded: asking before costs, and tells nothing */
#define YOUNG_PAUSE_US 1000
#define OLD_PAUSE_US   10000
#define TOLD_PAUSE_US  200000 /* in case that something was not heard */
#define ANSWER_SHARE   4 /* a busy machine answers late: the pause is so many times as long as that took */

struct positions {
    const struct bridge *bridge;
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
    positions->bridge = bridge;
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

/* Drops what is reached; true when nothing is left. */
static bool
is_reached(const struct positions *positions, struct position_wait *wait)
{
    uint32_t left = 0;

    for (uint32_t i = 0; i < wait->count; i++)
        if (!positions_are_past(positions, &wait->targets[i]))
            wait->targets[left++] = wait->targets[i];
    wait->count = left;
    return left == 0;
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

    if (subscriber_is_listening(positions->bridge->subscriber))
        return TOLD_PAUSE_US;
    if (answer_us >= OLD_PAUSE_US || !has_young(positions, now_us))
        return OLD_PAUSE_US;
    return answer_us > YOUNG_PAUSE_US ? answer_us : YOUNG_PAUSE_US;
}

static int64_t
first_pause_us(const struct positions *positions)
{
    return subscriber_is_listening(positions->bridge->subscriber) ? TOLD_PAUSE_US : FIRST_PAUSE_US;
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
void
positions_tell(struct positions *positions)
{
    struct position_wait *wait = positions->first;

    while (wait != NULL) {
        if (!is_reached(positions, wait)) {
            wait = wait->next;
            continue;
        }
        forget(positions, wait);
        wait->reached(wait);
        wait = positions->first;
    }
}

void
positions_learn(struct positions *positions, enum event_type type, int32_t partition,
                int64_t next_offset)
{
    if (partition < positions->partitions && positions->next_offset[type][partition] < next_offset)
        positions->next_offset[type][partition] = next_offset;
}

void
positions_ask(struct positions *positions)
{
    positions->ask_at_us = 0;
}

static void
on_positions(struct job *job)
{
    struct bridge *bridge = job->owner;
    struct positions *positions = bridge->positions;

    positions->asked = false;
    for (uint32_t row = 0; job->ok && row < job->row_count; row++) {
        enum event_type type = event_type_of(job_text(job, row, 0));

        if (type != EV_NONE)
            positions_learn(positions, type, (int32_t)job_integer(job, row, 1),
                            job_integer(job, row, 2));
    }
    job_free(job);
    positions_tell(positions);
    positions->ask_at_us = monotonic_now_us() + pause_us(positions, monotonic_now_us());
}

void
positions_wait(struct bridge *bridge, struct position_wait *wait)
{
    struct positions *positions = bridge->positions;

    wait->since_us = monotonic_now_us();
    if (is_reached(positions, wait)) {
        if (wait->waiting)
            forget(positions, wait);
        wait->reached(wait); /* may free it */
        return;
    }
    if (wait->waiting)
        return;
    if (positions->first == NULL)
        positions->ask_at_us = wait->since_us + first_pause_us(positions);
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
