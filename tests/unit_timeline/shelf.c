/* shelf.c — see shelf.h */
#include "unit_timeline/shelf.h"
#include "json/json_read.h"
#include "json/json_write.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX    256
#define COLUMNS_MAX 64

struct kept_row {
    int64_t version;
    void *data;                    /* the columns that are no JSON */
    const char *json[COLUMNS_MAX]; /* the others */
};

struct kept_table {
    uint32_t count;
    struct kept_row *rows[ROWS_MAX];
};

struct shelf {
    const struct service *service;
    struct arena *kept, *batch;
    struct kept_table *tables;
};

static void
check(bool holds, const char *what)
{
    if (holds)
        return;
    (void)fprintf(stderr, "shelf: %s\n", what);
    abort();
}

struct shelf *
shelf_new(const struct service *service)
{
    struct arena *kept = arena_new(1 << 18);
    struct shelf *shelf = arena_take(kept, sizeof *shelf);
    *shelf = (struct shelf){ .service = service, .kept = kept, .batch = arena_new(1 << 18) };
    shelf->tables = arena_take(kept, service->row_type_count * sizeof *shelf->tables);
    return shelf;
}

void
shelf_free(struct shelf *shelf)
{
    arena_free(shelf->batch);
    arena_free(shelf->kept);
}

/* ---- rows */

static struct kept_row *
kept(const struct shelf *shelf, unsigned row_type, const char *key)
{
    const struct row_type *type = &shelf->service->rows[row_type];
    const struct kept_table *table = &shelf->tables[row_type];
    for (uint32_t i = 0; i < table->count; i++)
        if (strcmp((const char *)table->rows[i]->data + type->key_offset, key) == 0)
            return table->rows[i];
    return NULL;
}

static void
fill(struct shelf *shelf, const struct row_type *type, const struct kept_row *from, void *to)
{
    for (uint32_t i = 0; i < type->column_count; i++) {
        const struct column *column = &type->columns[i];
        char *member = (char *)to + column->offset;
        if (column->type != COLUMN_JSON) {
            memcpy(member, (const char *)from->data + column->offset, column->bytes);
            continue;
        }
        struct json_doc doc;
        struct json_error err;
        const char *text = arena_text(shelf->batch, from->json[i], strlen(from->json[i]));
        check(json_parse(shelf->batch, text, strlen(text), &doc, &err), "a column is no JSON");
        check(column->read_json(&doc, 0, member), "a column cannot be read");
    }
}

static void
load_key(struct shelf *shelf, struct view *view, unsigned row_type, const char *key)
{
    const struct kept_row *from = kept(shelf, row_type, key);
    const struct row_table *table = &view->tables[row_type];
    for (uint32_t i = 0; i < table->count; i++)
        if (strcmp(table->rows[i].key, key) == 0)
            return;
    if (from == NULL)
        return;
    struct row *row = view_add_row(view, row_type, from->version);
    fill(shelf, &shelf->service->rows[row_type], from, row->data);
    view_loaded(view, row_type, row);
}

static void
keep_json(struct shelf *shelf, const struct column *column, const void *member,
          const char **kept_at)
{
    struct json_writer out;
    json_writer_init(&out, shelf->batch, 256);
    column->write_json(&out, member);
    bool is_news = out.length != 4 || memcmp(out.bytes, "null", 4) != 0;
    if (is_news || *kept_at == NULL)
        *kept_at = arena_text(shelf->kept, out.bytes, out.length);
}

static void
save_row(struct shelf *shelf, unsigned row_type, const struct row *row)
{
    const struct row_type *type = &shelf->service->rows[row_type];
    struct kept_table *table = &shelf->tables[row_type];
    if (!row_changed(type, row))
        return;
    struct kept_row *to = row->version > 0 ? kept(shelf, row_type, row->key) : NULL;
    if (to == NULL) {
        check(table->count < ROWS_MAX, "too many rows");
        to = table->rows[table->count++] = arena_take(shelf->kept, sizeof *to);
        to->data = arena_take(shelf->kept, type->row_bytes);
    }
    to->version = row->version + 1;
    for (uint32_t i = 0; i < type->column_count; i++) {
        const struct column *column = &type->columns[i];
        const char *member = (const char *)row->data + column->offset;
        if (column->type == COLUMN_JSON)
            keep_json(shelf, column, member, &to->json[i]);
        else
            memcpy((char *)to->data + column->offset, member, column->bytes);
    }
}

/* ---- a batch */

static void
load(struct shelf *shelf, struct view *view, const struct keys *keys)
{
    for (unsigned type = 0; type < shelf->service->row_type_count; type++) {
        for (uint32_t i = 0; i < keys->own[type].count; i++)
            load_key(shelf, view, type, keys->own[type].keys[i]);
        for (uint32_t i = 0; i < keys->via[type].count; i++)
            load_key(shelf, view, type, keys->via[type].keys[i]);
    }
    view_complete(view, keys);
}

