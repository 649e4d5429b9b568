/* store.c — Contract: store.h */
#include "guard/store.h"
#include <stdlib.h>
#include <string.h>

#define SLOTS (2 * STORE_ROWS_MAX)

struct kept {
    char *data;
    int64_t version;
};

struct table {
    uint32_t count, slots[SLOTS]; /* index + 1 */
    struct kept rows[STORE_ROWS_MAX];
};

struct store {
    const struct service *service;
    struct table *tables;
};

struct store *
store_new(const struct service *service)
{
    struct store *store = memory_new(sizeof *store);

    *store = (struct store){ .service = service };
    store->tables = memory_new(service->row_type_count * sizeof *store->tables);
    memset(store->tables, 0, service->row_type_count * sizeof *store->tables);
    return store;
}

/* Where the key is, or would be. */
static uint32_t *
slot_of(struct table *table, const struct row_type *type, const char *key)
{
    uint32_t hash = 2166136261u;

    for (const char *at = key; *at; at++)
        hash = (hash ^ (uint8_t)*at) * 16777619u;
    for (uint32_t i = hash % SLOTS;; i = (i + 1) % SLOTS)
        if (!table->slots[i] ||
            strcmp(table->rows[table->slots[i] - 1].data + type->key_offset, key) == 0)
            return &table->slots[i];
}

static void
load_keys(const struct store *store, struct view *view, unsigned row_type,
          const struct key_list *list)
{
    const struct row_type *type = &store->service->rows[row_type];
    struct table *table = &store->tables[row_type];

    for (uint32_t i = 0; i < list->count; i++) {
        uint32_t place = *slot_of(table, type, list->keys[i]);
        if (!place)
            continue;
        struct row *row = view_add_row(view, row_type, table->rows[place - 1].version);
        memcpy(row->data, table->rows[place - 1].data, type->row_bytes);
        view_loaded(view, row_type, row);
    }
}

static void
load_all(const struct store *store, struct view *view, unsigned row_type)
{
    const struct table *table = &store->tables[row_type];

    for (uint32_t i = 0; i < table->count; i++) {
        struct row *row = view_add_row(view, row_type, table->rows[i].version);
        memcpy(row->data, table->rows[i].data, store->service->rows[row_type].row_bytes);
        view_loaded(view, row_type, row);
    }
}

void
store_load(const struct store *store, struct view *view, const struct keys *keys)
{
    for (unsigned type = 0; type < store->service->row_type_count; type++)
        if (store->service->rows[type].guard == ROW_APPENDED)
            continue;
        else if (keys->via[type].count > 0)
            load_all(store, view, type);
        else
            load_keys(store, view, type, &keys->own[type]);
}

static void
save_row(struct store *store, unsigned row_type, const struct row *row)
{
    const struct row_type *type = &store->service->rows[row_type];
    struct table *table = &store->tables[row_type];
    uint32_t *slot = slot_of(table, type, row->key);

    if (!*slot) {
        if (table->count == STORE_ROWS_MAX)
            abort();
        table->rows[table->count].data = memory_new(type->row_bytes);
        *slot = ++table->count;
    }
    struct kept *kept = &table->rows[*slot - 1];
    memcpy(kept->data, row->data, type->row_bytes);
    kept->version = row->version + 1;
}

void
store_save(struct store *store, const struct view *view)
{
    for (unsigned type = 0; type < store->service->row_type_count; type++)
        for (uint32_t i = 0; i < view->tables[type].count; i++)
            if (store->service->rows[type].guard != ROW_APPENDED &&
                row_changed(&store->service->rows[type], &view->tables[type].rows[i]))
                save_row(store, type, &view->tables[type].rows[i]);
}
