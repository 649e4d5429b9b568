/* bind.c — see bind.h.  Written once, so that no domain writes SQL binding by hand. */
#include "runtime/bind.h"
#include "json/json_read.h"
#include "json/json_write.h"
#include "jumun_runtime_sql.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- shape ---------------------------------------------------------------------------------------- */

static bool
may_be(enum column_type type, enum pg_element element)
{
    switch (type) {
    case COLUMN_UUID:
        return element == PG_UUID;
    case COLUMN_INT32:
        return element == PG_INT32;
    case COLUMN_INT64:
        return element == PG_INT64;
    case COLUMN_BOOL:
        return element == PG_BOOL;
    case COLUMN_TIME:
        return element == PG_TIME;
    case COLUMN_BYTES:
        return element == PG_BYTEA;
    case COLUMN_TEXT:
    case COLUMN_NAME:
        return element == PG_TEXT;
    case COLUMN_JSON:
        return element == PG_JSONB || element == PG_JSON || element == PG_TEXT;
    }
    abort();
}

static int
column_named(const struct row_type *type, const char *name)
{
    if (strcmp(name, "version") == 0)
        return ATTRIBUTE_VERSION;
    for (uint32_t i = 0; i < type->column_count; i++)
        if (strcmp(type->columns[i].name, name) == 0)
            return (int)i;
    return ATTRIBUTE_UNKNOWN;
}

static bool
check_shape(const struct row_type *type, const struct row_shape *shape, struct error *err)
{
    for (uint32_t c = 0; c < type->column_count; c++) {
        bool is_found = false;
        for (uint32_t i = 0; i < shape->count; i++)
            is_found |= shape->attributes[i].column == (int)c &&
                        may_be(type->columns[c].type, shape->attributes[i].element);
        if (!is_found)
            return error_set(err, ERROR_FATAL,
                             "table %s: no column %s of the type this program was made for: run "
                             "infra/postgres/migrate", type->name, type->columns[c].name);
    }
    return true;
}

bool
bind_shape(struct pg *pg, const struct row_type *type, struct row_shape *out, struct error *err)
{
    struct pg_result rows PG_RESULT = { 0 };
    struct arena *arena = arena_new(4096);
    struct pg_params params;

    pg_params_init(&params, arena);
    pg_param_text(&params, type->name);
    bool ok = pg_run(pg, SQL_ROW_SHAPE, &params, PG_ROWS, &rows, err);
    arena_free(arena);
    if (!ok)
        return false;
    if (rows.row_count > ROW_ATTRIBUTES_MAX)
        return error_set(err, ERROR_FATAL, "table %s has %u columns", type->name, rows.row_count);
    *out = (struct row_shape){ .count = rows.row_count };
    for (uint32_t i = 0; i < rows.row_count; i++) {
        out->record_oid = (uint32_t)pg_int64(&rows, i, 0);
        out->records_oid = (uint32_t)pg_int64(&rows, i, 1);
        out->attributes[i].column = column_named(type, pg_text(&rows, i, 2));
        out->attributes[i].oid = (uint32_t)pg_int64(&rows, i, 3);
        out->attributes[i].element = pg_element_of(out->attributes[i].oid);
    }
    return check_shape(type, out, err);
}

/* ---- saving --------------------------------------------------------------------------------------- */

static bool
is_zero(const void *bytes, size_t count)
{
    const char *at = bytes;
    return count == 0 || (at[0] == 0 && memcmp(at, at + 1, count - 1) == 0);
}

static void
save_uuid(struct pg_array *array, const char *text)
{
    struct uuid id;

    if (!*text) {
        pg_array_null(array);
        return;
    }
    bool ok = uuid_parse(text, strlen(text), &id);
    assert(ok); /* the decoder took nothing else */
    pg_array_bytes(array, id.bytes, sizeof id.bytes);
}

static void
save_text(struct pg_array *array, const char *text)
{
    if (*text)
        pg_array_bytes(array, text, strlen(text));
    else
        pg_array_null(array);
}

