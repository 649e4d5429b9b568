/* rows.c — see rows.h */
#include "sql/rows.h"
#include "coupon/coupon.h"
#include "export/export.h"
#include "order/order.h"
#include "partner/partner.h"
#include "payment/payment.h"
#include "runtime/bind.h"
#include "stock/stock.h"
#include "timeline/timeline.h"
#include "json/json_write.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct service *const all_services[] = {
    &stock_service,  &coupon_service,   &order_service,   &payment_service,
    &export_service, &timeline_service, &partner_service,
};
const uint32_t all_services_count = COUNT_OF(all_services);

static void
must(bool holds, const struct service *service, const struct error *err)
{
    if (holds)
        return;
    (void)fprintf(stderr, "%s: %s\n", service->name, err->message);
    abort();
}

struct rows
rows_open(const struct service *service, const char *conninfo)
{
    struct rows rows = { .service = service, .arena = arena_new(1 << 20) };
    struct error err = { 0 };
    const char *user = arena_printf(rows.arena, "jumun_%s", service->name);
    rows.pg = pg_new(&(struct pg_settings){ .conninfo = conninfo,
                                            .user = user,
                                            .search_path = user,
                                            .application = "test_sql",
                                            .no_seqscan = true });
    must(pg_open(rows.pg, &err), service, &err);
    return rows;
}

void
rows_close(struct rows *rows)
{
    pg_free(rows->pg);
    arena_free(rows->arena);
}

/* ---- loading */

static void
load_type(struct rows *rows, unsigned at, const struct keys *keys, struct view *view)
{
    const struct row_type *type = &rows->service->rows[at];
    struct pg_result result PG_RESULT = { 0 };
    struct pg_params params;
    struct error err = { 0 };
    if (type->guard == ROW_APPENDED || (keys->own[at].count == 0 && keys->via[at].count == 0))
        return;
    pg_params_init(&params, rows->arena);
    pg_param_texts(&params, keys->own[at].keys, keys->own[at].count);
    if (strstr(type->load_sql, "$2") != NULL)
        pg_param_texts(&params, keys->via[at].keys, keys->via[at].count);
    must(pg_run(rows->pg, type->load_sql, &params, PG_ROWS, &result, &err), rows->service, &err);
    must(bind_load(type, at, &result, view, &err), rows->service, &err);
}

void
rows_load(struct rows *rows, const struct keys *keys, struct view *view)
{
    arena_reset(rows->arena, 1 << 20);
    for (unsigned i = 0; i < rows->service->row_type_count; i++)
        load_type(rows, i, keys, view);
    view_complete(view, keys);
}

/* ---- saving */

static bool
save_type(struct rows *rows, unsigned at, const struct view *view, struct error *err)
{
    const struct row_type *type = &rows->service->rows[at];
    struct pg_params params;
    pg_params_init(&params, rows->arena);
    struct row_shape shape;
    if (!bind_shape(rows->pg, type, &shape, err))
        return false;
    if (bind_save(type, &shape, &view->tables[at], &params) == 0)
        return true;
    return pg_run(rows->pg, type->save_sql, &params, PG_ROW, NULL, err) ||
           error_wrap(err, "%s", type->name);
}

bool
rows_save(struct rows *rows, const struct view *view, struct error *err)
{
    bool ok = pg_run(rows->pg, "BEGIN", NULL, PG_NOTHING, NULL, err);
    for (unsigned i = 0; ok && i < rows->service->row_type_count; i++)
        ok = save_type(rows, i, view, err);
    if (ok)
        return pg_run(rows->pg, "COMMIT", NULL, PG_NOTHING, NULL, err);
    pg_rollback(rows->pg);
    return false;
}

/* ---- comparing */

static bool
same_json(struct arena *arena, const struct column *column, const void *a, const void *b)
{
    struct json_writer left, right;
    json_writer_init(&left, arena, 256);
    json_writer_init(&right, arena, 256);
    column->write_json(&left, a);
    column->write_json(&right, b);
    return left.length == right.length && memcmp(left.bytes, right.bytes, left.length) == 0;
}

const struct column *
rows_differ(struct arena *arena, const struct row_type *type, const void *a, const void *b)
{
    for (uint32_t i = 0; i < type->column_count; i++) {
        const struct column *column = &type->columns[i];
        const char *left = (const char *)a + column->offset;
        const char *right = (const char *)b + column->offset;
        if (row_is_written_only(column) || memcmp(left, right, column->bytes) == 0)
            continue;
        if (column->type != COLUMN_JSON || !same_json(arena, column, left, right))
            return column;
    }
    return NULL;
}
