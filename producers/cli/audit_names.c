/* audit_names.c — hashing, the table of names, the set of marks.  Contract: audit_names.h */
#include "cli/audit_names.h"
#include <string.h>

#define HASH_MULTIPLIER UINT64_C(0x9e3779b97f4a7c15)

static uint64_t
mix(uint64_t hash, uint64_t word)
{
    __uint128_t product = (__uint128_t)(hash ^ word) * HASH_MULTIPLIER;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t
hash_bytes(const void *bytes, size_t count)
{
    const char *at = bytes;
    uint64_t hash = HASH_MULTIPLIER ^ count, word;
    for (; count >= sizeof word; count -= sizeof word, at += sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = mix(hash, word);
    }
    word = 0;
    memcpy(&word, at, count);
    return mix(mix(hash, word), HASH_MULTIPLIER >> 1);
}

const char *
names_text(const struct names *names, uint32_t index)
{
    return index ? names->text + names->starts[index - 1] : "";
}

/* The slot that holds this text, or the free one where it belongs. */
static uint32_t
slot_of(const struct names *names, const char *text)
{
    uint32_t slot = (uint32_t)hash_bytes(text, strlen(text)) & (names->slot_count - 1);
    while (names->slots[slot] && strcmp(names_text(names, names->slots[slot]), text) != 0)
        slot = (slot + 1) & (names->slot_count - 1);
    return slot;
}

uint32_t
names_find(const struct names *names, const char *text)
{
    return names->slot_count ? names->slots[slot_of(names, text)] : 0;
}

static void
grow_slots(struct names *names)
{
    memory_free(names->slots);
    names->slot_count = names->slot_count ? names->slot_count * 2 : 1024;
    names->slots = memory_new(names->slot_count * sizeof *names->slots);
    memset(names->slots, 0, names->slot_count * sizeof *names->slots);
    for (uint32_t i = 1; i <= names->count; i++)
        names->slots[slot_of(names, names_text(names, i))] = i;
}

static void
keep_text(struct names *names, const char *text)
{
    size_t bytes = strlen(text) + 1;
    if (names->text_bytes + bytes > names->text_room) {
        names->text_room = (names->text_room + bytes) * 2;
        names->text = memory_grow(names->text, names->text_room);
    }
    if (names->count == names->capacity) {
        names->capacity = names->capacity ? names->capacity * 2 : 256;
        names->starts = memory_grow(names->starts, names->capacity * sizeof *names->starts);
    }
    memcpy(names->text + names->text_bytes, text, bytes);
    names->starts[names->count++] = names->text_bytes;
    names->text_bytes += bytes;
}

uint32_t
names_index(struct names *names, const char *text)
{
    if (names->count * 2 >= names->slot_count)
        grow_slots(names);
    uint32_t slot = slot_of(names, text);
    if (!names->slots[slot]) {
        keep_text(names, text);
        names->slots[slot] = names->count;
    }
    return names->slots[slot];
}

void
names_free(struct names *names)
{
    memory_free(names->text);
    memory_free(names->starts);
    memory_free(names->slots);
    *names = (struct names){ 0 };
}

static uint64_t *
mark_of(const struct marks *marks, uint64_t hash)
{
    uint32_t slot = (uint32_t)hash & (marks->slot_count - 1);
    while (marks->slots[slot] && marks->slots[slot] != hash)
        slot = (slot + 1) & (marks->slot_count - 1);
    return &marks->slots[slot];
}

static void
grow_marks(struct marks *marks)
{
    struct marks bigger = { .slot_count = marks->slot_count ? marks->slot_count * 2 : 1024 };
    bigger.slots = memory_new(bigger.slot_count * sizeof *bigger.slots);
    memset(bigger.slots, 0, bigger.slot_count * sizeof *bigger.slots);
    for (uint32_t i = 0; i < marks->slot_count; i++)
        if (marks->slots[i])
            *mark_of(&bigger, marks->slots[i]) = marks->slots[i];
    bigger.count = marks->count;
    marks_free(marks);
    *marks = bigger;
}

void
marks_add(struct marks *marks, uint64_t hash)
{
    hash |= 1; /* 0 means free */
    if (marks->count * 2 >= marks->slot_count)
        grow_marks(marks);
    uint64_t *mark = mark_of(marks, hash);
    marks->count += *mark == 0;
    *mark = hash;
}

bool
marks_has(const struct marks *marks, uint64_t hash)
{
    return marks->slot_count && *mark_of(marks, hash | 1) != 0;
}

void
marks_free(struct marks *marks)
{
    memory_free(marks->slots);
    *marks = (struct marks){ 0 };
}
