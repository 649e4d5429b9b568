/* text.h — bytes that grow in an arena; for text that is not JSON.
 *
 * Shapes   text: a buffer; text_add appends.
 * Threads  values only. */
#pragma once
#include "base/arena.h"
#include <string.h>

struct text {
    struct arena *arena;
    char *bytes;
    size_t length, capacity;
};

static inline void
text_add(struct text *text, const char *bytes, size_t count)
{
    if (text->length + count > text->capacity) {
        size_t capacity = (text->length + count) * 2 + 256;
        char *grown = arena_take_raw(text->arena, capacity);

        if (text->length > 0)
            memcpy(grown, text->bytes, text->length);
        text->bytes = grown;
        text->capacity = capacity;
    }
    if (count > 0)
        memcpy(text->bytes + text->length, bytes, count);
    text->length += count;
}
