/* batch.c — collecting records: what is waiting now, and under backlog a little longer.
 *
 * Ahead      while the answer of a commit is on its way the next batch is begun, so that a service that is
 *            behind keeps its own core busy as well as the database's.  Until it is that batch's turn nothing
 *            but polled_next and end_polled knows of it: timers, moves and hints see what is handled.
 * Bounded    by records with something to do, by records read, by bytes.
 * Void       what was collected before a rebalance; what comes with an offset already read.
 * Contract   loop_private.h */
#include "base/logger.h"
#include "runtime/fault.h"
#include "runtime/loop_private.h"
#include "runtime/mutant.h"
#include <string.h>

void
batch_begin(struct loop *loop, enum batch_kind kind)
{
    struct batch *batch = &loop->batch;
    struct arena *arena = batch->arena;

    arena_reset(arena, ARENA_KEEP_BYTES);
    *batch = (struct batch){ .kind = kind, .arena = arena, .generation = loop->generation,
                             .begun_us = now_us(loop) };
}

static bool
is_empty(const struct batch *batch)
{
    return batch->read == 0;
}

/* What was read ahead comes before what is polled now. */
static struct batch *
batch_of_next(struct loop *loop)
{
    return loop->is_reading_ahead || !is_empty(&loop->ahead) ? &loop->ahead : &loop->batch;
}

void
batch_add(struct batch *batch, struct record *record)
{
    if (batch->count == batch->capacity) {
        uint32_t capacity = batch->capacity ? batch->capacity * 2 : 256;
        struct record **larger = arena_take_raw(batch->arena, sizeof *larger * capacity);
        if (batch->count)
            memcpy(larger, batch->records, sizeof *larger * batch->count);
        batch->records = larger;
        batch->capacity = capacity;
    }
    batch->records[batch->count++] = record;
}

bool
batch_is_pending(const struct loop *loop)
{
    return loop->batch.done < loop->batch.count;
}

static void
release_all(struct loop *loop, struct batch *batch)
{
    for (uint32_t i = 0; i < batch->count; i++)
        loop->log.ops->release(loop->log.self, &batch->records[i]->raw);
    batch->count = batch->done = batch->limit = batch->read = 0;
}

/* Forgets the batch; positions go back to what is committed. */
void
batch_drop(struct loop *loop)
{
    release_all(loop, &loop->batch);
    loop->attempt = NULL;
}

void
batch_drop_ahead(struct loop *loop)
{
    release_all(loop, &loop->ahead);
    loop->ahead_failure = (struct error){ 0 };
    for (uint32_t i = 0; i < loop->position_count; i++) {
        loop->positions[i].polled_next = loop->positions[i].read_next;
        loop->positions[i].end_polled = loop->positions[i].end_seen;
    }
}

/* ---- one record ----------------------------------------------------------------------------------- */

/* Offsets may have gaps by nature (records of transactions are not handed out), but a client that skips
 * records looks just the same.  So a gap is read again from where it begins, then by a new client, and
 * only believed when both say the same. */
static struct gap *
gap_of(struct loop *loop, const struct position *position)
{
    for (uint32_t i = 0; i < GAPS_KEPT; i++) {
        struct gap *gap = &loop->gaps[i];
        if (gap->asked && gap->type == position->type && gap->partition == position->partition &&
            gap->at == position->polled_next)
            return gap;
    }
    struct gap *gap = &loop->gaps[loop->gap_count++ % GAPS_KEPT];
    *gap = (struct gap){ position->type, position->partition, position->polled_next, 0 };
    return gap;
}

static bool
accept_gap(struct loop *loop, struct position *position, int64_t offset)
{
    if (position->flows && position->gaps >= GAPS_REAL_MIN)
        return true;
    struct gap *gap = gap_of(loop, position);
    log_warn("gap in a topic", F_STR("topic", position->topic),
             F_INT("partition", position->partition), F_INT("expected", position->polled_next),
             F_INT("got", offset), F_INT("read_before", gap->asked));
    switch (gap->asked++) {
    case 0:
        loop->restart_reading = true;
        return false;
    case 1:
        loop->restart_reading = true; /* until then nothing more is taken */
        loop->rejoin_at_us = now_us(loop);
        return false;
    default:
        position->gaps++;
        return true;
    }
}

