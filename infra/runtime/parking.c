/* parking.c — events that wait behind one that failed, and handing them back, in place and in order.
 *
 *   parking_row      an event of the batch as a parked row
 *   parking_redrive  a person's request becomes a batch; its offsets are a counter, as a timer's are
 *
 * Nothing is ever published to the source topic again.  No request goes in circles: an event is tried
 * REDRIVE_ATTEMPTS_MAX times unless a person insists, and a request that ends its owner is given up.
 * Contract  loop_private.h */
#include "base/logger.h"
#include "json/json_write.h"
#include "runtime/loop_private.h"
#include "runtime/redrive.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REDRIVE_ASK_US       500000
#define REDRIVE_EVENTS_MAX   500 /* of a key, in one transaction */
#define REDRIVE_BEGUN_MAX    3   /* times that a request is begun without handing anything back */
#define REDRIVE_BURSTS_PER_S 10  /* other events pass between them */

/* ---- a row ---------------------------------------------------------------------------------------- */

void
parking_row(struct loop *loop, struct record *record, struct store_parked *out,
            struct arena *arena)
{
    struct kafka_header headers[KAFKA_HEADERS_MAX];
    uint32_t count = record_headers(loop, record, headers);
    struct json_writer writer;
    bool is_culprit = record->is_culprit;

    json_writer_init(&writer, arena, 1024);
    headers_to_json(&writer, headers, count);
    json_writer_finish(&writer);
    *out = (struct store_parked){
        .kind = record->kind,
        .key = record->key,
        .name = record->position->name,
        .partition = record->position->partition,
        .offset = record->offset,
        .at_us = record->event.at_us,
        .headers = writer.bytes,
        .headers_bytes = writer.length,
        .record_key = record->raw.key,
        .record_key_bytes = record->raw.key_bytes,
        .record_value = record->raw.value,
        .record_value_bytes = record->raw.value_bytes,
        .reason = is_culprit ? loop->batch.culprit_error.sqlstate : "behind",
        .detail = is_culprit ? loop->batch.culprit_error.message
                             : "an earlier event of this key is parked",
    };
}

/* ---- handing back ---------------------------------------------------------------------------------- */

static const char *
topic_of(struct loop *loop, const struct store_parked *parked, enum event_type type)
{
    return type == EV_NONE ? SOURCE_TIMER
                           : arena_printf(loop->batch.arena, "%s%s", loop->settings.topic_prefix,
                                          parked->name);
}

static void
read_timer(struct loop *loop, struct record *record)
{
    const struct timer *timer = loop->settings.service->timer;

    record->event.type = timer ? timer->type : EV_NONE;
    record->event.at_us = record->parked->at_us;
    record->route = timer ? service_route(loop->settings.service, timer->type) : NULL;
    record->kind = record->parked->kind;
    timer_fill(record, record->parked->key, record->parked->at_us, loop->batch.arena);
}

static struct record *
redriven(struct loop *loop, struct position *position, const struct store_parked *parked)
{
    struct record *record = arena_take(loop->batch.arena, sizeof *record);
    enum event_type type = event_type_of(parked->name);

    record->position = position;
    record->offset = position->read_next++;
    record->parked = parked;
    record->raw = (struct kafka_record){
        .topic = topic_of(loop, parked, type), .partition = parked->partition,
        .offset = parked->offset, .at_ms = parked->at_us / 1000,
        .key = parked->record_key, .key_bytes = parked->record_key_bytes,
        .value = parked->record_value, .value_bytes = parked->record_value_bytes,
    };
    record->event.type = type;
    record->event.source = (struct source){ type, parked->partition, parked->offset };
    if (type == EV_NONE)
        read_timer(loop, record);
    else
        record_read(loop, loop->batch.arena, record);
    return record;
}

static bool
close_request(struct loop *loop, const struct store_redrive_end *end, struct error *err)
{
    return loop->store.ops->redrive_close(loop->store.self, end, err);
}

bool
parking_fail(struct loop *loop, const struct record *culprit, struct error *err)
{
    const struct store_redrive request = loop->batch.redrive;
    const struct error failure = *err;
    const struct store_redrive_end end = { request.id, REDRIVE_FAILED, failure.message,
                                           culprit->parked->seq, failure.sqlstate };

    batch_drop(loop);
    for (uint32_t i = 0; i < loop->position_count; i++)
        if (!loop->positions[i].topic)
            loop->positions[i].read_next = loop->positions[i].next_offset;
    log_warn("redrive failed", F_STR("key", request.key), F_STR("detail", failure.message));
    return close_request(loop, &end, err);
}

