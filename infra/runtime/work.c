/* work.c — one attempt at a batch: load, decide, commit; then publish.
 *
 *   load      first round trip: keys of all events, rows, who is parked
 *   decide    in order of arrival, pure
 *   gather    frames, outbox rows, moves, parked rows (gather.c)
 *   commit    second round trip
 *   follow    positions move, events go out, the batch goes on or ends
 *
 * Contract  loop_private.h */
#include "runtime/work.h"
#include "base/logger.h"
#include "runtime/fault.h"
#include "runtime/mutant.h"
#include <string.h>

/* ---- load ---------------------------------------------------------------------------------------- */

static bool
is_decided(const struct record *record)
{
    return record->route && !record->refusal && !record->is_culprit;
}

static void
ask_keys(struct loop *loop, struct attempt *attempt)
{
    keys_init(&attempt->keys, loop->settings.service, loop->work);
    for (uint32_t i = attempt->begin; i < attempt->end; i++) {
        const struct record *record = loop->batch.records[i];
        if (is_decided(record))
            record->route->keys(&record->event, &attempt->keys);
    }
}

/* What is handed back is parked itself: it does not wait behind itself. */
static void
ask_waiting(struct loop *loop, struct attempt *attempt)
{
    uint32_t most = attempt->end - attempt->begin;
    const char **keys = arena_take(loop->work, sizeof *keys * most);
    enum key_kind *kinds = arena_take(loop->work, sizeof *kinds * most);
    uint32_t count = 0;

    for (uint32_t i = attempt->begin; i < attempt->end; i++) {
        const struct record *record = loop->batch.records[i];
        if (!is_decided(record) || loop->batch.kind == BATCH_REDRIVE)
            continue;
        keys[count] = record->key;
        kinds[count++] = record->kind;
    }
    attempt->waiting = (struct store_waiting){ keys, kinds, count,
                                               arena_take(loop->work, count + 1) };
}

static bool
load(struct loop *loop, struct attempt *attempt, struct error *err)
{
    int64_t begun_us = now_us(loop);

    ask_keys(loop, attempt);
    ask_waiting(loop, attempt);
    view_init(&attempt->view, loop->settings.service, loop->work, loop->settings.domain);
    TRY(loop->store.ops->open(loop->store.self, err));
    TRY(loop->store.ops->begin(loop->store.self, &attempt->keys, &attempt->view, &attempt->waiting,
                               err));
    view_complete(&attempt->view, &attempt->keys);
    metric_observe(loop->telemetry->load_seconds, now_us(loop) - begun_us);
    FAULT_POINT("after_load");
    return true;
}

/* ---- decide -------------------------------------------------------------------------------------- */

static void
decide_one(struct attempt *attempt, struct record *record)
{
    attempt->emitter.cause = &record->event;
    if (record->refusal) {
        emitter_dead_letter(&attempt->emitter, record->refusal, record->refusal_detail);
        attempt->refused++;
    } else if (record->is_culprit || record->is_parked) {
        attempt->parked_records[attempt->parked_count++] = record;
    } else {
        record->route->decide(&attempt->view, &record->event, &attempt->emitter);
        attempt->decided++;
    }
}

static void
decide(struct loop *loop, struct attempt *attempt)
{
    uint32_t asked = 0;
    int64_t begun_us = now_us(loop);

    emitter_init(&attempt->emitter, loop->work);
    attempt->parked_records = arena_take(loop->work, sizeof *attempt->parked_records *
                                                         (attempt->end - attempt->begin));
    for (uint32_t i = attempt->begin; i < attempt->end; i++) {
        struct record *record = loop->batch.records[i];
        if (is_decided(record) && loop->batch.kind != BATCH_REDRIVE)
            record->is_parked =
                MUTANT(PARKED_PASSED, attempt->waiting.is_parked[asked++], false);
        decide_one(attempt, record);
    }
    gather(loop, attempt);
    metric_observe(loop->telemetry->decide_seconds, now_us(loop) - begun_us);
}

/* ---- follow -------------------------------------------------------------------------------------- */

static void
move_positions(struct loop *loop, const struct attempt *attempt)
{
    for (uint32_t i = 0; i < attempt->move_count; i++) {
        struct position *position = attempt->move_positions[i];
        position->next_offset = attempt->moves[i].next_offset;
        position->published_stored = attempt->moves[i].published_next;
        if (position->read_next < position->next_offset)
            position->read_next = position->next_offset;
    }
    loop->moved_at_us = now_us(loop);
}

static void
publish(struct loop *loop, const struct attempt *attempt)
{
    struct unit **units = arena_take(loop->work, sizeof *units * (loop->position_count + 1));

    loop->log.ops->reports(loop->log.self, 0); /* so that little waits for a former batch */
    for (uint32_t i = 0; i < attempt->outbox_count; i++) {
        const struct store_outbox *row = &attempt->outbox[i];
        struct position *position = attempt->outbox_positions[i];
        units[position - loop->positions] = publisher_unit(loop, position, row->first_offset,
                                                           row->last_offset, row->event_count);
    }
    for (uint32_t i = 0; i < attempt->frame_count; i++) {
        const struct frame *frame = &attempt->frames[i];
        if (!publisher_send(loop, frame, units[attempt->frame_positions[i] - loop->positions]))
            return;
    }
    if (attempt->frame_count > 0)
        loop->log.ops->sent(loop->log.self);
}