static bool
accept_offset(struct loop *loop, struct position *position, int64_t offset)
{
    if (offset < position->polled_next)
        return false;
    if (offset > position->polled_next && !accept_gap(loop, position, offset))
        return false;
    position->flows = true;
    return true;
}

static void
take(struct loop *loop, struct kafka_record *raw)
{
    struct batch *batch = batch_of_next(loop);
    struct arena_mark mark = arena_mark(batch->arena);
    struct position *position = position_of(loop, record_type(loop, raw), raw->partition);

    if (!position || loop->restart_reading || !accept_offset(loop, position, raw->offset)) {
        loop->log.ops->release(loop->log.self, raw);
        return;
    }
    struct record *record = &loop->reading;
    record_begin(record, position, raw);
    position->polled_next = raw->offset + 1;
    if (MUTANT(AHEAD_HANDLED, batch == &loop->batch, true))
        position->read_next = position->polled_next;
    batch->read++;
    if (record_read(loop, batch->arena, record)) {
        batch->bytes += raw->value_bytes;
        batch_add(batch, record_keep(batch->arena, record));
        return;
    }
    metric_add(loop->telemetry->dropped, 1);
    loop->log.ops->release(loop->log.self, raw);
    arena_rewind(batch->arena, mark);
}

/* ---- many ----------------------------------------------------------------------------------------- */

static bool
is_full(const struct loop *loop, const struct batch *batch)
{
    uint32_t most = loop->settings.batch_max;

    return batch->count >= most || batch->read >= most * BATCH_READ_MAX_FACTOR ||
           batch->bytes >= BATCH_BYTES_MAX;
}

/* A position outside the log comes as an error of reading: take the positions again, which tells both
 * numbers. */
static bool
take_failure(struct loop *loop, const struct error *failure, struct error *err)
{
    if (failure->class != ERROR_RETRY) {
        *err = *failure;
        return false;
    }
    log_failure(LOG_WARN, "reading the log", failure);
    if (loop->state == ASSIGNMENT_READY)
        loop->restart_reading = true;
    return true;
}

/* A topic may end in records that are never handed out: its end is what timers wait for. */
static void
take_end(struct loop *loop, const struct kafka_record *raw)
{
    if (loop->log.ops->generation(loop->log.self) != loop->generation ||
        loop->state != ASSIGNMENT_READY || loop->restart_reading)
        return;
    struct position *position = position_of(loop, record_type(loop, raw), raw->partition);
    if (position && position->end_polled < raw->offset)
        position->end_polled = raw->offset;
    if (position && batch_of_next(loop) == &loop->batch)
        position->end_seen = position->end_polled;
}

bool
batch_poll(struct loop *loop, int wait_ms, bool *got, struct error *err)
{
    struct kafka_record raw;
    struct error failure = { 0 };
    enum kafka_polled polled = loop->log.ops->poll(loop->log.self, wait_ms, &raw, &failure);

    *got = polled == KAFKA_END;
    if (polled == KAFKA_FAILED)
        return take_failure(loop, &failure, err);
    if (polled == KAFKA_END)
        take_end(loop, &raw);
    if (polled != KAFKA_RECORD)
        return true;
    if (loop->log.ops->generation(loop->log.self) != loop->generation ||
        loop->state != ASSIGNMENT_READY) {
        loop->log.ops->release(loop->log.self, &raw);
        return true;
    }
    *got = true;
    take(loop, &raw);
    return true;
}

/* How long the first of the batch has been in its topic; clocks may differ. */
static int64_t
age_us(const struct loop *loop)
{
    int64_t age = loop->world.ops->wall_us(loop->world.self) -
                  loop->batch.records[0]->raw.at_ms * 1000;

    return age > 0 ? age : 0;
}

static int64_t
least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Under backlog a larger batch is cheaper than an early one.  How long pays is told by what the last batch
 * cost: a busy machine makes them long, and longer waits make fewer of them.  How long may be waited is told
 * by how late the events are anyway: where nothing is late, many events a second are no backlog. */
static int64_t
backlog_wait_us(const struct loop *loop)
{
    int64_t pays_us = least(loop->last_work_us * BACKLOG_WAIT_FACTOR, BACKLOG_WAIT_US_MAX);

    return least(pays_us, age_us(loop) / BACKLOG_AGE_SHARE);
}

