/* emitter.h — what decisions say: events, encoded at once, in the order they were decided.
 *
 * Shapes     emitted: one event with its cause.  ce_id is not made here: the loop derives it as
 *            UUIDv5(cause's id, "<EventType>/<ordinal>"), ordinal counting per cause and type from 0.
 * Invariant  bytes live in the batch's arena; an event's key is its key field.
 * Errors     none.  Sizes are bounded by the schemas (largest event < 256 KiB).
 * Threads    none.
 * Source     emit_<event> functions are generated (emit.h). */
#pragma once
#include "events.h"

struct emitted {
    enum event_type type;
    int32_t partition; /* ≥ 0: exactly there; −1: by key (murmur2) */
    uint16_t ordinal;  /* among the events of this type and cause */
    const struct event *cause;
    const char *key;
    const char *value; /* JSON */
    uint32_t value_bytes;
    const char *dead_letter_reason; /* not NULL: not an event but the dead letter of its cause */
    const char *dead_letter_detail;
    const struct event *waited; /* not NULL: the dead letter of this earlier message, not of the cause */
};

struct emitter {
    struct arena *arena;
    const struct event *cause; /* set by the loop before each decision */
    struct emitted *items;
    uint32_t count, capacity;
};

void emitter_init(struct emitter *out, struct arena *arena);
/* Used by the generated emit_* functions: bytes must lie in the arena. */
void emitter_add(struct emitter *out, enum event_type type, const char *key, const char *value,
                 uint32_t value_bytes, int32_t partition);
/* The message that is being decided is refused as not belonging here (another customer's request …):
 * it becomes a DeadLetter with its original bytes, written by the loop, and parks nothing.
 * reason is a stable code ("customer_mismatch"), detail a sentence for people. */
void emitter_dead_letter(struct emitter *out, const char *reason, const char *detail);
/* The same for a message that came earlier and waited in a row: `waited` (type, source, as) is told from
 * what the row kept.  Its value is encoded anew; its offset leads to the original bytes in the topic. */
void emitter_dead_letter_of(struct emitter *out, const struct event *waited, const char *reason,
                            const char *detail);
