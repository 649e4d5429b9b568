/* view.c — keys asked for, rows found, and an index over both.  Contract: view.h
 *
 * Contents   the index (open addressing over an array of key pointers) · keys · loading ·
 *            decisions */
#include "runtime/view.h"
#include "runtime/service.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST 64
#define ROWS_FIRST  32

/* ---- the index: slots hold position + 1 in an array whose elements hold a key pointer */

struct indexed {
    const char *const *first_key; /* of the array's first element */
    size_t stride;                /* bytes from one element's key pointer to the next one's */
};

static uint64_t
hash_text(const char *text)
{
    size_t left = strlen(text);
    uint64_t hash = 0x9e3779b97f4a7c15u ^ left;
    while (left > 0) {
        uint64_t word = 0;
        size_t take = left < sizeof word ? left : sizeof word;
        memcpy(&word, text, take);
        hash = (hash ^ word) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
        text += take;
        left -= take;
    }
    return hash;
}

static const char *
key_at(struct indexed array, uint32_t position)
{
    const char *const *key =
        (const void *)((const char *)array.first_key + position * array.stride);
    return *key;
}

/* The slot of a key: where it is, or the empty slot where it belongs. */
static uint32_t *
slot_of(uint32_t *slots, uint32_t slot_count, struct indexed array, const char *key)
{
    uint32_t mask = slot_count - 1;
    uint32_t at = (uint32_t)hash_text(key) & mask;
    while (slots[at] != 0 && strcmp(key_at(array, slots[at] - 1), key) != 0)
        at = (at + 1) & mask;
    return &slots[at];
}

/* Keeps at least half of the slots empty once one more element joins. */
static void
slots_reserve(struct arena *arena, uint32_t **slots, uint32_t *slot_count, struct indexed array,
              uint32_t count)
{
    if (*slot_count > 0 && (count + 1) * 2 <= *slot_count)
        return;
    *slot_count = *slot_count == 0 ? SLOTS_FIRST : *slot_count * 2;
    *slots = arena_take(arena, *slot_count * sizeof **slots);
    for (uint32_t i = 0; i < count; i++)
        *slot_of(*slots, *slot_count, array, key_at(array, i)) = i + 1;
}

static void *
array_grow(struct arena *arena, const void *items, uint32_t count, uint32_t *capacity, size_t bytes)
{
    *capacity = *capacity == 0 ? ROWS_FIRST : *capacity * 2;
    void *grown = arena_take(arena, *capacity * bytes);
    if (count > 0)
        memcpy(grown, items, count * bytes);
    return grown;
}

/* ---- keys */

void
keys_init(struct keys *keys, const struct service *service, struct arena *arena)
{
    *keys = (struct keys){ .arena = arena, .row_type_count = service->row_type_count };
    keys->own = arena_take(arena, service->row_type_count * sizeof *keys->own);
    keys->via = arena_take(arena, service->row_type_count * sizeof *keys->via);
}

static struct indexed
indexed_keys(const struct key_list *list)
{
    return (struct indexed){ list->keys, sizeof *list->keys };
}

static void
key_list_add(struct arena *arena, struct key_list *list, const char *key)
{
    slots_reserve(arena, &list->slots, &list->slot_count, indexed_keys(list), list->count);
    uint32_t *slot = slot_of(list->slots, list->slot_count, indexed_keys(list), key);
    if (*slot != 0)
        return;
    if (list->count == list->capacity)
        list->keys =
            array_grow(arena, list->keys, list->count, &list->capacity, sizeof *list->keys);
    list->keys[list->count++] = key;
    *slot = list->count;
}

void
keys_add(struct keys *keys, unsigned row_type, const char *key)
{
    assert(row_type < keys->row_type_count);
    key_list_add(keys->arena, &keys->own[row_type], key);
}

void
keys_add_via(struct keys *keys, unsigned row_type, const char *key)
{
    assert(row_type < keys->row_type_count);
    key_list_add(keys->arena, &keys->via[row_type], key);
}

/* ---- loading */

void
view_init(struct view *view, const struct service *service, struct arena *arena,
          struct domain_settings settings)
{
    *view = (struct view){ .arena = arena, .service = service, .settings = settings };
    view->tables = arena_take(arena, service->row_type_count * sizeof *view->tables);
}

static struct indexed
indexed_rows(const struct row_table *table)
{
    return (struct indexed){ table->rows == NULL ? NULL : &table->rows->key, sizeof *table->rows };
}

static struct row *
add_empty_row(struct view *view, unsigned row_type, int64_t version)
{
    assert(row_type < view->service->row_type_count);
    struct row_table *table = &view->tables[row_type];
    if (table->count == table->capacity)
        table->rows = array_grow(view->arena, table->rows, table->count, &table->capacity,
                                 sizeof *table->rows);
    struct row *row = &table->rows[table->count++];
    *row = (struct row){ .version = version };
    return row;
}

