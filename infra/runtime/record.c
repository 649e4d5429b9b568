/* record.c — what one message of the log is: an event, a refusal, or nothing to us.
 *
 * Identity   ce_id; without one UUIDv5 of topic, partition, offset; one that is no UUID: v5 of source and id.
 * Refused    (a dead letter that parks nothing) no value, not decodable, another key than its body.
 * Contract   loop_private.h; contract.md section 2. */
#include "runtime/loop_private.h"
#include "runtime/mutant.h"
#include <string.h>

enum event_type
record_type(struct loop *loop, const struct kafka_record *raw)
{
    for (uint32_t i = 0; i < loop->topic_cache_count; i++)
        if (loop->topic_cache[i].topic == raw->topic)
            return loop->topic_cache[i].type;
    enum event_type type = EV_NONE;
    if (strncmp(raw->topic, loop->settings.topic_prefix, loop->prefix_bytes) == 0)
        type = event_type_of(raw->topic + loop->prefix_bytes);
    if (loop->topic_cache_count == EV_COUNT)
        loop->topic_cache_count = 0;
    loop->topic_cache[loop->topic_cache_count].topic = raw->topic;
    loop->topic_cache[loop->topic_cache_count++].type = type;
    return type;
}

void
record_begin(struct record *record, struct position *position, const struct kafka_record *raw)
{
    memset(record, 0, offsetof(struct record, event) + offsetof(struct event, as));
    record->position = position;
    record->offset = raw->offset;
    record->raw = *raw;
    record->event.type = position->type;
    record->event.source = (struct source){ position->type, raw->partition, raw->offset };
}

/* Room for the longest list is a hundred times what most need: a batch keeps what is there. */
struct record *
record_keep(struct arena *arena, const struct record *read)
{
    size_t head = offsetof(struct record, event) + offsetof(struct event, as);
    bool has_event = read->key != NULL;
    struct record *record =
        arena_copy(arena, read, has_event ? head + event_bytes(&read->event) : head);

    if (has_event)
        record->key = event_key(&record->event);
    return record;
}

const char *
record_cause(struct loop *loop, struct record *record, struct arena *arena)
{
    (void)loop;
    if (!record->cause)
        record->cause = arena_printf(arena, "%s/%d/%lld", record->raw.topic,
                                     (int)record->raw.partition, (long long)record->raw.offset);
    return record->cause;
}

uint32_t
record_headers(struct loop *loop, const struct record *record, struct kafka_header *out)
{
    if (record->raw.handle)
        return loop->log.ops->headers(loop->log.self, &record->raw, out);
    if (!record->parked)
        return 0;
    return headers_from_json(record->parked->headers, record->parked->headers_bytes, out,
                             loop->batch.arena);
}

static bool
refuse(struct record *record, const char *reason, const char *detail)
{
    record->refusal = reason;
    record->refusal_detail = detail;
    return true;
}

static bool
key_matches(const struct record *record)
{
    const char *key = event_key(&record->event);

    return record->raw.key && strlen(key) == record->raw.key_bytes &&
           memcmp(key, record->raw.key, record->raw.key_bytes) == 0;
}

static bool
decode(struct arena *arena, struct record *record)
{
    struct event_error error = { 0 };
    enum event_type type = record->event.type;

    if (!record->raw.value)
        return refuse(record, "no_value", "the record has no value");
    if (!event_decode(arena, type, record->raw.value, record->raw.value_bytes, &record->event,
                      &error))
        return refuse(record, arena_printf(arena, "%s", error.code),
                      arena_printf(arena, "%s: %s", *error.pointer ? error.pointer : "/",
                                   error.detail));
    if (!key_matches(record))
        return refuse(record, "key_mismatch",
                      arena_printf(arena, "the record's key is not the key in its value, %s",
                                   event_key(&record->event)));
    record->kind = topics[type].key;
    record->key = event_key(&record->event);
    return true;
}

/* Refusals have to be written even where the service would not want the event. */
bool
record_read(struct loop *loop, struct arena *arena, struct record *record)
{
    struct kafka_header headers[KAFKA_HEADERS_MAX];
    uint32_t count = record_headers(loop, record, headers);
    const struct service *service = loop->settings.service;

    record->event.id = headers_identity(headers, count, record_cause(loop, record, arena));
    record->trace = headers_trace(headers, count, record->event.id);
    record->event.at_us = MUTANT(TIME_FROM_CLOCK, record->raw.at_ms * 1000,
                                 loop->world.ops->wall_us(loop->world.self));
    record->event.value = record->raw.value;
    record->event.value_bytes = record->raw.value_bytes;
    decode(arena, record);
    if (record->refusal)
        return true;
    record->route = service_route(service, record->event.type);
    return record->route && (!record->route->wants || record->route->wants(&record->event));
}
