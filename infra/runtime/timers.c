/* timers.c — deadlines: a source of events like any other, with a fence instead of a topic.
 *
 * A deadline fires when it has passed *and* this member has read, in that partition of every input topic,
 * up to the end it had after the deadline passed: what was paid in time and lies unread is not cancelled.
 * The event's time is the deadline itself; its offset is a counter in the position row of $timer.
 * Contract  loop_private.h */
#include "base/logger.h"
#include "runtime/fault.h"
#include "runtime/loop_private.h"
#include "runtime/mutant.h"
#include <stdio.h>
#include <string.h>

#define ASK_US      200000
#define ASK_IDLE_US 5000000 /* deadlines may also be set by a rebuild */

/* ---- one event -------------------------------------------------------------------------------------- */

/* The same deadline of the same order is the same event, however often it is handed out. */
void
timer_fill(struct record *record, const char *order_id, int64_t deadline_us, struct arena *arena)
{
    struct event *event = &record->event;
    const char *name = arena_printf(arena, "%s/%s/%lld", SOURCE_TIMER, order_id,
                                    (long long)deadline_us);

    memset(&event->as, 0, sizeof event->as.order_deadline_passed);
    snprintf(event->as.order_deadline_passed.order_id.text,
             sizeof event->as.order_deadline_passed.order_id.text, "%s", order_id);
    event->id = uuid_v5(UUID_NAMESPACE_RECORD, name, strlen(name));
    event->at_us = deadline_us;
    record->key = event->as.order_deadline_passed.order_id.text;
    record->trace = headers_trace(NULL, 0, event->id);
}

static struct record *
timer_record(struct loop *loop, struct position *position, const struct store_due *due)
{
    const struct timer *timer = loop->settings.service->timer;
    struct record *record = arena_take(loop->batch.arena, sizeof *record);

    record->position = position;
    record->offset = position->read_next++;
    record->route = service_route(loop->settings.service, timer->type);
    record->kind = topics[timer->type].key;
    record->event.type = timer->type;
    record->event.source = (struct source){ EV_NONE, position->partition, record->offset };
    timer_fill(record, due->order_id, due->deadline_us, loop->batch.arena);
    record->raw = (struct kafka_record){ .topic = SOURCE_TIMER, .partition = position->partition,
                                         .offset = record->offset, .at_ms = due->deadline_us / 1000,
                                         .key = record->key,
                                         .key_bytes = (uint32_t)strlen(record->key) };
    return record;
}

/* ---- the fence -------------------------------------------------------------------------------------- */

static bool
arm(struct loop *loop, struct lane *lane, struct error *err)
{
    struct kafka_partition at[EV_COUNT];
    enum event_type types[EV_COUNT];
    uint32_t count = 0;
    int64_t passed_us = loop->world.ops->wall_us(loop->world.self);

    for (unsigned type = 1; type < EV_COUNT; type++) {
        const struct position *position = position_of(loop, (enum event_type)type, lane->partition);
        if (!position)
            continue;
        types[count] = (enum event_type)type;
        at[count++] = (struct kafka_partition){ position->topic, position->partition, 0 };
    }
    TRY(loop->log.ops->offsets(loop->log.self, KAFKA_OFFSET_END, at, count, err));
    for (uint32_t i = 0; i < count; i++)
        lane->ends[types[i]] = at[i].offset;
    lane->armed_us = passed_us;
    return true;
}

/* Between batches everything read is committed or was wanted by nobody. */
static bool
is_behind(const struct loop *loop, const struct lane *lane)
{
    for (unsigned type = 1; type < EV_COUNT; type++) {
        const struct position *position = position_of(loop, (enum event_type)type, lane->partition);
        if (position && position->read_next < lane->ends[type] &&
            position->end_seen < lane->ends[type])
            return true;
    }
    return false;
}

/* ---- firing ----------------------------------------------------------------------------------------- */

static bool
fire(struct loop *loop, struct lane *lane, bool *worked, struct error *err)
{
    uint32_t count;

    batch_begin(loop, BATCH_TIMER);
    struct store_due *due = arena_take(loop->batch.arena, sizeof *due * lane->due_max);
    TRY(loop->store.ops->open(loop->store.self, err));
    TRY(loop->store.ops->due(loop->store.self, loop->settings.service->timer, lane->partition,
                             lane->armed_us, due, lane->due_max, &count, err));
    for (uint32_t i = 0; i < count; i++)
        batch_add(&loop->batch, timer_record(loop, lane->timer, &due[i]));
    loop->batch.limit = count;
    /* parked orders stay due: look past them */
    bool is_all = count < lane->due_max;
    if (!is_all && lane->due_max < 64 * loop->settings.batch_max)
        lane->due_max *= 2;
    if (is_all) {
        lane->armed_us = 0;
        lane->is_dirty = true;
        lane->next_deadline_us = 0;
        lane->due_max = loop->settings.batch_max;
    }
    lane->ask_at_us = now_us(loop) + ASK_US;
    *worked = count > 0;
    FAULT_POINT("timers_fired");
    return true;
}

static bool
ask(struct loop *loop, struct lane *lane, struct error *err)
{
    TRY(loop->store.ops->open(loop->store.self, err));
    TRY(loop->store.ops->next_deadline(loop->store.self, loop->settings.service->timer,
                                       lane->partition, &lane->next_deadline_us, err));
    lane->is_dirty = false;
    lane->ask_at_us = now_us(loop) + ASK_US;
    return true;
}

static bool
lane_step(struct loop *loop, struct lane *lane, bool *worked, struct error *err)
{
    int64_t now = now_us(loop);

    if (lane->armed_us)
        return MUTANT(DEADLINE_UNFENCED, is_behind(loop, lane), false)
                   ? true : fire(loop, lane, worked, err);
    if (now >= lane->ask_at_us && (lane->is_dirty || now >= lane->ask_at_us + ASK_IDLE_US))
        TRY(ask(loop, lane, err));
    if (lane->next_deadline_us == 0 ||
        loop->world.ops->wall_us(loop->world.self) < lane->next_deadline_us)
        return true;
    return arm(loop, lane, err);
}

/* Called between batches.  At most one lane fires at once. */
bool
timers_step(struct loop *loop, bool *worked, struct error *err)
{
    for (uint32_t i = 0; i < loop->lane_count && !*worked; i++) {
        struct lane *lane = &loop->lanes[i];
        if (lane->timer && lane->is_whole)
            TRY(lane_step(loop, lane, worked, err));
    }
    return true;
}