struct row *
view_add_row(struct view *view, unsigned row_type, int64_t version)
{
    struct row *row = add_empty_row(view, row_type, version);
    row->data = arena_take(view->arena, view->service->rows[row_type].row_bytes);
    return row;
}

static void
view_index(struct view *view, unsigned row_type, struct row *row)
{
    struct row_table *table = &view->tables[row_type];
    uint32_t position = (uint32_t)(row - table->rows);
    assert(position == table->count - 1);
    slots_reserve(view->arena, &table->slots, &table->slot_count, indexed_rows(table), position);
    uint32_t *slot = slot_of(table->slots, table->slot_count, indexed_rows(table), row->key);
    assert(*slot == 0);
    *slot = position + 1;
}

void
view_loaded(struct view *view, unsigned row_type, struct row *row)
{
    const struct row_type *type = &view->service->rows[row_type];
    row->pristine = arena_copy(view->arena, row->data, type->row_bytes);
    row->key = (const char *)row->pristine + type->key_offset;
    view_index(view, row_type, row);
}

static bool
view_holds(const struct view *view, unsigned row_type, const char *key)
{
    const struct row_table *table = &view->tables[row_type];
    return table->slot_count > 0 &&
           *slot_of(table->slots, table->slot_count, indexed_rows(table), key) != 0;
}

static void
view_add_fresh(struct view *view, unsigned row_type, const char *key)
{
    const struct row_type *type = &view->service->rows[row_type];
    size_t key_length = strlen(key);
    assert(key_length > 0 && key_length < type->key_bytes);
    struct row *row = add_empty_row(view, row_type, 0);
    row->key = arena_text(view->arena, key, key_length);
    view_index(view, row_type, row);
}

void
view_complete(struct view *view, const struct keys *keys)
{
    for (unsigned type = 0; type < keys->row_type_count; type++)
        for (uint32_t i = 0; i < keys->own[type].count; i++)
            if (!view_holds(view, type, keys->own[type].keys[i]))
                view_add_fresh(view, type, keys->own[type].keys[i]);
}

/* ---- decisions */

static struct row *
declared_row(const struct view *view, unsigned row_type, const char *key)
{
    assert(row_type < view->service->row_type_count);
    const struct row_table *table = &view->tables[row_type];
    uint32_t position = 0;
    if (table->slot_count > 0)
        position = *slot_of(table->slots, table->slot_count, indexed_rows(table), key);
    if (position == 0) {
        fprintf(stderr, "%s: bug: %s(%s) was neither declared by a route's keys nor loaded\n",
                view->service->name, view->service->rows[row_type].name, key);
        abort();
    }
    return &table->rows[position - 1];
}

void *
view_row(struct view *view, unsigned row_type, const char *key)
{
    const struct row_type *type = &view->service->rows[row_type];
    struct row *row = declared_row(view, row_type, key);
    if (row->data == NULL) { /* fresh: made when it is first wanted, for many never are */
        row->data = arena_take(view->arena, type->row_bytes);
        memcpy((char *)row->data + type->key_offset, row->key, strlen(row->key));
    }
    return row->data;
}

void *
view_known_row(struct view *view, unsigned row_type, const char *key)
{
    return declared_row(view, row_type, key)->data;
}

const void *
view_loaded_row(const struct view *view, unsigned row_type, const char *key)
{
    return declared_row(view, row_type, key)->pristine;
}

void *
view_found_row(struct view *view, unsigned row_type, const char *key)
{
    return view_holds(view, row_type, key) ? view_row(view, row_type, key) : NULL;
}

void *
view_append(struct view *view, unsigned row_type)
{
    assert(view->service->rows[row_type].guard == ROW_APPENDED);
    struct row *row = view_add_row(view, row_type, 0);
    row->key = (const char *)row->data + view->service->rows[row_type].key_offset;
    return row->data;
}

static bool
is_zero(const char *bytes, size_t count)
{
    return count == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, count - 1) == 0);
}

/* A new row that nobody wrote to is zeros around its key. */
static bool
is_untouched(const struct row_type *type, const struct row *row)
{
    const char *bytes = row->data;
    size_t key_end = type->key_offset + type->key_bytes;
    return is_zero(bytes, type->key_offset) && strcmp(bytes + type->key_offset, row->key) == 0
           && is_zero(bytes + key_end, type->row_bytes - key_end);
}

bool
row_changed(const struct row_type *type, const struct row *row)
{
    if (type->guard == ROW_APPENDED)
        return true;
    if (row->data == NULL)
        return false;
    if (row->pristine == NULL)
        return !is_untouched(type, row);
    return memcmp(row->data, row->pristine, type->row_bytes) != 0;
}