static void
save_json(struct pg_array *array, const struct column *column, const void *member,
          struct arena *scratch)
{
    struct json_writer writer;

    if (is_zero(member, column->bytes)) {
        pg_array_null(array);
        return;
    }
    struct arena_mark mark = arena_mark(scratch);
    json_writer_init(&writer, scratch, 1024);
    column->write_json(&writer, member);
    if (writer.length == 4 && memcmp(writer.bytes, "null", 4) == 0)
        pg_array_null(array);
    else
        pg_array_bytes(array, writer.bytes, writer.length); /* another arena than scratch */
    arena_rewind(scratch, mark);
}

static void
save_member(struct pg_array *array, const struct column *column, const void *row,
            struct arena *scratch)
{
    const void *member = (const char *)row + column->offset;

    switch (column->type) {
    case COLUMN_UUID:
        save_uuid(array, member);
        return;
    case COLUMN_TEXT:
        save_text(array, member);
        return;
    case COLUMN_INT32:
        pg_array_int32(array, *(const int32_t *)member);
        return;
    case COLUMN_INT64:
        pg_array_int64(array, *(const int64_t *)member);
        return;
    case COLUMN_BOOL:
        pg_array_bool(array, *(const bool *)member);
        return;
    case COLUMN_TIME:
        if (*(const int64_t *)member)
            pg_array_int64(array, *(const int64_t *)member);
        else
            pg_array_null(array);
        return;
    case COLUMN_NAME:
        save_text(array, column->names[*(const uint32_t *)member]);
        return;
    case COLUMN_BYTES:
        pg_array_bytes(array, member, column->bytes);
        return;
    case COLUMN_JSON:
        save_json(array, column, member, scratch);
        return;
    }
}

static int
by_key(const void *left, const void *right)
{
    return strcmp((*(struct row *const *)left)->key, (*(struct row *const *)right)->key);
}

static uint32_t
changed_rows(const struct row_type *type, const struct row_table *table, const struct row **out)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < table->count; i++)
        if (row_changed(type, &table->rows[i]))
            out[count++] = &table->rows[i];
    if (type->guard != ROW_APPENDED) /* those keep the order in which they were appended */
        qsort(out, count, sizeof *out, by_key);
    return count;
}

static void
save_row(struct pg_array *array, const struct row_type *type, const struct row_shape *shape,
         const struct row *row, struct arena *scratch)
{
    uint32_t begun = pg_record_begin(array, shape->count);

    for (uint32_t i = 0; i < shape->count; i++) {
        int column = shape->attributes[i].column;
        pg_record_field(array, shape->attributes[i].oid, shape->attributes[i].element);
        if (column == ATTRIBUTE_VERSION)
            pg_array_int64(array, row->version + 1);
        else if (column == ATTRIBUTE_UNKNOWN) /* of a newer migration */
            pg_array_null(array);
        else
            save_member(array, &type->columns[column], row->data, scratch);
    }
    pg_record_end(array, begun);
}

uint32_t
bind_save(const struct row_type *type, const struct row_shape *shape, const struct row_table *table,
          struct pg_params *params)
{
    const struct row **rows = arena_take_raw(params->arena, sizeof *rows * (table->count + 1));
    uint32_t count = changed_rows(type, table, rows);
    struct pg_array array;

    if (count == 0)
        return 0;
    struct arena *scratch = arena_new(4096);
    pg_array_begin_records(&array, params->arena, shape->record_oid, shape->records_oid,
                           count * (64 + shape->count * 16));
    for (uint32_t i = 0; i < count; i++)
        save_row(&array, type, shape, rows[i], scratch);
    arena_free(scratch);
    pg_param_array(params, &array);
    return count;
}

void
bind_save_types(const struct row_shape *shape, struct pg_params *params)
{
    struct pg_array array;

    pg_array_begin_records(&array, params->arena, shape->record_oid, shape->records_oid, 0);
    pg_param_array(params, &array);
}

