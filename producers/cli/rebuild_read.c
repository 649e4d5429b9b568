/* rebuild_read.c — topics, one after the other, into rows.  Contract: rebuild.h */
#include "cli/rebuild.h"
#include "base/instant.h"
#include "runtime/cloudevents.h"
#include <stdlib.h>
#include <string.h>

#define POLL_MS    200
#define ARENA_KEPT (1u << 20)

const char *
rebuild_group(struct rebuild *rebuild)
{
    return arena_printf(rebuild->cli->arena, "%sjumun-%s", rebuild->cli->settings.topic_prefix,
                        services[rebuild->service].name);
}

/* It says this itself: what lies in the topic and is of another counts only as an input. */
static bool
is_own(const struct rebuild *rebuild, enum event_type type)
{
    return (topics[type].producers & services[rebuild->service].party) != 0;
}

/* ---- opening ------------------------------------------------------------------------------------ */

static bool
check_starts(const struct reading *reading, struct error *err)
{
    for (uint32_t i = 0; i < reading->count; i++)
        if (reading->items[i].first > 0)
            return error_set(err, ERROR_REFUSED,
                             "the start of %s/%d is cut off (it begins at %lld): what lay there "
                             "cannot be rebuilt",
                             topics[reading->items[i].type].name, reading->items[i].partition,
                             (long long)reading->items[i].first);
    return true;
}

bool
rebuild_open(struct rebuild *rebuild, struct error *err)
{
    const struct service *fold = rebuild->target->fold, *service = rebuild->target->service;
    bool wanted[EV_COUNT] = { false };
    for (uint32_t i = 0; i < service->route_count; i++)
        wanted[service->routes[i].type] = topics[service->routes[i].type].has_topic;
    for (uint32_t i = 0; fold && i < fold->route_count; i++)
        wanted[fold->routes[i].type] = true;
    TRY(reading_open(rebuild->cli, wanted, &rebuild->reading, err));
    return check_starts(&rebuild->reading, err);
}

void
rebuild_leave_reader(struct rebuild *rebuild)
{
    struct error ignored = { 0 };
    if (rebuild->reading.reader)
        (void)!kafka_consumer_start(rebuild->reading.reader, NULL, 0, &ignored);
    rebuild->reading.reader = NULL;
}

bool
rebuild_ends_are_same(struct rebuild *rebuild, bool *is_same, struct error *err)
{
    struct reading *reading = &rebuild->reading;
    struct kafka_partition *at = arena_take(rebuild->cli->arena, (reading->count + 1) * sizeof *at);
    for (uint32_t i = 0; i < reading->count; i++)
        at[i] = (struct kafka_partition){ cli_topic(rebuild->cli, reading->items[i].type),
                                          reading->items[i].partition, KAFKA_OFFSET_NONE };
    TRY(kafka_offsets(reading->reader, KAFKA_OFFSET_END, at, reading->count, err));
    *is_same = true;
    for (uint32_t i = 0; i < reading->count; i++)
        if (is_own(rebuild, reading->items[i].type) && at[i].offset != reading->items[i].end)
            *is_same = false;
    return true;
}

/* ---- the group ---------------------------------------------------------------------------------- */

bool
rebuild_refuse_members(struct rebuild *rebuild, struct error *err)
{
    uint32_t members = 0;
    TRY(kafka_group_members(rebuild->reading.reader, rebuild_group(rebuild), &members, err));
    if (members > 0)
        return error_set(err, ERROR_REFUSED,
                         "%s has %u running member%s: stop every jumun-%s first",
                         rebuild_group(rebuild), members, members == 1 ? "" : "s",
                         services[rebuild->service].name);
    return true;
}

bool
rebuild_reset_group(struct rebuild *rebuild, struct error *err)
{
    struct cli *cli = rebuild->cli;
    struct kafka_settings kafka = cli_kafka(cli);
    struct reading *reading = &rebuild->reading;
    struct kafka_partition *at = arena_take(cli->arena, (reading->count + 1) * sizeof *at);
    uint32_t count = 0;
    for (uint32_t i = 0; i < reading->count; i++)
        if (topics[reading->items[i].type].consumers & services[rebuild->service].party)
            at[count++] = (struct kafka_partition){ cli_topic(cli, reading->items[i].type),
                                                    reading->items[i].partition, 0 };
    struct kafka_consumer *reader = kafka_reader_new(&kafka, rebuild_group(rebuild), err);
    bool ok = reader && kafka_commit(reader, at, count, true, err);
    if (reader)
        kafka_consumer_free(reader);
    return ok || error_wrap(err, "offsets of %s", rebuild_group(rebuild));
}