void
shelf_batch(struct shelf *shelf, const struct event *const *batch, uint32_t count)
{
    struct keys keys;
    struct view view;
    struct emitter out;
    arena_reset(shelf->batch, 1 << 20);
    keys_init(&keys, shelf->service, shelf->batch);
    view_init(&view, shelf->service, shelf->batch, (struct domain_settings){ 0 });
    emitter_init(&out, shelf->batch);
    for (uint32_t i = 0; i < count; i++)
        service_route(shelf->service, batch[i]->type)->keys(batch[i], &keys);
    load(shelf, &view, &keys);
    for (uint32_t i = 0; i < count; i++)
        service_route(shelf->service, batch[i]->type)->decide(&view, batch[i], &out);
    check(out.count == 0, "something was emitted");
    for (unsigned type = 0; type < shelf->service->row_type_count; type++)
        for (uint32_t i = 0; i < view.tables[type].count; i++)
            save_row(shelf, type, &view.tables[type].rows[i]);
}

/* ---- looking */

bool
shelf_row(struct shelf *shelf, unsigned row_type, const char *key, void *out)
{
    const struct kept_row *from = kept(shelf, row_type, key);
    memset(out, 0, shelf->service->rows[row_type].row_bytes);
    if (from == NULL)
        return false;
    fill(shelf, &shelf->service->rows[row_type], from, out);
    return true;
}

const char *
shelf_json(struct shelf *shelf, unsigned row_type, const char *key, const char *column)
{
    const struct kept_row *from = kept(shelf, row_type, key);
    const struct row_type *type = &shelf->service->rows[row_type];
    for (uint32_t i = 0; from != NULL && i < type->column_count; i++)
        if (strcmp(type->columns[i].name, column) == 0)
            return from->json[i];
    return "null";
}

uint32_t
shelf_appended_count(const struct shelf *shelf, unsigned row_type)
{
    return shelf->tables[row_type].count;
}

const char *
shelf_appended(const struct shelf *shelf, unsigned row_type, uint32_t position)
{
    return shelf->tables[row_type]
        .rows[position]
        ->json[shelf->service->rows[row_type].column_count - 1];
}

const void *
shelf_appended_row(const struct shelf *shelf, unsigned row_type, uint32_t position)
{
    return shelf->tables[row_type].rows[position]->data;
}

static void
write_member(struct json_writer *out, const struct column *column, const char *member)
{
    if (column->type == COLUMN_INT32 || column->type == COLUMN_NAME)
        json_integer(out, *(const int32_t *)(const void *)member);
    else if (column->type == COLUMN_INT64 || column->type == COLUMN_TIME)
        json_integer(out, *(const int64_t *)(const void *)member);
    else if (column->type == COLUMN_BOOL)
        json_bool(out, *(const bool *)member);
    else if (column->type == COLUMN_BYTES)
        for (uint32_t i = 0; i < column->bytes; i++)
            json_integer(out, member[i]);
    else
        json_text(out, member);
}

static void
write_row(struct json_writer *out, const struct row_type *type, const struct kept_row *row)
{
    json_text(out, type->name);
    for (uint32_t i = 0; i < type->column_count; i++) {
        const struct column *column = &type->columns[i];
        if (!column->is_fact)
            continue;
        json_text(out, column->name);
        if (column->type == COLUMN_JSON)
            json_raw(out, row->json[i], strlen(row->json[i]));
        else
            write_member(out, column, (const char *)row->data + column->offset);
    }
}

static bool
has_facts(const struct row_type *type)
{
    for (uint32_t i = 0; i < type->column_count; i++)
        if (type->columns[i].is_fact)
            return true;
    return false;
}

static const struct row_type *sorted_type;

static int
by_key(const void *a, const void *b)
{
    const struct kept_row *const *left = a, *const *right = b;
    return strcmp((const char *)(*left)->data + sorted_type->key_offset,
                  (const char *)(*right)->data + sorted_type->key_offset);
}

const char *
shelf_facts(struct shelf *shelf)
{
    struct json_writer out;
    json_writer_init(&out, shelf->kept, 4096);
    json_begin_array(&out);
    for (unsigned type = 0; type < shelf->service->row_type_count; type++) {
        struct kept_table *table = &shelf->tables[type];
        sorted_type = &shelf->service->rows[type];
        if (!has_facts(sorted_type))
            continue;
        qsort(table->rows, table->count, sizeof table->rows[0], by_key);
        for (uint32_t i = 0; i < table->count; i++)
            write_row(&out, sorted_type, table->rows[i]);
    }
    json_end_array(&out);
    return arena_text(shelf->kept, out.bytes, out.length);
}
