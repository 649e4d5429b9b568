/* assignment.c — taking partitions over, and losing them.
 *
 *   take      epoch and positions from the store, checks against the log, publish again, read
 *   unknown   a connection was lost during COMMIT: a new epoch of our own settles what happened
 *   again     a broken producer: a new one, and everything unacknowledged once more
 *   lost      what was collected and sent for an older generation is void
 *
 * Each is one attempt; the loop repeats it while it polls on.
 * Contract  loop_private.h */
#include "base/logger.h"
#include "runtime/fault.h"
#include "runtime/mutant.h"
#include "runtime/work.h"
#include <stdlib.h>
#include <string.h>

/* ---- checks ---------------------------------------------------------------------------------------- */

/* What the log says about our topics' partitions, in the order of loop->positions. */
struct bounds {
    struct kafka_partition *at;
    uint32_t count;
};

static struct bounds
bounds_new(struct loop *loop)
{
    struct bounds bounds = { arena_take(loop->work, sizeof *bounds.at * (loop->position_count + 1)),
                             0 };

    for (uint32_t i = 0; i < loop->position_count; i++)
        if (loop->positions[i].topic)
            bounds.at[bounds.count++] = (struct kafka_partition){
                loop->positions[i].topic, loop->positions[i].partition, KAFKA_OFFSET_NONE };
    return bounds;
}

static bool
identify(struct loop *loop, struct error *err)
{
    char cluster[128];

    if (loop->is_identified)
        return true;
    TRY(loop->log.ops->cluster_id(loop->log.self, cluster, sizeof cluster, err));
    TRY(loop->store.ops->identify(loop->store.self, cluster, loop->settings.topic_prefix, err));
    loop->is_identified = true;
    return true;
}

static bool
check_position(const struct position *position, int64_t first, int64_t end, int64_t committed,
               struct error *err)
{
    long long next = position->next_offset;
    int partition = position->partition;

    if (next < first)
        return error_set(err, ERROR_FATAL,
                         "%s/%d: the position is %lld but the topic now starts at %lld: records "
                         "were deleted unread", position->topic, partition, next, (long long)first);
    if (next > end)
        return error_set(err, ERROR_FATAL,
                         "%s/%d: the position is %lld but the topic ends at %lld: it lost records "
                         "or was made anew", position->topic, partition, next, (long long)end);
    if (committed > next)
        return error_set(err, ERROR_FATAL,
                         "%s/%d: the group committed offset %lld but the database is at %lld: the "
                         "database went back in time; rebuild this service", position->topic,
                         partition, (long long)committed, next);
    return true;
}

static bool
check_positions(struct loop *loop, const struct bounds *firsts, const struct bounds *ends,
                const struct bounds *committed, struct error *err)
{
    uint32_t at = 0;

    for (uint32_t i = 0; i < loop->position_count; i++) {
        struct position *position = &loop->positions[i];
        if (!position->topic)
            continue;
        TRY(check_position(position, firsts->at[at].offset, ends->at[at].offset,
                           committed->at[at].offset, err));
        at++;
    }
    return true;
}

/* ---- publishing again -------------------------------------------------------------------------------- */

struct again {
    struct loop *loop;
    uint64_t events;
    /* rows of one batch number and partition are merged by the order of decision */
    struct arena *arena;
    struct frame *frames;
    struct unit **units;
    uint32_t count, capacity;
    int64_t batch_no;
    int32_t partition;
};

static struct position *
position_named(const struct loop *loop, const char *name, int32_t partition)
{
    for (uint32_t i = 0; i < loop->position_count; i++)
        if (loop->positions[i].partition == partition && strcmp(loop->positions[i].name, name) == 0)
            return &loop->positions[i];
    return NULL;
}

static void
keep_frame(struct again *again, struct frame frame, struct unit *unit)
{
    if (again->count == again->capacity) {
        uint32_t larger = again->capacity ? again->capacity * 2 : 1024;
        again->frames = arena_resize(again->arena, again->frames ? again->frames
                                         : arena_take_raw(again->arena, 0),
                                     sizeof *again->frames * again->capacity,
                                     sizeof *again->frames * larger);
        again->units = arena_resize(again->arena, again->units ? again->units
                                        : arena_take_raw(again->arena, 0),
                                    sizeof *again->units * again->capacity,
                                    sizeof *again->units * larger);
        again->capacity = larger;
    }
    frame.cause = arena_copy(again->arena, frame.cause, frame.cause_bytes);
    if (frame.key)
        frame.key = arena_copy(again->arena, frame.key, frame.key_bytes);
    frame.value = arena_copy(again->arena, frame.value, frame.value_bytes);
    again->frames[again->count] = frame;
    again->units[again->count++] = unit;
}