static bool
load_batch(struct loop *loop, const struct store_redrive *request, struct position *position,
           struct error *err)
{
    uint32_t count;

    batch_begin(loop, BATCH_REDRIVE);
    loop->batch.redrive = *request;
    struct store_parked *rows = arena_take(loop->batch.arena, sizeof *rows * REDRIVE_EVENTS_MAX);
    TRY(loop->store.ops->parked(loop->store.self, request->kind, request->key, loop->batch.arena,
                                rows, REDRIVE_EVENTS_MAX, &count, err));
    for (uint32_t i = 0; i < count; i++)
        batch_add(&loop->batch, redriven(loop, position, &rows[i]));
    loop->batch.limit = count;
    return true;
}

static bool
close_empty(struct loop *loop, const struct store_redrive *request, struct error *err)
{
    bool was_handled = request->was_handled;
    const struct store_redrive_end end = {
        request->id, was_handled ? REDRIVE_DONE : REDRIVE_NOTHING_PARKED,
        was_handled ? "every parked event was handled" : "nothing of this key is parked", 0, "",
    };

    log_info("redrive finished", F_STR("key", request->key), F_BOOL("handled", was_handled));
    return close_request(loop, &end, err);
}

/* The limit of attempts binds whoever asks, by whatever door. */
static bool
is_tried_enough(const struct store_redrive *request)
{
    return request->attempts >= REDRIVE_ATTEMPTS_MAX && !request->is_forced;
}

/* Its owner began and ended, again and again: killed, or stopped by what it tried. */
static bool
is_never_ending(const struct store_redrive *request)
{
    return request->begun_count > REDRIVE_BEGUN_MAX;
}

static bool
give_up(struct loop *loop, const struct store_redrive *request, struct error *err)
{
    bool is_attempt = !is_tried_enough(request);
    char detail[200];
    const struct store_redrive_end end = { request->id, REDRIVE_GIVEN_UP, detail,
                                           is_attempt ? request->seq : 0, "" };

    if (is_attempt)
        snprintf(detail, sizeof detail, "begun %d times, and its owner came to no end each time",
                 (int)request->begun_count - 1);
    else
        snprintf(detail, sizeof detail,
                 "tried %d times, and %d is the limit: mend its cause, then redrive with --force",
                 (int)request->attempts, REDRIVE_ATTEMPTS_MAX);
    log_warn("redrive given up", F_STR("key", request->key), F_STR("detail", detail));
    return close_request(loop, &end, err);
}

/* So many keys in a row; then the others have their turn. */
static void
pace(struct loop *loop, const struct store_redrive *request)
{
    uint32_t per_second = request->per_second > 0 ? (uint32_t)request->per_second
                                                  : REDRIVE_KEYS_PER_S;
    uint32_t burst = per_second / REDRIVE_BURSTS_PER_S;

    if (++loop->redriven_in_burst < burst)
        return;
    loop->redrive_asked_us = now_us(loop) - REDRIVE_ASK_US +
                             INT64_C(1000000) * loop->redriven_in_burst / per_second;
    loop->redriven_in_burst = 0;
}

static uint32_t
own_partitions(const struct loop *loop, int32_t *out)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < loop->lane_count; i++)
        if (loop->lanes[i].redrive)
            out[count++] = loop->lanes[i].partition;
    return count;
}

/* A request stays open until nothing of its key is parked any more: what came to lie behind meanwhile is
 * handed back with the next look. */
bool
parking_redrive(struct loop *loop, bool *worked, struct error *err)
{
    int32_t partitions[LANES_MAX];
    struct store_redrive request;
    bool found = false;

    if (now_us(loop) - loop->redrive_asked_us < REDRIVE_ASK_US)
        return true;
    loop->redrive_asked_us = now_us(loop);
    TRY(loop->store.ops->open(loop->store.self, err));
    uint32_t count = own_partitions(loop, partitions);
    TRY(loop->store.ops->redrive_request(loop->store.self, partitions, count, &request, &found,
                                         err));
    if (!found)
        return true;
    *worked = true;
    loop->redrive_asked_us = 0; /* look again at once */
    if (request.partition < 0)
        return close_empty(loop, &request, err);
    if (is_tried_enough(&request) || is_never_ending(&request))
        return give_up(loop, &request, err);
    pace(loop, &request);
    return load_batch(loop, &request, lane_of(loop, request.partition)->redrive, err);
}
