/* store_pg.c — a batch's two round trips.  Contract: store_pg.h, seams.h
 *
 *   begin     BEGIN · who is parked · load the rows            one pipeline, one sync
 *   commit    move (the fence) · save · outbox · parked · news · COMMIT   one pipeline, one sync */
#include "runtime/store_pg_private.h"
#include "jumun_runtime_sql.h"
#include "runtime/bind.h"
#include "runtime/news.h"
#include <assert.h>
#include <string.h>

#define DATATYPE_MISMATCH "42804"

static const char begin_sql[] = "BEGIN";
static const char commit_sql[] = "COMMIT";

const char *const store_key_kinds[] = { [KEY_ORDER] = "order", [KEY_PRODUCT] = "product",
                                        [KEY_COUPON] = "coupon", [KEY_CUSTOMER] = "customer",
                                        [KEY_ORIGINAL] = "order" };

static bool
is_open(void *self)
{
    return pg_is_open(((struct store_pg *)self)->pg);
}

/* ---- begin ---------------------------------------------------------------------------------------- */

static bool
queue_waiting(struct store_pg *store, const struct store_waiting *waiting, struct pg_params *params,
              struct pg_result *result, struct error *err)
{
    const char **kinds = arena_take_raw(store->arena, sizeof *kinds * (waiting->count + 1));

    for (uint32_t i = 0; i < waiting->count; i++)
        kinds[i] = store_key_kinds[waiting->kinds[i]];
    pg_params_init(params, store->arena);
    pg_param_texts(params, waiting->keys, waiting->count);
    pg_param_texts(params, kinds, waiting->count);
    return pg_queue(store->pg, SQL_PARKED_WAITING, params, PG_ROWS, result, err);
}

static bool
queue_loads(struct store_pg *store, const struct keys *keys, struct pg_result *results,
            struct error *err)
{
    for (uint32_t i = 0; i < store->service->row_type_count; i++) {
        const struct row_type *type = &store->service->rows[i];
        struct pg_params *params = arena_take_raw(store->arena, sizeof *params);
        if (type->guard == ROW_APPENDED || (keys->own[i].count == 0 && keys->via[i].count == 0))
            continue;
        pg_params_init(params, store->arena);
        store_load_params(params, type->load_sql, &keys->own[i], &keys->via[i]);
        TRY(pg_queue(store->pg, type->load_sql, params, PG_ROWS, &results[i], err));
    }
    return true;
}

static bool
take_loaded(struct store_pg *store, const struct pg_result *parked, const struct pg_result *results,
            struct view *view, struct store_waiting *waiting, struct error *err)
{
    for (uint32_t i = 0; i < parked->row_count; i++)
        waiting->is_parked[pg_int64(parked, i, 0) - 1] = true;
    for (uint32_t i = 0; i < store->service->row_type_count; i++)
        if (results[i].handle)
            TRY(bind_load(&store->service->rows[i], i, &results[i], view, err));
    return true;
}

static bool
begin(void *self, const struct keys *keys, struct view *view, struct store_waiting *waiting,
      struct error *err)
{
    struct store_pg *store = self;
    struct pg_params *params;
    struct pg_result parked PG_RESULT = { 0 };

    TRY(store_open(store, err));
    arena_reset(store->arena, STORE_KEEP_BYTES);
    params = arena_take_raw(store->arena, sizeof *params);
    uint32_t types = store->service->row_type_count;
    struct pg_result *results = arena_take(store->arena, sizeof *results * (types + 1));
    store->is_begun = true;
    bool ok = pg_queue(store->pg, begin_sql, NULL, PG_NOTHING, NULL, err) &&
              (waiting->count == 0 || queue_waiting(store, waiting, params, &parked, err)) &&
              queue_loads(store, keys, results, err) && pg_sync(store->pg, err) &&
              take_loaded(store, &parked, results, view, waiting, err);
    for (uint32_t i = 0; i < types; i++)
        pg_result_clear(&results[i]);
    return ok;
}

/* ---- commit --------------------------------------------------------------------------------------- */

static struct pg_params *
params_new(struct store_pg *store)
{
    struct pg_params *params = arena_take_raw(store->arena, sizeof *params);
    pg_params_init(params, store->arena);
    return params;
}

