/* intern.c — see intern.h */
#include "exhaustive/intern.h"
#include <string.h>

struct entry {
    const void *bytes;
    uint64_t hash;
    uint32_t count;
};

struct intern {
    struct arena *arena;
    struct entry *entries;
    uint32_t count, capacity;
    uint32_t *slots; /* entry + 1 */
    uint32_t slot_count;
};

uint64_t
hash_bytes(const void *bytes, size_t count)
{
    const char *at = bytes;
    uint64_t hash = 0x9e3779b97f4a7c15u ^ count;
    while (count > 0) {
        uint64_t word = 0;
        size_t take = count < sizeof word ? count : sizeof word;
        memcpy(&word, at, take);
        hash = (hash ^ word) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
        at += take;
        count -= take;
    }
    hash = (hash ^ hash >> 29) * 0xc4ceb9fe1a85ec53u;
    return hash ^ hash >> 32;
}

struct intern *
intern_new(void)
{
    struct arena *arena = arena_new(1 << 20);
    struct intern *intern = arena_take(arena, sizeof *intern);
    intern->arena = arena;
    intern->capacity = 1024;
    intern->entries = memory_new(intern->capacity * sizeof *intern->entries);
    intern->slot_count = 4096;
    intern->slots = memory_new(intern->slot_count * sizeof *intern->slots);
    memset(intern->slots, 0, intern->slot_count * sizeof *intern->slots);
    return intern;
}

static uint32_t *
slot_of(const struct intern *intern, const void *bytes, uint32_t count, uint64_t hash)
{
    uint32_t at = (uint32_t)hash & (intern->slot_count - 1);
    for (;; at = (at + 1) & (intern->slot_count - 1)) {
        if (intern->slots[at] == 0)
            return &intern->slots[at];
        const struct entry *entry = &intern->entries[intern->slots[at] - 1];
        if (entry->hash == hash && entry->count == count && memcmp(entry->bytes, bytes, count) == 0)
            return &intern->slots[at];
    }
}

static void
grow(struct intern *intern)
{
    intern->capacity *= 2;
    intern->entries = memory_grow(intern->entries, intern->capacity * sizeof *intern->entries);
    memory_free(intern->slots);
    intern->slot_count *= 2;
    intern->slots = memory_new(intern->slot_count * sizeof *intern->slots);
    memset(intern->slots, 0, intern->slot_count * sizeof *intern->slots);
    for (uint32_t i = 0; i < intern->count; i++) {
        const struct entry *entry = &intern->entries[i];
        *slot_of(intern, entry->bytes, entry->count, entry->hash) = i + 1;
    }
}

uint32_t
intern_put(struct intern *intern, const void *bytes, uint32_t count)
{
    uint64_t hash = hash_bytes(bytes, count);
    uint32_t *slot = slot_of(intern, bytes, count, hash);
    if (*slot != 0)
        return *slot - 1;
    if (intern->count == intern->capacity) {
        grow(intern);
        slot = slot_of(intern, bytes, count, hash);
    }
    intern->entries[intern->count] =
        (struct entry){ arena_copy(intern->arena, bytes, count), hash, count };
    *slot = ++intern->count;
    return intern->count - 1;
}

const void *
intern_get(const struct intern *intern, uint32_t number, uint32_t *count)
{
    *count = intern->entries[number].count;
    return intern->entries[number].bytes;
}

uint32_t
intern_count(const struct intern *intern)
{
    return intern->count;
}