static bool
has_backlog(const struct loop *loop)
{
    return loop->last_count >= BACKLOG_EVENTS;
}

static bool
all_may_wait(const struct loop *loop)
{
    for (uint32_t i = 0; i < loop->batch.count; i++) {
        const struct record *record = loop->batch.records[i];
        if (record->refusal ||
            !(loop->settings.service->may_wait & EVENT_BIT(record->event.type)))
            return false;
    }
    return true;
}

/* Until when a batch that is not full may wait for more. */
static int64_t
patience_until_us(const struct loop *loop, int64_t asked_us)
{
    const struct batch *batch = &loop->batch;

    if (batch->count == 0)
        return 0;
    if (has_backlog(loop))
        return asked_us + backlog_wait_us(loop);
    return all_may_wait(loop) ? batch->begun_us + MAY_WAIT_US : 0;
}

/* What was read ahead is the batch now; it may have been ends alone. */
static void
adopt_ahead(struct loop *loop)
{
    struct arena *spare = loop->batch.arena;

    loop->batch = loop->ahead;
    loop->ahead = (struct batch){ .arena = spare };
    for (uint32_t i = 0; i < loop->position_count; i++) {
        struct position *position = &loop->positions[i];
        if (!position->topic)
            continue;
        position->read_next = position->polled_next;
        position->end_seen = position->end_polled;
    }
}

static bool
begin_collecting(struct loop *loop, bool *got, struct error *err)
{
    *got = true;
    if (loop->ahead_failure.class != ERROR_NONE) {
        *err = loop->ahead_failure;
        return false;
    }
    adopt_ahead(loop);
    if (!is_empty(&loop->batch))
        return true;
    batch_begin(loop, BATCH_LOG);
    TRY(batch_poll(loop, loop->publisher.outstanding > 0 ? REPORT_WAIT_MS : LOOP_WAIT_MS_MAX / 2,
                   got, err));
    if (loop->batch.read > 0)
        loop->batch.begun_us = now_us(loop);
    return true;
}

bool
batch_collect(struct loop *loop, struct error *err)
{
    int64_t asked_us = now_us(loop);
    bool got;

    TRY(begin_collecting(loop, &got, err));
    while (got && !is_full(loop, &loop->batch) && !loop->restart_reading) {
        TRY(batch_poll(loop, 0, &got, err));
        int64_t left_us = got ? 0 : patience_until_us(loop, asked_us) - now_us(loop);
        if (left_us > 0)
            TRY(batch_poll(loop, (int)(left_us / 1000) + 1, &got, err));
        if (loop->log.ops->generation(loop->log.self) != loop->generation)
            break;
    }
    loop->batch.limit = loop->batch.count;
    if (batch_is_pending(loop))
        FAULT_POINT("batch_collected");
    return true;
}

/* ---- ahead ---------------------------------------------------------------------------------------- */

static bool
is_one_of_many(const struct loop *loop)
{
    const struct batch *batch = &loop->batch;

    return batch->kind == BATCH_LOG &&
           (batch->count >= BACKLOG_EVENTS || is_full(loop, batch)) && !loop->is_stopping &&
           !loop->restart_reading && !loop->rejoin_at_us && !loop->is_log_paused;
}

static void
ahead_begin(struct loop *loop)
{
    struct arena *arena = loop->ahead.arena;

    arena_reset(arena, ARENA_KEEP_BYTES);
    loop->ahead = (struct batch){ .kind = BATCH_LOG, .arena = arena,
                                  .generation = loop->generation, .begun_us = now_us(loop) };
}

void
batch_read_ahead(struct loop *loop)
{
    bool got = true;

    if (!is_one_of_many(loop))
        return;
    if (is_empty(&loop->ahead))
        ahead_begin(loop);
    loop->is_reading_ahead = true;
    while (got && !is_full(loop, &loop->ahead) && !loop->restart_reading &&
           loop->log.ops->generation(loop->log.self) == loop->generation)
        if (!batch_poll(loop, 0, &got, &loop->ahead_failure))
            break;
    loop->is_reading_ahead = false;
}
