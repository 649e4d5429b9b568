/* rebuild_rows.c — many rows in memory, and one event at a time over them.  Contract: rebuild.h
 *
 * Packed   a row is a struct with room for the longest lists, nearly all zeros: what is kept is the key and
 *          runs of (zeros u16, bytes u16, bytes). */
#include "cli/rebuild.h"
#include "base/uuid.h"
#include <string.h>

#define RUN_MAX      UINT16_MAX
#define ARENA_BYTES  (1u << 20)
#define SLOTS_FIRST  1024u

void
rebuild_rows_init(struct rebuild *rebuild)
{
    uint32_t types = rebuild->target->service->row_type_count;
    rebuild->tables = memory_new(types * sizeof *rebuild->tables);
    memset(rebuild->tables, 0, types * sizeof *rebuild->tables);
    rebuild->arena = arena_new(ARENA_BYTES);
}

static void
table_free(struct packed_table *table)
{
    for (uint32_t i = 0; i < table->count; i++)
        memory_free(table->rows[i].bytes);
    memory_free(table->rows);
    memory_free(table->slots);
}

void
rebuild_rows_free(struct rebuild *rebuild)
{
    for (uint32_t i = 0; rebuild->tables && i < rebuild->target->service->row_type_count; i++)
        table_free(&rebuild->tables[i]);
    memory_free(rebuild->tables);
    rebuild->tables = NULL;
    if (rebuild->arena)
        arena_free(rebuild->arena);
    rebuild->arena = NULL;
}

/* ---- packing ------------------------------------------------------------------------------------ */

static size_t
count_zeros(const char *at, size_t left)
{
    uint64_t word;
    size_t count = 0;
    while (left - count >= sizeof word && (memcpy(&word, at + count, sizeof word), word == 0))
        count += sizeof word;
    while (count < left && at[count] == 0)
        count++;
    return count;
}

/* Ends before eight zeros in a row: shorter gaps are not worth a run. */
static size_t
count_bytes(const char *at, size_t left)
{
    uint64_t word;
    size_t count = 0;
    while (left - count >= sizeof word && (memcpy(&word, at + count, sizeof word), word != 0))
        count++;
    return left - count < sizeof word ? left : count;
}

static size_t
least(size_t left, size_t right)
{
    return left < right ? left : right;
}

static char *
pack(const struct row_type *type, const char *key, const char *row, struct arena *arena)
{
    size_t key_bytes = strlen(key) + 1, at = 0;
    char *out = arena_take_raw(arena, key_bytes + type->row_bytes * 2 + 8), *to = out + key_bytes;
    memcpy(out, key, key_bytes);
    while (at < type->row_bytes) {
        uint16_t zeros = (uint16_t)least(count_zeros(row + at, type->row_bytes - at), RUN_MAX);
        at += zeros;
        uint16_t bytes = (uint16_t)least(count_bytes(row + at, type->row_bytes - at), RUN_MAX);
        memcpy(to, &zeros, 2);
        memcpy(to + 2, &bytes, 2);
        memcpy(to + 4, row + at, bytes);
        to += 4 + bytes;
        at += bytes;
    }
    return memcpy(memory_new((size_t)(to - out)), out, (size_t)(to - out));
}

void
rebuild_unpack(const struct row_type *type, const struct packed_row *row, void *out)
{
    const char *from = row->bytes + strlen(row->bytes) + 1;
    char *to = out;
    for (size_t at = 0; at < type->row_bytes;) {
        uint16_t zeros, bytes;
        memcpy(&zeros, from, 2);
        memcpy(&bytes, from + 2, 2);
        memset(to + at, 0, zeros);
        memcpy(to + at + zeros, from + 4, bytes);
        at += (size_t)zeros + bytes;
        from += 4 + bytes;
    }
}

/* ---- finding ------------------------------------------------------------------------------------ */

static uint64_t
hash_of(const char *key)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *key; key++)
        hash = (hash ^ (uint8_t)*key) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 32;
}

static uint32_t *
slot_of(const struct packed_table *table, uint64_t hash, const char *key)
{
    uint32_t at = (uint32_t)hash & (table->slot_count - 1);
    while (table->slots[at]) {
        const struct packed_row *row = &table->rows[table->slots[at] - 1];
        if (row->hash == hash && strcmp(row->bytes, key) == 0)
            break;
        at = (at + 1) & (table->slot_count - 1);
    }
    return &table->slots[at];
}