static int
by_seq(const void *left, const void *right, void *context)
{
    const struct again *again = context;
    uint32_t a = again->frames[*(const uint32_t *)left].seq;
    uint32_t b = again->frames[*(const uint32_t *)right].seq;

    return MUTANT(PUBLISHED_BACKWARDS, (a > b) - (a < b), (a < b) - (a > b));
}

static bool
send_batch(struct again *again)
{
    uint32_t *order = arena_take_raw(again->arena, sizeof *order * (again->count + 1));
    bool ok = true;

    for (uint32_t i = 0; i < again->count; i++)
        order[i] = i;
    qsort_r(order, again->count, sizeof *order, by_seq, again);
    for (uint32_t i = 0; ok && i < again->count; i++)
        ok = publisher_send(again->loop, &again->frames[order[i]], again->units[order[i]]);
    again->events += again->count;
    again->count = again->capacity = 0;
    again->frames = NULL;
    again->units = NULL;
    arena_reset(again->arena, ARENA_KEEP_BYTES);
    again->loop->log.ops->reports(again->loop->log.self, 0);
    return ok;
}

static bool
take_row(void *context, const struct store_outbox *row, struct error *err)
{
    struct again *again = context;
    struct position *position = position_named(again->loop, row->name, row->partition);
    const char *at = row->frames, *end = row->frames + row->frames_bytes;

    if (again->count && (row->batch_no != again->batch_no || row->partition != again->partition) &&
        !send_batch(again))
        return error_set(err, ERROR_RETRY, "the producer broke while publishing again");
    again->batch_no = row->batch_no;
    again->partition = row->partition;
    struct unit *unit = publisher_unit(again->loop, position, row->first_offset, row->last_offset,
                                       row->event_count);
    while (at < end) {
        struct frame frame;
        if (!frame_read(&frame, &at, end))
            return error_set(err, ERROR_FATAL, "outbox row %s/%d/%lld cannot be read", row->name,
                             (int)row->partition, (long long)row->last_offset);
        keep_frame(again, frame, unit);
    }
    return true;
}

/* All of it goes out before anything new is decided, so one order's events keep their order. */
static bool
publish_stored(struct loop *loop, struct error *err)
{
    struct store_position *positions =
        arena_take(loop->work, sizeof *positions * (loop->position_count + 1));
    uint32_t count = positions_for_store(loop, positions);
    struct again again = { .loop = loop, .arena = arena_new(1 << 16) };

    /* as the store has it: never later than the truth, and still there when this is the second try */
    for (uint32_t i = 0; i < count; i++)
        positions[i].published_next = loop->positions[i].published_stored;
    publisher_reset(loop);
    bool ok = loop->store.ops->unpublished(loop->store.self, positions, count, take_row, &again,
                                           err);
    if (ok && again.count && !send_batch(&again))
        ok = error_set(err, ERROR_RETRY, "the producer broke while publishing again");
    arena_free(again.arena);
    metric_add(loop->telemetry->republished, (int64_t)again.events);
    if (again.events)
        log_info("published again what was not acknowledged", F_INT("events", again.events));
    FAULT_POINT("after_republish");
    return ok;
}

bool
assignment_publish_again(struct loop *loop, struct error *err)
{
    struct arena_mark mark = arena_mark(loop->work); /* an attempt may wait for its outcome in there */

    publisher_reset(loop);
    /* what was sent is forgotten: nothing else happens until it is sent again */
    loop->publish_again = MUTANT(UNSENT_FORGOTTEN, true, false);
    TRY(loop->log.ops->rebirth(loop->log.self, err));
    metric_add(loop->telemetry->rebirths, 1);
    if (loop->state == ASSIGNMENT_READY)
        TRY(loop->store.ops->open(loop->store.self, err));
    loop->publish_again = false;
    bool ok = loop->state != ASSIGNMENT_READY || publish_stored(loop, err);
    arena_rewind(loop->work, mark);
    loop->publish_again = loop->publish_again || !ok;
    return ok;
}

/* ---- take -------------------------------------------------------------------------------------------- */

static bool
start_reading(struct loop *loop, struct error *err)
{
    struct bounds at = bounds_new(loop);
    uint32_t next = 0;

    for (uint32_t i = 0; i < loop->position_count; i++) {
        loop->positions[i].flows = false;
        if (loop->positions[i].topic)
            at.at[next++].offset = loop->positions[i].read_next;
    }
    return loop->log.ops->start(loop->log.self, at.at, at.count, err);
}

static void
set_first_positions(struct loop *loop, const struct bounds *firsts, struct store_position *stored)
{
    uint32_t at = 0;

    for (uint32_t i = 0; i < loop->position_count; i++) {
        int64_t first = loop->positions[i].topic ? firsts->at[at++].offset : 0;
        stored[i] = (struct store_position){ loop->positions[i].name, loop->positions[i].partition,
                                             first, first };
    }
}

