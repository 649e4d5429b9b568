/* store_pg_open.c — connecting; every statement is prepared, so that a bad one stops the start and not a batch.
 * Contract: store_pg_private.h */
#include "runtime/store_pg_private.h"
#include "jumun_runtime_sql.h"
#include <assert.h>
#include <string.h>

#define ANSWER_MS_MAX 15000

struct store_pg *
store_pg_new(const struct pg_settings *settings, const struct service *service)
{
    struct store_pg *store = memory_new(sizeof *store);
    struct pg_settings own = *settings;

    own.no_seqscan = true;
    if (!own.answer_ms_max)
        own.answer_ms_max = ANSWER_MS_MAX;
    *store = (struct store_pg){ .pg = pg_new(&own), .service = service,
                                .shapes = memory_new(sizeof *store->shapes *
                                                     (service->row_type_count + 1)),
                                .arena = arena_new(1 << 20) };
    return store;
}

void
store_pg_free(struct store_pg *store)
{
    if (!store)
        return;
    pg_free(store->pg);
    arena_free(store->arena);
    memory_free(store->shapes);
    memory_free(store);
}

void
store_load_params(struct pg_params *params, const char *sql, const struct key_list *own,
            const struct key_list *via)
{
    pg_param_texts(params, own->keys, own->count);
    if (strstr(sql, "$2"))
        pg_param_texts(params, via->keys, via->count);
}

static bool
prepare_rows(struct store_pg *store, uint32_t at, struct error *err)
{
    const struct row_type *type = &store->service->rows[at];
    struct key_list none = { 0 };
    struct pg_params params;

    TRY(bind_shape(store->pg, type, &store->shapes[at], err));
    pg_params_init(&params, store->arena);
    bind_save_types(&store->shapes[at], &params);
    if (!pg_prepare(store->pg, type->save_sql, &params, err))
        return error_wrap(err, "save statement of %s", type->name);
    if (!type->load_sql || type->guard == ROW_APPENDED)
        return true;
    pg_params_init(&params, store->arena);
    store_load_params(&params, type->load_sql, &none, &none);
    if (!pg_prepare(store->pg, type->load_sql, &params, err))
        return error_wrap(err, "load statement of %s", type->name);
    return true;
}

static bool
prepare_timer(struct store_pg *store, const struct timer *timer, struct error *err)
{
    struct pg_params params;

    if (!timer)
        return true;
    pg_params_init(&params, store->arena);
    pg_param_int32(&params, 0);
    TRY(pg_prepare(store->pg, timer->next_sql, &params, err));
    pg_param_time(&params, 0);
    pg_param_int32(&params, 0);
    return pg_prepare(store->pg, timer->due_sql, &params, err);
}

static bool
prepare_all(struct store_pg *store, struct error *err)
{
    static const char *const own[] = {
        SQL_POSITION_TAKE, SQL_POSITION_RETAKE, SQL_POSITION_MOVE, SQL_OUTBOX_APPEND,
        SQL_OUTBOX_UNPUBLISHED, SQL_OUTBOX_PRUNE, SQL_PARKED_WAITING, SQL_PARKED_APPEND,
        SQL_PARKED_REMOVE, SQL_PARKED_OF_KEY, SQL_REDRIVE_NEXT, SQL_REDRIVE_CLOSE, SQL_IDENTITY,
        SQL_NEWS_TELL,
    };
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        TRY(pg_prepare(store->pg, own[i], NULL, err));
    for (uint32_t i = 0; i < store->service->row_type_count; i++)
        TRY(prepare_rows(store, i, err));
    return prepare_timer(store, store->service->timer, err);
}

bool
store_open(void *self, struct error *err)
{
    struct store_pg *store = self;

    if (pg_is_open(store->pg) && store->is_prepared)
        return true;
    store->is_begun = false;
    store->is_prepared = false;
    TRY(pg_open(store->pg, err));
    if (!prepare_all(store, err)) {
        pg_close(store->pg);
        return error_wrap(err, "preparing the statements");
    }
    store->is_prepared = true;
    return true;
}

bool
store_ready(struct store_pg *store, struct pg_params *params, struct error *err)
{
    TRY(store_open(store, err));
    assert(!store->is_begun);
    arena_reset(store->arena, STORE_KEEP_BYTES);
    pg_params_init(params, store->arena);
    return true;
}