static bool
queue_moves(struct store_pg *store, const struct store_commit *commit, struct error *err)
{
    struct pg_params *params = params_new(store);
    struct pg_array name, partition, expected, next, published;
    uint32_t room = commit->move_count * 24;

    pg_array_begin(&name, store->arena, PG_TEXT, room);
    pg_array_begin(&partition, store->arena, PG_INT32, room);
    pg_array_begin(&expected, store->arena, PG_INT64, room);
    pg_array_begin(&next, store->arena, PG_INT64, room);
    pg_array_begin(&published, store->arena, PG_INT64, room);
    for (uint32_t i = 0; i < commit->move_count; i++) {
        const struct store_move *move = &commit->moves[i];
        pg_array_bytes(&name, move->name, strlen(move->name));
        pg_array_int32(&partition, move->partition);
        pg_array_int64(&expected, move->expected);
        pg_array_int64(&next, move->next_offset);
        pg_array_int64(&published, move->published_next);
    }
    pg_param_array(params, &name);
    pg_param_array(params, &partition);
    pg_param_array(params, &expected);
    pg_param_array(params, &next);
    pg_param_array(params, &published);
    pg_param_uuid(params, commit->epoch);
    return pg_queue(store->pg, SQL_POSITION_MOVE, params, PG_ROW, NULL, err);
}

static bool
queue_saves(struct store_pg *store, const struct view *view, struct error *err)
{
    for (uint32_t i = 0; view && i < store->service->row_type_count; i++) {
        const struct row_type *type = &store->service->rows[i];
        struct pg_params *params = params_new(store);
        if (bind_save(type, &store->shapes[i], &view->tables[i], params) > 0)
            TRY(pg_queue(store->pg, type->save_sql, params, PG_ROW, NULL, err));
    }
    return true;
}

static bool
queue_outbox(struct store_pg *store, const struct store_commit *commit, struct error *err)
{
    struct pg_params *params = params_new(store);
    struct pg_array name, partition, first, last, count, events;
    uint32_t room = commit->outbox_count * 24;

    pg_array_begin(&name, store->arena, PG_TEXT, room);
    pg_array_begin(&partition, store->arena, PG_INT32, room);
    pg_array_begin(&first, store->arena, PG_INT64, room);
    pg_array_begin(&last, store->arena, PG_INT64, room);
    pg_array_begin(&count, store->arena, PG_INT32, room);
    pg_array_begin(&events, store->arena, PG_BYTEA, room);
    for (uint32_t i = 0; i < commit->outbox_count; i++) {
        const struct store_outbox *row = &commit->outbox[i];
        pg_array_bytes(&name, row->name, strlen(row->name));
        pg_array_int32(&partition, row->partition);
        pg_array_int64(&first, row->first_offset);
        pg_array_int64(&last, row->last_offset);
        pg_array_int32(&count, (int32_t)row->event_count);
        pg_array_bytes(&events, row->frames, row->frames_bytes);
    }
    struct pg_array *all[] = { &name, &partition, &first, &last, &count, &events };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        pg_param_array(params, all[i]);
    return pg_queue(store->pg, SQL_OUTBOX_APPEND, params, PG_NOTHING, NULL, err);
}

static void
add_or_null(struct pg_array *array, const char *bytes, uint32_t count)
{
    if (bytes)
        pg_array_bytes(array, bytes, count);
    else
        pg_array_null(array);
}

static const enum pg_element parked_elements[] = { PG_TEXT, PG_TEXT,  PG_TEXT,  PG_INT32,
                                                   PG_INT64, PG_TIME, PG_TEXT,  PG_BYTEA,
                                                   PG_BYTEA, PG_TEXT, PG_TEXT };
#define PARKED_COLUMNS (sizeof parked_elements / sizeof *parked_elements)