static void
grow(struct packed_table *table)
{
    if ((table->count + 1) * 2 <= table->slot_count)
        return;
    memory_free(table->slots);
    table->slot_count = table->slot_count ? table->slot_count * 2 : SLOTS_FIRST;
    table->rows = memory_grow(table->rows, table->slot_count * sizeof *table->rows);
    table->slots = memory_new(table->slot_count * sizeof *table->slots);
    memset(table->slots, 0, table->slot_count * sizeof *table->slots);
    for (uint32_t i = 0; i < table->count; i++) {
        uint32_t at = (uint32_t)table->rows[i].hash & (table->slot_count - 1);
        while (table->slots[at])
            at = (at + 1) & (table->slot_count - 1);
        table->slots[at] = i + 1;
    }
}

struct packed_row *
rebuild_find(struct rebuild *rebuild, unsigned row_type, const char *key)
{
    struct packed_table *table = &rebuild->tables[row_type];
    uint32_t slot = table->slot_count ? *slot_of(table, hash_of(key), key) : 0;
    return slot ? &table->rows[slot - 1] : NULL;
}

static void
keep(struct rebuild *rebuild, unsigned row_type, const struct row *row)
{
    struct packed_table *table = &rebuild->tables[row_type];
    uint64_t hash = hash_of(row->key);
    grow(table);
    uint32_t *slot = slot_of(table, hash, row->key);
    if (!*slot) {
        table->rows[table->count++] = (struct packed_row){ .hash = hash };
        *slot = table->count;
    }
    struct packed_row *kept = &table->rows[*slot - 1];
    memory_free(kept->bytes);
    kept->bytes = pack(&rebuild->target->service->rows[row_type], row->key, row->data,
                       rebuild->arena);
}

/* ---- one event ---------------------------------------------------------------------------------- */

/* Rows that an order's own row refers to: what the load statements find by a join. */
static void
add_referred(struct rebuild *rebuild, struct keys *keys)
{
    const struct row_type *first = &rebuild->target->service->rows[0];
    for (uint32_t type = 0; rebuild->target->refers_to && type < keys->row_type_count; type++)
        for (uint32_t i = 0; i < keys->via[type].count; i++) {
            const struct packed_row *row = rebuild_find(rebuild, 0, keys->via[type].keys[i]);
            void *own = arena_take(rebuild->arena, first->row_bytes);
            if (!row)
                continue;
            rebuild_unpack(first, row, own);
            rebuild->target->refers_to(own, keys);
        }
}

static void
load(struct rebuild *rebuild, const struct keys *keys, struct view *view)
{
    for (uint32_t type = 0; type < keys->row_type_count; type++)
        for (uint32_t i = 0; i < keys->own[type].count; i++) {
            const struct packed_row *kept = rebuild_find(rebuild, type, keys->own[type].keys[i]);
            if (!kept)
                continue;
            struct row *row = view_add_row(view, type, 1);
            rebuild_unpack(&rebuild->target->service->rows[type], kept, row->data);
            view_loaded(view, type, row);
        }
    view_complete(view, keys);
}

static void
save(struct rebuild *rebuild, const struct view *view)
{
    const struct service *service = rebuild->target->service;
    for (uint32_t type = 0; type < service->row_type_count; type++)
        for (uint32_t i = 0; i < view->tables[type].count; i++) {
            const struct row *row = &view->tables[type].rows[i];
            if (service->rows[type].guard != ROW_APPENDED && row_changed(&service->rows[type], row))
                keep(rebuild, type, row);
        }
}

void
rebuild_apply(struct rebuild *rebuild, const struct service *by, const struct event *in)
{
    const struct route *route = service_route(by, in->type);
    const struct domain_settings settings = {
        .order_deadline_us = rebuild->cli->settings.order_deadline_s * INT64_C(1000000)
    };
    struct emitter emitter;
    struct keys keys;
    struct view view;
    if (route->wants && !route->wants(in))
        return;
    keys_init(&keys, by, rebuild->arena);
    route->keys(in, &keys);
    add_referred(rebuild, &keys);
    view_init(&view, by, rebuild->arena, settings);
    load(rebuild, &keys, &view);
    emitter_init(&emitter, rebuild->arena);
    emitter.cause = in;
    route->decide(&view, in, &emitter);
    for (uint32_t i = 0; i < emitter.count; i++)
        rebuild->anew += emitter.items[i].dead_letter_reason == NULL;
    save(rebuild, &view);
}
