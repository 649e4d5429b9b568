/* audit_names.h — ids as small numbers, and numbers back as ids.
 *
 * Shapes   names: text → index, dense from 1; 0 is "none".  Texts are kept in one growing block.
 * Memory   text + 12 bytes per name, twice that of slots.
 * Errors   none.
 * Threads  none. */
#pragma once
#include "base/arena.h"
#include <stdbool.h>

struct names {
    char *text;
    size_t text_bytes, text_room;
    uint64_t *starts; /* of name i, in text */
    uint32_t count, capacity;
    uint32_t *slots;
    uint32_t slot_count; /* a power of two */
};

/* The index of this text, given now if it has none. */
uint32_t names_index(struct names *names, const char *text);
/* 0 when it is not there. */
uint32_t names_find(const struct names *names, const char *text);
const char *names_text(const struct names *names, uint32_t index); /* "" for 0 */
void names_free(struct names *names);

/* A set of hashes: 16 bytes for each. */
struct marks {
    uint64_t *slots; /* 0: free */
    uint32_t slot_count, count;
};

void marks_add(struct marks *marks, uint64_t hash);
bool marks_has(const struct marks *marks, uint64_t hash);
void marks_free(struct marks *marks);

/* A good and fast 64-bit hash of bytes; the same on every run. */
uint64_t hash_bytes(const void *bytes, size_t count);
