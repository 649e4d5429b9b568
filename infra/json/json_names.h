/* json_names.h — duplicate names of one object.  Internal to the reader.
 *
 * Shapes   json_names: what is known while the object's members arrive; 64 bits say which name hashes were
 *          seen, so nearly every name is known to be new without a comparison.
 * Limits   a small object is compared pairwise where hashes collide, a large one is sorted once at its end.
 * Threads  none. */
#pragma once
#include "json/json_read.h"

struct json_names {
    uint64_t seen;
    uint32_t count;
    bool collided;
};

static inline void
json_names_add(struct json_names *names, const struct json_node *name)
{
    uint32_t hash = name->text_bytes;
    if (name->text_bytes > 0) {
        const unsigned char *text = (const unsigned char *)name->text;
        hash += text[0] * 31u + text[name->text_bytes / 2] * 1009u +
                text[name->text_bytes - 1] * 65537u;
    }
    uint64_t bit = UINT64_C(1) << (hash * 0x9e3779b1u >> 26);
    names->collided |= (names->seen & bit) != 0;
    names->seen |= bit;
    names->count++;
}

/* The later one of two equal names of the object, or JSON_NONE. */
uint32_t json_names_duplicate(struct arena *scratch, const struct json_node *nodes, uint32_t object,
                              uint32_t count);