static void
take_stored(struct loop *loop, const struct store_position *stored)
{
    for (uint32_t i = 0; i < loop->position_count; i++) {
        struct position *position = &loop->positions[i];
        position->next_offset = position->read_next = stored[i].next_offset;
        position->polled_next = position->read_next;
        position->published_stored = stored[i].published_next;
        position->hinted = -1;
        position->end_seen = position->end_polled = 0;
    }
}

/* The ends are asked for after the positions: the former owner may have moved them until then. */
static bool
take_positions(struct loop *loop, struct error *err)
{
    struct bounds firsts = bounds_new(loop), ends = bounds_new(loop), committed = bounds_new(loop);
    struct store_position *stored =
        arena_take(loop->work, sizeof *stored * (loop->position_count + 1));

    TRY(loop->log.ops->offsets(loop->log.self, KAFKA_OFFSET_FIRST, firsts.at, firsts.count, err));
    TRY(loop->log.ops->committed(loop->log.self, committed.at, committed.count, err));
    set_first_positions(loop, &firsts, stored);
    TRY(loop->store.ops->take(loop->store.self, NULL, loop->epoch, stored, loop->position_count,
                              err));
    take_stored(loop, stored);
    TRY(loop->log.ops->offsets(loop->log.self, KAFKA_OFFSET_END, ends.at, ends.count, err));
    return check_positions(loop, &firsts, &ends, &committed, err);
}

bool
assignment_take(struct loop *loop, struct error *err)
{
    arena_reset(loop->work, ARENA_KEEP_BYTES);
    TRY(loop->store.ops->open(loop->store.self, err));
    TRY(identify(loop, err));
    if (uuid_is_nil(loop->epoch))
        loop->epoch = MUTANT(EPOCH_SHARED, loop->world.ops->uuid(loop->world.self),
                             ((struct uuid){ { 1 } }));
    TRY(take_positions(loop, err));
    FAULT_POINT("positions_taken");
    if (!MUTANT(NOT_PUBLISHED_AGAIN, publish_stored(loop, err), true))
        return false;
    TRY(start_reading(loop, err));
    loop->state = ASSIGNMENT_READY;
    loop->is_log_paused = false;
    loop->moved_at_us = now_us(loop);
    log_info("partitions taken over", F_INT("partitions", loop->position_count),
             F_INT("lanes", loop->lane_count));
    return true;
}

bool
assignment_restart_reading(struct loop *loop, struct error *err)
{
    struct arena_mark mark = arena_mark(loop->work);

    batch_drop_ahead(loop);
    bool ok = start_reading(loop, err);
    arena_rewind(loop->work, mark);
    if (ok) {
        loop->restart_reading = false;
        loop->is_log_paused = false;
    }
    return ok;
}

/* ---- unknown ------------------------------------------------------------------------------------------ */

static void
take_settled(struct loop *loop, const struct store_position *stored)
{
    for (uint32_t i = 0; i < loop->position_count; i++) {
        loop->positions[i].next_offset = stored[i].next_offset;
        loop->positions[i].published_stored = stored[i].published_next;
    }
}

/* A new epoch over our own: if the lost transaction is still on its way, it now fails; if it has happened,
 * the positions say so. */
bool
assignment_settle_unknown(struct loop *loop, struct error *err)
{
    struct store_position *stored = memory_new(sizeof *stored * (loop->position_count + 1));
    uint32_t count = positions_for_store(loop, stored);

    if (!loop->has_epoch_next)
        loop->epoch_next = loop->world.ops->uuid(loop->world.self);
    loop->has_epoch_next = true;
    bool ok = loop->store.ops->open(loop->store.self, err) &&
              loop->store.ops->take(loop->store.self, &loop->epoch, loop->epoch_next, stored, count,
                                    err) &&
              work_settle(loop, stored, err);
    if (ok) {
        take_settled(loop, stored);
        loop->epoch = loop->epoch_next;
        loop->has_epoch_next = false;
        loop->is_outcome_unknown = false;
        metric_add(loop->telemetry->unknown_commits, 1);
    }
    memory_free(stored);
    return ok;
}

/* ---- lost --------------------------------------------------------------------------------------------- */

void
assignment_lost(struct loop *loop)
{
    batch_drop(loop);
    batch_drop_ahead(loop);
    publisher_reset(loop);
    positions_drop(loop);
    loop->state = ASSIGNMENT_NONE;
    loop->epoch = (struct uuid){ { 0 } };
    loop->has_epoch_next = false;
    loop->is_outcome_unknown = false;
    loop->restart_reading = false;
    loop->is_log_paused = false;
    loop->topic_cache_count = 0;
    loop->last_count = 0;
}