/* ---- one record --------------------------------------------------------------------------------- */

static const struct kafka_header *
header_named(const struct kafka_header *headers, uint32_t count, const char *name)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(headers[i].name, name) == 0 && headers[i].value)
            return &headers[i];
    return NULL;
}

static bool
header_is(const struct kafka_header *header, const char *text)
{
    return header && header->value_bytes == strlen(text) &&
           memcmp(header->value, text, header->value_bytes) == 0;
}

/* Decided before the snapshot: its cause lies below where the service stood.  A deadline has no topic. */
static bool
is_settled(struct rebuild *rebuild, const struct kafka_header *cause)
{
    char text[256] = "";
    if (!rebuild->is_compared || !cause || cause->value_bytes >= sizeof text)
        return true;
    memcpy(text, cause->value, cause->value_bytes);
    char *offset = strrchr(text, '/');
    if (!offset)
        return true;
    *offset++ = '\0';
    char *partition = strrchr(text, '/');
    if (!partition)
        return true;
    *partition++ = '\0';
    enum event_type type = cli_event_of(rebuild->cli, text);
    const struct position *at =
        positions_find(&rebuild->positions, rebuild->service, type,
                       (int32_t)strtol(partition, NULL, 10));
    return type == EV_NONE || (at && strtoll(offset, NULL, 10) < at->next_offset);
}

/* True: it counts.  What was said has the time of its cause, as the decision had. */
static bool
take_said(struct rebuild *rebuild, const struct kafka_record *record, struct event *event)
{
    struct kafka_header headers[KAFKA_HEADERS_MAX];
    uint32_t count = kafka_record_headers(record, headers);
    const char *source =
        arena_printf(rebuild->arena, "/jumun/%s", services[rebuild->service].name);
    const struct kafka_header *time = header_named(headers, count, "ce_time");
    if (!header_is(header_named(headers, count, "ce_source"), source))
        return false;
    if (time && !instant_parse(time->value, time->value_bytes, &event->at_us))
        return false;
    return is_settled(rebuild, header_named(headers, count, "jumun-cause"));
}

static bool
is_event(struct rebuild *rebuild, const struct kafka_record *record, enum event_type type,
         struct event *event)
{
    struct event_error wrong;
    if (!record->value || !event_decode(rebuild->arena, type, record->value, record->value_bytes,
                                        event, &wrong))
        return false;
    const char *key = event_key(event);
    return record->key && strlen(key) == record->key_bytes &&
           memcmp(key, record->key, record->key_bytes) == 0;
}

/* By it the read model knows a request that waits from another one. */
static struct uuid
identity_of(struct rebuild *rebuild, const struct kafka_record *record, enum event_type type)
{
    struct kafka_header headers[KAFKA_HEADERS_MAX];
    uint32_t count = kafka_record_headers(record, headers);
    return headers_identity(headers, count,
                            arena_printf(rebuild->arena, "%s%s/%d/%lld",
                                         rebuild->cli->settings.topic_prefix, topics[type].name,
                                         (int)record->partition, (long long)record->offset));
}

static void
take_record(struct rebuild *rebuild, const struct service *by, const struct kafka_record *record,
            enum event_type type)
{
    static struct event event; /* large; a decision keeps no pointer to it */
    rebuild->messages++;
    if (!is_event(rebuild, record, type, &event))
        return;
    event.type = type;
    event.at_us = record->at_ms * 1000;
    event.source = (struct source){ type, record->partition, record->offset };
    event.value = record->value;
    event.value_bytes = record->value_bytes;
    event.id = identity_of(rebuild, record, type);
    if (by == rebuild->target->fold && is_own(rebuild, type) &&
        !take_said(rebuild, record, &event))
        return;
    rebuild_apply(rebuild, by, &event);
}

/* ---- one topic ---------------------------------------------------------------------------------- */

/* Inputs of a comparison end exactly where the service stood. */
static void
place(struct rebuild *rebuild, enum event_type type, bool is_input)
{
    struct reading *reading = &rebuild->reading;
    for (uint32_t i = 0; i < reading->count; i++) {
        struct reading_partition *at = &reading->items[i];
        const struct position *position =
            positions_find(&rebuild->positions, rebuild->service, at->type, at->partition);
        at->next = at->type == type ? at->first : at->end;
        if (is_input && at->type == type)
            at->end = position ? position->next_offset : 0;
    }
}

