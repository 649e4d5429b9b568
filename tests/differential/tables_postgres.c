/* tables_postgres.c — the same tables as the server has them: read by a statement made from the column tables, not
 * by the services' own.  Contract: tables.h */
#include "differential/tables.h"
#include "runtime/pg.h"
#include <string.h>

/* ---- statements --------------------------------------------------------------------------------------- */

static const char *
shape_of(const struct column *column)
{
    switch (column->type) {
    case COLUMN_UUID:
    case COLUMN_TEXT:
    case COLUMN_INT32:
    case COLUMN_INT64:
    case COLUMN_BOOL:
    case COLUMN_NAME:
        return "coalesce(%s::text, '')";
    case COLUMN_TIME:
        return "coalesce((extract(epoch FROM %s) * 1000000)::bigint, 0)::text";
    case COLUMN_BYTES:
        return "coalesce(encode(%s, 'hex'), '')";
    case COLUMN_JSON:
        return "coalesce(%s::jsonb::text, '')";
    }
    return "%s";
}

static const char *
expression_of(struct arena *arena, const struct column *column)
{
    const char *shape = shape_of(column), *hole = strstr(shape, "%s");

    return arena_printf(arena, "%.*s%s%s", (int)(hole - shape), shape, column->name, hole + 2);
}

static const char *
own_statement(struct arena *arena, const struct row_type *type, const char *table)
{
    const struct column *key = table_key(type);
    const char *sql = key ? arena_printf(arena, "SELECT %s::text", key->name) : "SELECT ''";

    sql = arena_printf(arena, "%s%s", sql, type->guard == ROW_APPENDED ? "" : ", version::text");
    for (uint32_t i = 0; i < type->column_count; i++)
        sql = arena_printf(arena, "%s, %s", sql, expression_of(arena, &type->columns[i]));
    return arena_printf(arena, "%s FROM %s", sql, table);
}

static const char *const loop_columns[TABLES_OF_LOOP] = {
    "topic || '/' || partition, epoch::text, next_offset::text, published_next::text",
    "partition::text, batch_no::text",
    "topic || '/' || partition || '/' || last_offset, first_offset::text, batch_no::text, "
    "event_count::text, encode(events, 'hex')",
    "topic || '/' || partition || '/' || record_offset, key_kind, key, "
    "(row_number() OVER (PARTITION BY key_kind, key ORDER BY seq))::text, "
    "(extract(epoch FROM recorded_at) * 1000000)::bigint::text, headers::text, "
    "coalesce(encode(record_key, 'hex'), ''), coalesce(encode(record_value, 'hex'), ''), "
    "reason, detail",
};

/* ---- rows --------------------------------------------------------------------------------------------- */

static void
take_rows(struct arena *arena, const struct pg_result *result, struct table *out)
{
    for (uint32_t i = 0; i < result->row_count; i++) {
        const char **cells = table_row(arena, out);
        for (uint32_t j = 0; j < out->column_count; j++) {
            const char *text = pg_text(result, i, j);
            cells[j] = arena_text(arena, text, strlen(text));
        }
    }
}

bool
table_from_postgres(struct pg *pg, struct arena *arena, const struct service *service, uint32_t at,
                    struct table *out, struct error *err)
{
    struct pg_result result PG_RESULT = { 0 };
    const char *sql;

    table_named(arena, service, at, out);
    if (at < service->row_type_count && service->rows[at].has_no_table)
        return true;
    if (at < service->row_type_count)
        sql = own_statement(arena, &service->rows[at], out->name);
    else
        sql = arena_printf(arena, "SELECT %s FROM %s", loop_columns[at - service->row_type_count],
                           out->name);
    TRY(pg_run(pg, sql, NULL, PG_ROWS, &result, err));
    take_rows(arena, &result, out);
    return true;
}

/* ---- JSON --------------------------------------------------------------------------------------------- */

static bool
is_json(const struct service *service, uint32_t at, const char *name)
{
    if (at >= service->row_type_count)
        return strcmp(name, "headers") == 0;
    const struct row_type *type = &service->rows[at];
    for (uint32_t i = 0; i < type->column_count; i++)
        if (type->columns[i].name == name)
            return type->columns[i].type == COLUMN_JSON;
    return false;
}

static bool
print_column(struct pg *pg, struct arena *arena, struct table *table, uint32_t column,
             struct error *err)
{
    static const char sql[] = "SELECT coalesce(x::jsonb::text, '') "
                              "FROM unnest($1::text[]) WITH ORDINALITY AS u (x, n) ORDER BY n";
    struct pg_result result PG_RESULT = { 0 };
    struct pg_params params;
    const char **texts = arena_take(arena, sizeof *texts * (table->row_count + 1));

    for (uint32_t i = 0; i < table->row_count; i++)
        texts[i] = table->rows[i][column][0] ? table->rows[i][column] : NULL;
    pg_params_init(&params, arena);
    pg_param_texts(&params, texts, table->row_count);
    TRY(pg_run(pg, sql, &params, PG_ROWS, &result, err));
    for (uint32_t i = 0; i < result.row_count; i++)
        table->rows[i][column] = arena_text(arena, pg_text(&result, i, 0),
                                            strlen(pg_text(&result, i, 0)));
    return true;
}

bool
table_print_json(struct pg *pg, struct arena *arena, const struct service *service, uint32_t at,
                 struct table *table, struct error *err)
{
    for (uint32_t i = 0; i < table->column_count && table->row_count > 0; i++)
        if (is_json(service, at, table->columns[i]))
            TRY(print_column(pg, arena, table, i, err));
    return true;
}
