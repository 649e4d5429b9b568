/* rebuild_compare.c — rows in memory against the tables, in one snapshot.  Contract: rebuild.h */
#include "cli/rebuild.h"
#include "json/json_write.h"
#include "jumun_cli_sql.h"
#include "runtime/bind.h"
#include <stdio.h>
#include <string.h>

#define ROWS_AT_ONCE     "FETCH 2000 FROM rebuild_rows"
#define DIFFERENCES_TOLD 20

bool
rebuild_snapshot(struct rebuild *rebuild, struct error *err)
{
    struct pg *pg;
    TRY(service_connect(rebuild->cli, rebuild->service, &pg, err));
    TRY(pg_run(pg, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", NULL, PG_NOTHING, NULL, err));
    return positions_read(rebuild->cli, rebuild->service, &rebuild->positions, err);
}

bool
rebuild_schema_is_there(struct rebuild *rebuild, struct pg *pg, bool *is_there, struct error *err)
{
    PG_RESULT struct pg_result row = { 0 };
    struct pg_params params;
    pg_params_init(&params, rebuild->cli->arena);
    pg_param_text(&params, arena_printf(rebuild->cli->arena, "jumun_%s",
                                        services[rebuild->service].name));
    TRY(pg_run(pg, SQL_REBUILD_SCHEMA, &params, PG_ROW, &row, err));
    *is_there = pg_bool(&row, 0, 0);
    return true;
}

bool
rebuild_is_used(struct rebuild *rebuild, struct pg *pg, bool *is_used, struct error *err)
{
    PG_RESULT struct pg_result row = { 0 };
    TRY(rebuild_schema_is_there(rebuild, pg, is_used, err));
    if (!*is_used)
        return true;
    TRY(pg_run(pg, SQL_REBUILD_EMPTY, NULL, PG_ROW, &row, err));
    *is_used = pg_int64(&row, 0, 0) > 0;
    return true;
}

bool
rebuild_unpublished(struct rebuild *rebuild, enum event_type type, struct error *err)
{
    static struct event event;
    struct pg *pg;
    struct pg_params params;
    PG_RESULT struct pg_result rows = { 0 };
    TRY(service_connect(rebuild->cli, rebuild->service, &pg, err));
    pg_params_init(&params, rebuild->cli->arena);
    pg_param_text(&params, topics[type].name);
    TRY(pg_run(pg, SQL_REBUILD_UNPUBLISHED, &params, PG_ROWS, &rows, err));
    for (uint32_t i = 0; i < rows.row_count; i++) {
        struct event_error wrong;
        struct pg_bytes value = pg_bytes(&rows, i, 0);
        if (!event_decode(rebuild->arena, type, value.bytes, value.count, &event, &wrong))
            return error_set(err, ERROR_REFUSED, "an event of the outbox cannot be read");
        event.type = type;
        event.at_us = pg_time(&rows, i, 1);
        event.source = (struct source){ type, pg_int32(&rows, i, 2), 0 };
        rebuild_apply(rebuild, rebuild->target->fold, &event);
    }
    return true;
}

/* ---- telling ------------------------------------------------------------------------------------ */

static void
tell(struct rebuild *rebuild, const struct row_type *type, const char *key, const char *column,
     const char *what)
{
    struct cli *cli = rebuild->cli;
    struct json_writer json;
    if (rebuild->differences++ >= DIFFERENCES_TOLD || rebuild->is_counted)
        return;
    if (!cli->json) {
        printf("%s: %s %s%s%s: %s\n", services[rebuild->service].name, type->name,
               cli_safe(cli, key), *column ? ", " : "", column, what);
        return;
    }
    json_writer_init(&json, cli->arena, 256);
    json_begin_object(&json);
    const char *const members[][2] = { { "service", services[rebuild->service].name },
                                       { "table", type->name },
                                       { "key", key },
                                       { "column", column },
                                       { "difference", what } };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        json_name(&json, members[i][0]);
        json_text(&json, members[i][1]);
    }
    json_end_object(&json);
    cli_json_line(&json);
}

/* ---- one row ------------------------------------------------------------------------------------ */

static const char *
json_of(struct arena *arena, const struct column *column, const void *member)
{
    struct json_writer json;
    json_writer_init(&json, arena, 1024);
    column->write_json(&json, member);
    return arena_text(arena, json.bytes, json.length);
}

static bool
is_same(struct arena *arena, const struct column *column, const char *left, const char *right)
{
    left += column->offset;
    right += column->offset;
    if (memcmp(left, right, column->bytes) == 0)
        return true;
    if (column->type == COLUMN_TEXT || column->type == COLUMN_UUID)
        return strcmp(left, right) == 0;
    return column->type == COLUMN_JSON &&
           strcmp(json_of(arena, column, left), json_of(arena, column, right)) == 0;
}

static bool
is_compared(const struct rebuild *rebuild, const struct column *column)
{
    return column->is_fact && !(column->type == COLUMN_JSON && rebuild->target->keeps_json);
}

static void
compare_row(struct rebuild *rebuild, unsigned row_type, const struct row *row)
{
    const struct row_type *type = &rebuild->target->service->rows[row_type];
    struct packed_table *table = &rebuild->tables[row_type];
    struct packed_row *packed = rebuild_find(rebuild, row_type, row->key);
    char *own = arena_take(rebuild->arena, type->row_bytes);
    int64_t before = rebuild->differences;
    if (!packed) {
        table->found.surplus++;
        tell(rebuild, type, row->key, "", "stands in the table and not in the topics");
        return;
    }
    packed->is_seen = true;
    rebuild_unpack(type, packed, own);
    if (rebuild->target->comparable) {
        rebuild->target->comparable(row_type, own);
        rebuild->target->comparable(row_type, row->data);
    }
    for (uint32_t i = 0; i < type->column_count; i++)
        if (is_compared(rebuild, &type->columns[i]) &&
            !is_same(rebuild->arena, &type->columns[i], own, row->data))
            tell(rebuild, type, row->key, type->columns[i].name,
                 "differs from what the topics say");
    if (rebuild->differences > before)
        table->found.changed++;
    else
        table->found.same++;
}

/* ---- one table ---------------------------------------------------------------------------------- */

static bool
has_facts(const struct row_type *type)
{
    for (uint32_t i = 0; i < type->column_count; i++)
        if (type->columns[i].is_fact)
            return type->guard != ROW_APPENDED;
    return false;
}

static const char *
cursor_of(struct rebuild *rebuild, const struct row_type *type)
{
    const char *columns = "version";
    for (uint32_t i = 0; i < type->column_count; i++)
        columns = arena_printf(rebuild->cli->arena, "%s, %s", columns, type->columns[i].name);
    return arena_printf(rebuild->cli->arena,
                        "DECLARE rebuild_rows NO SCROLL CURSOR FOR SELECT %s FROM %s", columns,
                        type->name);
}

static bool
compare_some(struct rebuild *rebuild, struct pg *pg, unsigned row_type, bool *is_end,
             struct error *err)
{
    PG_RESULT struct pg_result rows = { 0 };
    const struct service *service = rebuild->target->service;
    struct view view;
    arena_reset(rebuild->arena, 1 << 20);
    view_init(&view, service, rebuild->arena, (struct domain_settings){ 0 });
    TRY(pg_run(pg, ROWS_AT_ONCE, NULL, PG_ROWS, &rows, err));
    TRY(bind_load(&service->rows[row_type], row_type, &rows, &view, err));
    for (uint32_t i = 0; i < rows.row_count; i++)
        compare_row(rebuild, row_type, &view.tables[row_type].rows[i]);
    *is_end = rows.row_count == 0;
    return true;
}

/* A row that holds nothing but what waits is no fact. */
static void
tell_missing(struct rebuild *rebuild, unsigned row_type)
{
    struct packed_table *table = &rebuild->tables[row_type];
    for (uint32_t i = 0; i < table->count; i++)
        if (!table->rows[i].is_seen) {
            table->found.missing++;
            tell(rebuild, &rebuild->target->service->rows[row_type], table->rows[i].bytes, "",
                 "follows from the topics and is not in the table");
        }
}

static bool
compare_table(struct rebuild *rebuild, struct pg *pg, unsigned row_type, struct error *err)
{
    const struct row_type *type = &rebuild->target->service->rows[row_type];
    bool is_end = false;
    TRY(pg_run(pg, cursor_of(rebuild, type), NULL, PG_NOTHING, NULL, err));
    while (!is_end)
        TRY(compare_some(rebuild, pg, row_type, &is_end, err));
    TRY(pg_run(pg, "CLOSE rebuild_rows", NULL, PG_NOTHING, NULL, err));
    tell_missing(rebuild, row_type);
    return true;
}

bool
rebuild_compare(struct rebuild *rebuild, struct error *err)
{
    struct pg *pg;
    TRY(service_connect(rebuild->cli, rebuild->service, &pg, err));
    for (uint32_t i = 0; i < rebuild->target->service->row_type_count; i++)
        if (has_facts(&rebuild->target->service->rows[i]))
            TRY(compare_table(rebuild, pg, i, err));
    return pg_run(pg, "ROLLBACK", NULL, PG_NOTHING, NULL, err);
}
