/* json_write.h — builds compact JSON by appending; commas are its own business.
 *
 * Shapes   json_writer: a growing buffer in an arena.
 * Units    integers are written in full; times as RFC 3339 UTC with milliseconds.
 * Errors   none; text must be valid UTF-8 (it was checked when it came in).
 * Threads  none. */
#pragma once
#include "base/arena.h"
#include <stdbool.h>
#include <string.h>

struct json_writer {
    struct arena *arena;
    char *bytes;
    uint32_t length, capacity;
    bool needs_comma;
};

void json_writer_init(struct json_writer *out, struct arena *arena, uint32_t first_capacity);
void json_begin_object(struct json_writer *out);
void json_end_object(struct json_writer *out);
void json_begin_array(struct json_writer *out);
void json_end_array(struct json_writer *out);
void json_name(struct json_writer *out, const char *name); /* name must need no escapes */
void json_text(struct json_writer *out, const char *text);
void json_text_bytes(struct json_writer *out, const char *text, size_t bytes);
void json_integer(struct json_writer *out, int64_t value);
void json_bool(struct json_writer *out, bool value);
void json_null(struct json_writer *out);
void json_instant(struct json_writer *out, int64_t at_us);
void json_raw(struct json_writer *out, const char *json, size_t bytes); /* already valid JSON */
/* Gives the unused rest of the buffer back to the arena; call it once, when the text is complete. */
void json_writer_finish(struct json_writer *out);

/* For generated tables: `,"name":` as it stands, the comma only where one is needed. */
#define JSON_LABEL_BYTES 32
void json_writer_grow(struct json_writer *out, size_t bytes);

static inline char *
json_room(struct json_writer *out, size_t bytes)
{
    if (__builtin_expect(bytes > out->capacity - out->length, 0))
        json_writer_grow(out, bytes);
    return out->bytes + out->length;
}

/* Copies the whole label, whose size the compiler knows, and keeps the bytes of it that count. */
static inline void
json_label(struct json_writer *out, const char label[JSON_LABEL_BYTES], size_t bytes)
{
    size_t skip = out->needs_comma ? 0 : 1;
    char *room = json_room(out, JSON_LABEL_BYTES);
    if (skip == 0)
        memcpy(room, label, JSON_LABEL_BYTES);
    else
        memcpy(room, label + 1, JSON_LABEL_BYTES - 1);
    out->length += (uint32_t)(bytes - skip);
    out->needs_comma = false;
}
