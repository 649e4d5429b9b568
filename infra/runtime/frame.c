/* frame.c — one event as it stands in the outbox: all that is needed to send the same bytes again.
 *
 * Layout     big-endian, as sql/migrations/0001_runtime.sql (outbox_frames) takes it apart:
 *            rest u32 · seq u32 · at_us i64 · ce_id 16 · trace id 16 · trace flags u8 · partition i32 ·
 *            topic bytes u8 · cause bytes u16 · key bytes u32 (all ones: none) · value bytes u32 ·
 *            topic · cause · key · value
 * Contract   loop_private.h */
#include "runtime/loop_private.h"
#include "runtime/mutant.h"
#include <assert.h>
#include <endian.h>
#include <stdio.h>
#include <string.h>

#define HEAD_BYTES 64
#define NO_KEY     UINT32_MAX

/* ---- from a decision -------------------------------------------------------------------------------- */

#define CONTAINER_OF(pointer, type, member) ((type *)((uintptr_t)(pointer)-offsetof(type, member)))

static struct uuid
derived_id(struct uuid cause, const char *type, unsigned ordinal)
{
    char name[96];
    int bytes = snprintf(name, sizeof name, "%s/%u", type, ordinal);

    return uuid_v5(cause, name, (size_t)bytes);
}

/* A message that waited in a row, as if it had just been read from where it lies. */
static struct record *
waited_record(struct loop *loop, const struct event *waited, struct arena *arena)
{
    struct record *record = arena_take(arena, sizeof *record);
    const char *key = event_key(waited);

    record->raw = (struct kafka_record){
        .topic = arena_printf(arena, "%s%s", loop->settings.topic_prefix,
                              topics[waited->source.topic].name),
        .partition = waited->source.partition,
        .offset = waited->source.offset,
        .key = key,
        .key_bytes = (uint32_t)strlen(key),
        .value = waited->value,
        .value_bytes = waited->value_bytes,
    };
    return record;
}

void
frame_from(struct loop *loop, struct frame *out, const struct emitted *item, uint32_t seq,
           struct arena *arena)
{
    struct record *record = CONTAINER_OF(item->cause, struct record, event);
    struct arena *its_own = MUTANT(CAUSE_FORGOTTEN, loop->batch.arena, arena);
    const char *cause = record_cause(loop, record, its_own);

    *out = (struct frame){
        .seq = seq,
        .at_us = record->event.at_us,
        .trace = record->trace,
        .partition = item->partition,
        .type = item->type,
        .cause = cause,
        .cause_bytes = (uint32_t)strlen(cause),
        .key = item->key,
        .value = item->value,
        .value_bytes = item->value_bytes,
    };
    if (item->dead_letter_reason) {
        if (item->waited)
            record = waited_record(loop, item->waited, arena);
        dead_letter_write(loop, record, item->dead_letter_reason, item->dead_letter_detail, arena,
                          out);
        return;
    }
    out->key_bytes = (uint32_t)strlen(item->key);
    out->id = MUTANT(ID_FROM_CHANCE,
                     derived_id(record->event.id, topics[item->type].name, item->ordinal),
                     loop->world.ops->uuid(loop->world.self));
}

/* ---- bytes ------------------------------------------------------------------------------------------ */

static size_t
body_bytes(const struct frame *frame)
{
    return strlen(topics[frame->type].name) + frame->cause_bytes +
           (frame->key ? frame->key_bytes : 0) + frame->value_bytes;
}

size_t
frame_bytes(const struct frame *frame)
{
    return HEAD_BYTES + body_bytes(frame);
}

static char *
put(char *at, const void *bytes, size_t count)
{
    if (count)
        memcpy(at, bytes, count);
    return at + count;
}

static char *
put16(char *at, uint16_t value)
{
    return put(at, &(uint16_t){ htobe16(value) }, 2);
}

static char *
put32(char *at, uint32_t value)
{
    return put(at, &(uint32_t){ htobe32(value) }, 4);
}

char *
frame_write(const struct frame *frame, char *at)
{
    const char *topic = topics[frame->type].name;
    size_t topic_bytes = strlen(topic);
    char *start = at;

    assert(topic_bytes <= UINT8_MAX && frame->cause_bytes <= UINT16_MAX);
    at = put32(at, (uint32_t)(frame_bytes(frame) - 4));
    at = put32(at, frame->seq);
    at = put(at, &(uint64_t){ htobe64((uint64_t)frame->at_us) }, 8);
    at = put(at, frame->id.bytes, 16);
    at = put(at, frame->trace.id, 16);
    *at++ = (char)frame->trace.flags;
    at = put32(at, (uint32_t)frame->partition);
    *at++ = (char)topic_bytes;
    at = put16(at, (uint16_t)frame->cause_bytes);
    at = put32(at, frame->key ? frame->key_bytes : NO_KEY);
    at = put32(at, frame->value_bytes);
    assert(at - start == HEAD_BYTES);
    at = put(at, topic, topic_bytes);
    at = put(at, frame->cause, frame->cause_bytes);
    at = put(at, frame->key, frame->key ? frame->key_bytes : 0);
    return put(at, frame->value, frame->value_bytes);
}

static uint32_t
get32(const char *at)
{
    uint32_t value;
    memcpy(&value, at, 4);
    return be32toh(value);
}

static enum event_type
type_named(const char *name, size_t bytes)
{
    char text[UINT8_MAX + 1];

    memcpy(text, name, bytes);
    text[bytes] = '\0';
    return strlen(text) == bytes ? event_type_of(text) : EV_NONE;
}

/* Offsets as in the layout above. */
static void
read_head(struct frame *out, const char *head)
{
    uint64_t at_us;
    uint16_t cause_bytes;

    out->seq = get32(head + 4);
    memcpy(&at_us, head + 8, 8);
    out->at_us = (int64_t)be64toh(at_us);
    memcpy(out->id.bytes, head + 16, 16);
    memcpy(out->trace.id, head + 32, 16);
    out->trace.flags = (uint8_t)head[48];
    out->partition = (int32_t)get32(head + 49);
    memcpy(&cause_bytes, head + 54, 2);
    out->cause_bytes = be16toh(cause_bytes);
    out->key_bytes = get32(head + 56);
    out->value_bytes = get32(head + 60);
}

bool
frame_read(struct frame *out, const char **at, const char *end)
{
    const char *head = *at;

    if (end - head < HEAD_BYTES)
        return false;
    size_t rest = get32(head), topic_bytes = (uint8_t)head[53];
    *out = (struct frame){ 0 };
    read_head(out, head);
    bool has_key = out->key_bytes != NO_KEY;
    size_t key_bytes = has_key ? out->key_bytes : 0;
    if (rest + 4 != HEAD_BYTES + topic_bytes + out->cause_bytes + key_bytes + out->value_bytes ||
        rest + 4 > (size_t)(end - head))
        return false;
    const char *body = head + HEAD_BYTES;
    out->type = type_named(body, topic_bytes);
    out->cause = body + topic_bytes;
    out->key = has_key ? out->cause + out->cause_bytes : NULL;
    out->key_bytes = (uint32_t)key_bytes;
    out->value = out->cause + out->cause_bytes + key_bytes;
    *at = out->value + out->value_bytes;
    return out->type != EV_NONE;
}