static void
tell_progress(struct rebuild *rebuild)
{
    if (rebuild->side)
        __atomic_store_n(&rebuild->side->done, rebuild->messages, __ATOMIC_RELAXED);
    else
        progress_add(rebuild->cli, &rebuild->progress, rebuild->messages - rebuild->progress.done);
}

static bool
read_topic(struct rebuild *rebuild, const struct service *by, enum event_type type,
           struct error *err)
{
    struct kafka_record record;
    enum event_type of = EV_NONE;
    TRY(reading_start(rebuild->cli, &rebuild->reading, err));
    while (!reading_is_done(&rebuild->reading)) {
        if (cli_stopped())
            return error_set(err, ERROR_REFUSED, "stopped: nothing was changed");
        enum kafka_polled polled =
            reading_poll(rebuild->cli, &rebuild->reading, POLL_MS, &record, &of, err);
        if (polled == KAFKA_FAILED && err->class != ERROR_RETRY)
            return false;
        if (polled != KAFKA_RECORD)
            continue;
        const struct reading_partition *at =
            reading_find(&rebuild->reading, of, record.partition);
        if (at && of == type && record.offset < at->end)
            take_record(rebuild, by, &record, type);
        kafka_record_release(&record);
        arena_reset(rebuild->arena, ARENA_KEPT);
        tell_progress(rebuild);
    }
    return true;
}

static bool
is_read(const struct rebuild *rebuild, enum event_type type)
{
    for (uint32_t i = 0; i < rebuild->reading.count; i++)
        if (rebuild->reading.items[i].type == type && rebuild->reading.items[i].end > 0)
            return true;
    return false;
}

static bool
fold_topics(struct rebuild *rebuild, struct error *err)
{
    const struct service *fold = rebuild->target->fold;
    for (uint32_t i = 0; fold && i < fold->route_count; i++) {
        enum event_type type = fold->routes[i].type;
        place(rebuild, type, rebuild->is_compared && !is_own(rebuild, type));
        if (is_read(rebuild, type))
            TRY(read_topic(rebuild, fold, type, err));
        if (rebuild->is_compared && is_own(rebuild, type))
            TRY(rebuild_unpublished(rebuild, type, err));
    }
    return true;
}

static bool
replay_inputs(struct rebuild *rebuild, struct error *err)
{
    const struct service *service = rebuild->target->service;
    rebuild->anew = 0;
    for (uint32_t i = 0; i < service->route_count; i++) {
        enum event_type type = service->routes[i].type;
        if (!topics[type].has_topic)
            continue;
        place(rebuild, type, true);
        if (is_read(rebuild, type))
            TRY(read_topic(rebuild, service, type, err));
    }
    return true;
}

/* As `place` will have it read. */
static int64_t
messages_of(const struct rebuild *rebuild, enum event_type type, bool is_input)
{
    int64_t messages = 0;
    for (uint32_t i = 0; i < rebuild->reading.count; i++) {
        const struct reading_partition *at = &rebuild->reading.items[i];
        const struct position *position =
            positions_find(&rebuild->positions, rebuild->service, at->type, at->partition);
        if (at->type == type)
            messages += !is_input ? at->end : position ? position->next_offset : 0;
    }
    return messages;
}

int64_t
rebuild_messages(const struct rebuild *rebuild)
{
    const struct service *fold = rebuild->target->fold, *service = rebuild->target->service;
    bool is_compared = rebuild->is_compared;
    int64_t total = 0;
    for (uint32_t i = 0; fold && i < fold->route_count; i++) {
        enum event_type type = fold->routes[i].type;
        total += messages_of(rebuild, type, is_compared && !is_own(rebuild, type));
    }
    for (uint32_t i = 0; is_compared && i < service->route_count; i++)
        total += messages_of(rebuild, service->routes[i].type, true);
    return total;
}

bool
rebuild_fold(struct rebuild *rebuild, struct error *err)
{
    progress_begin(&rebuild->progress, services[rebuild->service].name, "messages",
                   rebuild_messages(rebuild));
    rebuild->progress.tells_end = true;
    TRY(fold_topics(rebuild, err));
    if (rebuild->is_compared)
        TRY(replay_inputs(rebuild, err));
    if (!rebuild->side)
        progress_end(rebuild->cli, &rebuild->progress);
    return true;
}
