/* emitter.c — collects what decisions say.  Contract: emitter.h */
#include "runtime/emitter.h"
#include "json/json_write.h"
#include <assert.h>
#include <string.h>

#define EMITTED_FIRST 64

void
emitter_init(struct emitter *out, struct arena *arena)
{
    *out = (struct emitter){ .arena = arena };
}

/* One cause's events stand together at the end, so that looking back over them is short. */
static uint16_t
next_ordinal(const struct emitter *out, enum event_type type)
{
    uint16_t ordinal = 0;
    for (uint32_t i = out->count; i > 0 && out->items[i - 1].cause == out->cause; i--)
        if (out->items[i - 1].type == type)
            ordinal++;
    return ordinal;
}

static struct emitted *
emitter_push(struct emitter *out, enum event_type type)
{
    assert(out->cause != NULL);
    if (out->count == out->capacity) {
        out->capacity = out->capacity == 0 ? EMITTED_FIRST : out->capacity * 2;
        struct emitted *grown = arena_take(out->arena, out->capacity * sizeof *grown);
        if (out->count > 0)
            memcpy(grown, out->items, out->count * sizeof *grown);
        out->items = grown;
    }
    struct emitted *item = &out->items[out->count];
    *item = (struct emitted){
        .type = type, .partition = -1, .ordinal = next_ordinal(out, type), .cause = out->cause
    };
    out->count++;
    return item;
}

void
emitter_add(struct emitter *out, enum event_type type, const char *key, const char *value,
            uint32_t value_bytes, int32_t partition)
{
    struct emitted *item = emitter_push(out, type);
    item->key = key;
    item->value = value;
    item->value_bytes = value_bytes;
    item->partition = partition;
}

void
emitter_dead_letter(struct emitter *out, const char *reason, const char *detail)
{
    struct emitted *item = emitter_push(out, EV_DEAD_LETTER);
    item->key = event_key(out->cause);
    item->value = out->cause->value;
    item->value_bytes = out->cause->value_bytes;
    item->dead_letter_reason = reason;
    item->dead_letter_detail = detail;
}

#define WAITED_BYTES 512

void
emitter_dead_letter_of(struct emitter *out, const struct event *waited, const char *reason,
                       const char *detail)
{
    struct event *copy = arena_copy(out->arena, waited, sizeof *waited);
    struct json_writer value;
    json_writer_init(&value, out->arena, WAITED_BYTES);
    event_write(&value, copy);
    copy->value = value.bytes;
    copy->value_bytes = value.length;

    struct emitted *item = emitter_push(out, EV_DEAD_LETTER);
    item->key = event_key(copy);
    item->value = copy->value;
    item->value_bytes = copy->value_bytes;
    item->dead_letter_reason = reason;
    item->dead_letter_detail = detail;
    item->waited = copy;
}