/* ---- loading --------------------------------------------------------------------------------------- */

struct cell {
    const struct pg_result *result;
    uint32_t row, column;
};

static bool
load_text(const struct column *column, struct cell cell, char *member, struct error *err)
{
    struct pg_bytes text = pg_bytes(cell.result, cell.row, cell.column);

    if (text.count >= column->bytes)
        return error_set(err, ERROR_FATAL, "column %s: %u bytes do not fit", column->name,
                         text.count);
    memcpy(member, text.bytes, text.count);
    return true;
}

static bool
load_name(const struct column *column, struct cell cell, void *member, struct error *err)
{
    const char *name = pg_text(cell.result, cell.row, cell.column);

    for (uint32_t i = 0; column->names[i]; i++)
        if (strcmp(column->names[i], name) == 0) {
            memcpy(member, &i, sizeof i);
            return true;
        }
    return error_set(err, ERROR_FATAL, "column %s: unknown name '%s'", column->name, name);
}

static bool
load_json(const struct column *column, struct cell cell, void *member, struct arena *arena,
          struct error *err)
{
    struct pg_bytes text = pg_bytes(cell.result, cell.row, cell.column);
    struct arena_mark mark = arena_mark(arena);
    struct json_doc doc;
    struct json_error json_err;

    bool ok = json_parse(arena, text.bytes, text.count, &doc, &json_err) &&
              column->read_json(&doc, 0, member);
    arena_rewind(arena, mark);
    return ok || error_set(err, ERROR_FATAL, "column %s: cannot be read: %.200s", column->name,
                           (const char *)text.bytes);
}

static bool
load_bytes(const struct column *column, struct cell cell, void *member, struct error *err)
{
    struct pg_bytes bytes = pg_bytes(cell.result, cell.row, cell.column);

    if (bytes.count != column->bytes)
        return error_set(err, ERROR_FATAL, "column %s: %u bytes, wanted %u", column->name,
                         bytes.count, column->bytes);
    memcpy(member, bytes.bytes, bytes.count);
    return true;
}

static bool
load_member(const struct column *column, struct cell cell, void *member, struct arena *arena,
            struct error *err)
{
    if (pg_is_null(cell.result, cell.row, cell.column))
        return true;
    switch (column->type) {
    case COLUMN_UUID:
        uuid_format(pg_uuid(cell.result, cell.row, cell.column), member);
        return true;
    case COLUMN_TEXT:
        return load_text(column, cell, member, err);
    case COLUMN_INT32:
        *(int32_t *)member = pg_int32(cell.result, cell.row, cell.column);
        return true;
    case COLUMN_INT64:
        *(int64_t *)member = pg_int64(cell.result, cell.row, cell.column);
        return true;
    case COLUMN_BOOL:
        *(bool *)member = pg_bool(cell.result, cell.row, cell.column);
        return true;
    case COLUMN_TIME:
        *(int64_t *)member = pg_time(cell.result, cell.row, cell.column);
        return true;
    case COLUMN_NAME:
        return load_name(column, cell, member, err);
    case COLUMN_BYTES:
        return load_bytes(column, cell, member, err);
    case COLUMN_JSON:
        return load_json(column, cell, member, arena, err);
    }
    abort();
}

bool
bind_load(const struct row_type *type, unsigned row_type, const struct pg_result *result,
          struct view *view, struct error *err)
{
    for (uint32_t i = 0; i < result->row_count; i++) {
        struct row *row = view_add_row(view, row_type, pg_int64(result, i, 0));
        for (uint32_t c = 0; c < type->column_count; c++) {
            const struct column *column = &type->columns[c];
            void *member = (char *)row->data + column->offset;
            if (!load_member(column, (struct cell){ result, i, c + 1 }, member, view->arena, err))
                return error_wrap(err, "loading %s", type->name);
        }
        view_loaded(view, row_type, row);
    }
    return true;
}