static bool
queue_parked(struct store_pg *store, const struct store_commit *commit, struct error *err)
{
    struct pg_params *params = params_new(store);
    struct pg_array at[PARKED_COLUMNS];

    for (size_t i = 0; i < PARKED_COLUMNS; i++)
        pg_array_begin(&at[i], store->arena, parked_elements[i], commit->parked_count * 64);
    for (uint32_t i = 0; i < commit->parked_count; i++) {
        const struct store_parked *row = &commit->parked[i];
        const char *kind = store_key_kinds[row->kind];
        pg_array_bytes(&at[0], kind, strlen(kind));
        pg_array_bytes(&at[1], row->key, strlen(row->key));
        pg_array_bytes(&at[2], row->name, strlen(row->name));
        pg_array_int32(&at[3], row->partition);
        pg_array_int64(&at[4], row->offset);
        pg_array_int64(&at[5], row->at_us);
        pg_array_bytes(&at[6], row->headers, row->headers_bytes);
        add_or_null(&at[7], row->record_key, row->record_key_bytes);
        add_or_null(&at[8], row->record_value, row->record_value_bytes);
        pg_array_bytes(&at[9], row->reason, strlen(row->reason));
        pg_array_bytes(&at[10], row->detail, strlen(row->detail));
    }
    for (size_t i = 0; i < PARKED_COLUMNS; i++)
        pg_param_array(params, &at[i]);
    return pg_queue(store->pg, SQL_PARKED_APPEND, params, PG_NOTHING, NULL, err);
}

static bool
queue_unparked(struct store_pg *store, const struct store_commit *commit, struct error *err)
{
    struct pg_params *params = params_new(store);

    pg_param_int64s(params, commit->unparked, commit->unparked_count);
    return pg_queue(store->pg, SQL_PARKED_REMOVE, params, PG_ROW, NULL, err);
}

static bool
queue_news(struct store_pg *store, const struct store_commit *commit, struct error *err)
{
    struct pg_params *params = params_new(store);
    struct news_payloads news;

    news_write(store->service, commit, store->arena, &news);
    if (news.count == 0)
        return true;
    pg_param_text(params, store->service->news->channel);
    pg_param_texts(params, news.at, news.count);
    return pg_queue(store->pg, SQL_NEWS_TELL, params, PG_ROWS, NULL, err);
}

static bool
queue_all(struct store_pg *store, const struct store_commit *commit, struct error *err)
{
    if (commit->move_count)
        TRY(queue_moves(store, commit, err));
    TRY(queue_saves(store, commit->view, err));
    if (commit->outbox_count)
        TRY(queue_outbox(store, commit, err));
    if (commit->parked_count)
        TRY(queue_parked(store, commit, err));
    if (commit->unparked_count)
        TRY(queue_unparked(store, commit, err));
    if (store->service->news)
        TRY(queue_news(store, commit, err));
    return pg_queue(store->pg, commit_sql, NULL, PG_NOTHING, NULL, err);
}

/* A table has got a column since its shape was asked for: it is asked for again, over a new connection. */
static void
ask_shapes_again(struct store_pg *store, struct error *err)
{
    if (strcmp(err->sqlstate, DATATYPE_MISMATCH) != 0 || store->is_asked_again)
        return;
    store->is_asked_again = true;
    pg_close(store->pg);
    err->class = ERROR_RETRY;
}

static bool
commit(void *self, const struct store_commit *all, struct error *err)
{
    struct store_pg *store = self;

    if (!store->is_begun) {
        TRY(store_open(store, err));
        arena_reset(store->arena, STORE_KEEP_BYTES);
        TRY(pg_queue(store->pg, begin_sql, NULL, PG_NOTHING, NULL, err));
    }
    bool ok = queue_all(store, all, err);
    pg_meanwhile(store->pg, all->meanwhile, all->meanwhile_self);
    ok = ok && pg_sync(store->pg, err);
    pg_meanwhile(store->pg, NULL, NULL);
    store->is_begun = false;
    if (ok) {
        store->is_asked_again = false;
        return true;
    }
    pg_rollback(store->pg);
    ask_shapes_again(store, err);
    return false;
}

static void
abandon(void *self)
{
    struct store_pg *store = self;

    store->is_begun = false;
    pg_rollback(store->pg);
}

struct store
store_pg_seam(struct store_pg *store)
{
    static const struct store_ops ops = {
        .open = store_open,
        .is_open = is_open,
        .identify = store_identify,
        .take = store_take,
        .unpublished = store_unpublished,
        .begin = begin,
        .commit = commit,
        .abandon = abandon,
        .next_deadline = store_next_deadline,
        .due = store_due,
        .redrive_request = store_redrive_request,
        .parked = store_parked,
        .redrive_close = store_redrive_close,
        .prune = store_prune,
    };
    return (struct store){ &ops, store };
}