static void
count(struct loop *loop, const struct attempt *attempt)
{
    struct telemetry *telemetry = loop->telemetry;

    for (uint32_t i = attempt->begin; i < attempt->end; i++)
        metric_add(telemetry->consumed[loop->batch.records[i]->event.type], 1);
    for (uint32_t i = 0; i < attempt->frame_count; i++)
        metric_add(telemetry->emitted[attempt->frames[i].type], 1);
    for (uint32_t i = 0; i < attempt->parked_count; i++)
        metric_add(telemetry->parked[attempt->parked_records[i]->event.type], 1);
    metric_add(telemetry->dead_letters, attempt->dead_letters);
    if (loop->batch.kind == BATCH_REDRIVE)
        metric_add(telemetry->redriven, attempt->end - attempt->begin);
    metric_observe(telemetry->batch_events, attempt->end - attempt->begin);
    metric_observe(telemetry->batch_seconds, now_us(loop) - loop->batch.begun_us);
}

static void
mark_dirty_lanes(struct loop *loop, const struct attempt *attempt)
{
    const struct timer *timer = loop->settings.service->timer;

    for (uint32_t i = attempt->begin; timer && i < attempt->end; i++) {
        const struct record *record = loop->batch.records[i];
        struct lane *lane = record->event.type == timer->owner
                                ? lane_of(loop, record->event.source.partition) : NULL;
        if (lane)
            lane->is_dirty = true;
    }
}

static void
go_on(struct loop *loop, const struct attempt *attempt)
{
    struct batch *batch = &loop->batch;

    for (uint32_t i = attempt->begin; i < attempt->end; i++)
        loop->log.ops->release(loop->log.self, &batch->records[i]->raw);
    batch->done = attempt->end;
    if (attempt->decided > 0)
        loop->culprit.is_last = false;
    uint32_t suspects = batch->suspect_end > batch->done ? batch->suspect_end - batch->done : 0;
    batch->limit = suspects ? batch->done + (suspects + 1) / 2 : batch->count;
    if (batch->done == batch->count && batch->kind == BATCH_LOG)
        loop->last_count = batch->count;
}

static void
follow(struct loop *loop, struct attempt *attempt)
{
    FAULT_POINT("after_commit_before_publish");
    move_positions(loop, attempt);
    mark_dirty_lanes(loop, attempt);
    publish(loop, attempt);
    FAULT_POINT("after_publish");
    count(loop, attempt);
    go_on(loop, attempt);
    loop->attempt = NULL;
}

/* ---- commit -------------------------------------------------------------------------------------- */

/* While the answer is on its way: events of former batches go on, and the next batch is begun. */
static int
meanwhile(void *self)
{
    struct loop *loop = self;

    loop->log.ops->reports(loop->log.self, 0);
    batch_read_ahead(loop);
    return loop->publisher.outstanding > 0 ? REPORT_WAIT_MS : -1;
}

static bool
commit(struct loop *loop, struct attempt *attempt, struct error *err)
{
    int64_t begun_us = now_us(loop);
    struct store_commit all = {
        .view = &attempt->view,
        .epoch = loop->epoch,
        .moves = attempt->moves,
        .move_count = attempt->move_count,
        .outbox = attempt->outbox,
        .outbox_count = attempt->outbox_count,
        .parked = attempt->parked,
        .parked_count = attempt->parked_row_count,
        .unparked = attempt->unparked,
        .unparked_count = attempt->unparked_count,
        .meanwhile = meanwhile,
        .meanwhile_self = loop,
    };

    FAULT_POINT("before_commit");
    if (!loop->store.ops->commit(loop->store.self, &all, err)) {
        loop->is_outcome_unknown = !loop->store.ops->is_open(loop->store.self);
        loop->attempt = loop->is_outcome_unknown ? attempt : NULL;
        return MUTANT(UNKNOWN_IS_DONE, false, loop->is_outcome_unknown);
    }
    metric_observe(loop->telemetry->commit_seconds, now_us(loop) - begun_us);
    return true;
}

bool
work_attempt(struct loop *loop, struct error *err)
{
    int64_t begun_us = now_us(loop);

    arena_reset(loop->work, ARENA_KEEP_BYTES);
    struct attempt *attempt = arena_take(loop->work, sizeof *attempt);

    attempt->begin = loop->batch.done;
    attempt->end = loop->batch.limit;
    if (!load(loop, attempt, err)) {
        loop->store.ops->abandon(loop->store.self);
        return false;
    }
    decide(loop, attempt);
    if (MUTANT(PUBLISH_FIRST, false, true))
        publish(loop, attempt);
    FAULT_POINT("after_decide");
    if (!commit(loop, attempt, err)) {
        loop->store.ops->abandon(loop->store.self);
        return false;
    }
    follow(loop, attempt);
    loop->last_work_us = now_us(loop) - begun_us;
    return true;
}

static int64_t
stored_next(const struct loop *loop, const struct store_position *stored,
            const struct position *position)
{
    return stored[position - loop->positions].next_offset;
}

bool
work_settle(struct loop *loop, const struct store_position *stored, struct error *err)
{
    struct attempt *attempt = loop->attempt;
    uint32_t moved = 0, unmoved = 0;

    for (uint32_t i = 0; attempt && i < attempt->move_count; i++) {
        const struct store_move *move = &attempt->moves[i];
        int64_t next = stored_next(loop, stored, attempt->move_positions[i]);
        if (move->next_offset == move->expected)
            continue;
        moved += next == move->next_offset;
        unmoved += next == move->expected;
        if (next != move->next_offset && next != move->expected)
            return error_set(err, ERROR_FENCED, "%s/%d is at %lld after an unknown commit",
                             move->name, (int)move->partition, (long long)next);
    }
    if (moved && unmoved)
        return error_set(err, ERROR_FENCED, "an unknown commit moved %u positions and not %u",
                         moved, unmoved);
    if (attempt && moved) {
        log_info("the commit whose answer was lost has happened", F_INT("positions", moved));
        follow(loop, attempt);
    }
    loop->attempt = NULL;
    return true;
}
