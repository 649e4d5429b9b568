/* store_pg_rest.c — what the store does beside transactions of batches.  Contract: store_pg.h, seams.h
 *
 *   positions   identify, take, unpublished, prune
 *   timers      next_deadline, due
 *   redrives    request, parked, close */
#include "jumun_runtime_sql.h"
#include "runtime/store_pg_private.h"
#include <stdio.h>
#include <string.h>

/* One prepared statement, one round trip. */
static bool
run(struct store_pg *store, const char *sql, struct pg_params *params, enum pg_shape shape,
    struct pg_result *result, struct error *err)
{
    return pg_queue(store->pg, sql, params, shape, result, err) && pg_sync(store->pg, err);
}

/* ---- positions ------------------------------------------------------------------------------------- */

bool
store_identify(void *self, const char *cluster_id, const char *topic_prefix, struct error *err)
{
    struct store_pg *store = self;
    struct pg_params params;
    struct pg_result row PG_RESULT = { 0 };

    TRY(store_ready(store, &params, err));
    pg_param_text(&params, cluster_id);
    pg_param_text(&params, topic_prefix);
    TRY(run(store, SQL_IDENTITY, &params, PG_ROW, &row, err));
    if (strcmp(pg_text(&row, 0, 0), cluster_id) != 0)
        return error_set(err, ERROR_FATAL,
                         "the positions in this schema belong to Kafka cluster %s, not to %s",
                         pg_text(&row, 0, 0), cluster_id);
    if (strcmp(pg_text(&row, 0, 1), topic_prefix) != 0)
        return error_set(err, ERROR_FATAL,
                         "the positions in this schema belong to topic prefix '%s', not to '%s'",
                         pg_text(&row, 0, 1), topic_prefix);
    return true;
}

enum position_number { POSITION_NEXT, POSITION_PUBLISHED };

static void
position_params(struct store_pg *store, struct pg_params *params,
                const struct store_position *positions, uint32_t count)
{
    struct pg_array name, partition;

    pg_array_begin(&name, store->arena, PG_TEXT, count * 24);
    pg_array_begin(&partition, store->arena, PG_INT32, count * 8);
    for (uint32_t i = 0; i < count; i++) {
        pg_array_bytes(&name, positions[i].name, strlen(positions[i].name));
        pg_array_int32(&partition, positions[i].partition);
    }
    pg_param_array(params, &name);
    pg_param_array(params, &partition);
}

static void
number_param(struct store_pg *store, struct pg_params *params,
             const struct store_position *positions, uint32_t count, enum position_number which)
{
    struct pg_array numbers;

    pg_array_begin(&numbers, store->arena, PG_INT64, count * 12);
    for (uint32_t i = 0; i < count; i++)
        pg_array_int64(&numbers, which == POSITION_NEXT ? positions[i].next_offset
                                                        : positions[i].published_next);
    pg_param_array(params, &numbers);
}

/* Rows come back in any order. */
static bool
take_rows(const struct pg_result *rows, struct store_position *positions, uint32_t count,
          struct error *err)
{
    if (rows->row_count != count)
        return error_set(err, ERROR_FENCED, "%u of %u positions are ours", rows->row_count, count);
    for (uint32_t i = 0; i < rows->row_count; i++)
        for (uint32_t j = 0; j < count; j++) {
            if (positions[j].partition != pg_int32(rows, i, 1) ||
                strcmp(positions[j].name, pg_text(rows, i, 0)) != 0)
                continue;
            positions[j].next_offset = pg_int64(rows, i, 2);
            positions[j].published_next = pg_int64(rows, i, 3);
            break;
        }
    return true;
}

bool
store_take(void *self, const struct uuid *mine, struct uuid epoch, struct store_position *positions,
           uint32_t count, struct error *err)
{
    struct store_pg *store = self;
    struct pg_params params;
    struct pg_result rows PG_RESULT = { 0 };

    TRY(store_ready(store, &params, err));
    position_params(store, &params, positions, count);
    if (mine)
        pg_param_uuid(&params, *mine);
    else
        number_param(store, &params, positions, count, POSITION_NEXT);
    pg_param_uuid(&params, epoch);
    TRY(run(store, mine ? SQL_POSITION_RETAKE : SQL_POSITION_TAKE, &params, PG_ROWS, &rows, err));
    return take_rows(&rows, positions, count, err);
}

bool
store_unpublished(void *self, const struct store_position *positions, uint32_t count,
                  bool (*each)(void *, const struct store_outbox *, struct error *), void *context,
                  struct error *err)
{
    struct store_pg *store = self;
    struct pg_params params;
    struct pg_result rows PG_RESULT = { 0 };

    TRY(store_ready(store, &params, err));
    position_params(store, &params, positions, count);
    number_param(store, &params, positions, count, POSITION_PUBLISHED);
    TRY(run(store, SQL_OUTBOX_UNPUBLISHED, &params, PG_ROWS, &rows, err));
    for (uint32_t i = 0; i < rows.row_count; i++) {
        struct pg_bytes frames = pg_bytes(&rows, i, 6);
        struct store_outbox row = {
            .name = pg_text(&rows, i, 0),
            .partition = pg_int32(&rows, i, 1),
            .first_offset = pg_int64(&rows, i, 2),
            .last_offset = pg_int64(&rows, i, 3),
            .batch_no = pg_int64(&rows, i, 4),
            .event_count = (uint32_t)pg_int32(&rows, i, 5),
            .frames = frames.bytes,
            .frames_bytes = frames.count,
        };
        TRY(each(context, &row, err));
    }
    return true;
}

bool
store_prune(void *self, const struct store_position *positions, uint32_t count,
            int64_t older_than_us, uint32_t *deleted, struct error *err)
{
    struct store_pg *store = self;
    struct pg_params params;
    struct pg_result row PG_RESULT = { 0 };

    TRY(store_ready(store, &params, err));
    position_params(store, &params, positions, count);
    number_param(store, &params, positions, count, POSITION_PUBLISHED);
    pg_param_int64(&params, older_than_us);
    TRY(run(store, SQL_OUTBOX_PRUNE, &params, PG_ROW, &row, err));
    *deleted = (uint32_t)pg_int64(&row, 0, 0);
    return true;
}

/* ---- timers ---------------------------------------------------------------------------------------- */

bool
store_next_deadline(void *self, const struct timer *timer, int32_t partition, int64_t *out_us,
                    struct error *err)
{
    struct store_pg *store = self;
    struct pg_params params;
    struct pg_result row PG_RESULT = { 0 };

    TRY(store_ready(store, &params, err));
    pg_param_int32(&params, partition);
    TRY(run(store, timer->next_sql, &params, PG_ROW_OR_NONE, &row, err));
    *out_us = row.row_count ? pg_time(&row, 0, 0) : 0;
    return true;
}

bool
store_due(void *self, const struct timer *timer, int32_t partition, int64_t until_us,
          struct store_due *out, uint32_t capacity, uint32_t *count, struct error *err)
{
    struct store_pg *store = self;
    struct pg_params params;
    struct pg_result rows PG_RESULT = { 0 };

    TRY(store_ready(store, &params, err));
    pg_param_int32(&params, partition);
    pg_param_time(&params, until_us);
    pg_param_int32(&params, (int32_t)capacity);
    TRY(run(store, timer->due_sql, &params, PG_ROWS, &rows, err));
    *count = rows.row_count < capacity ? rows.row_count : capacity;
    for (uint32_t i = 0; i < *count; i++) {
        uuid_format(pg_uuid(&rows, i, 0), out[i].order_id);
        out[i].deadline_us = pg_time(&rows, i, 1);
    }
    return true;
}

/* ---- redrives -------------------------------------------------------------------------------------- */

static enum key_kind
kind_named(const char *name)
{
    static const enum key_kind kinds[] = { KEY_ORDER, KEY_PRODUCT, KEY_COUPON, KEY_CUSTOMER };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(store_key_kinds[kinds[i]], name) == 0)
            return kinds[i];
    return KEY_ORDER;
}

bool
store_redrive_request(void *self, const int32_t *partitions, uint32_t count,
                      struct store_redrive *out, bool *found, struct error *err)
{
    struct store_pg *store = self;
    struct pg_params params;
    struct pg_result row PG_RESULT = { 0 };

    TRY(store_ready(store, &params, err));
    pg_param_int32s(&params, partitions, count);
    TRY(run(store, SQL_REDRIVE_NEXT, &params, PG_ROW_OR_NONE, &row, err));
    *found = row.row_count == 1;
    if (!*found)
        return true;
    out->id = pg_int64(&row, 0, 0);
    out->kind = kind_named(pg_text(&row, 0, 1));
    snprintf(out->key, sizeof out->key, "%s", pg_text(&row, 0, 2));
    out->partition = pg_is_null(&row, 0, 3) ? -1 : pg_int32(&row, 0, 3);
    out->seq = pg_int64(&row, 0, 4);
    out->attempts = pg_int32(&row, 0, 5);
    out->begun_count = pg_int32(&row, 0, 6);
    out->is_forced = pg_bool(&row, 0, 7);
    out->per_second = pg_int32(&row, 0, 8);
    out->was_handled = pg_bool(&row, 0, 9);
    return true;
}

static const char *
keep(struct arena *arena, struct pg_bytes bytes)
{
    return bytes.bytes ? arena_text(arena, bytes.bytes, bytes.count) : NULL;
}

static struct store_parked
parked_row(const struct pg_result *rows, uint32_t i, struct arena *arena)
{
    struct pg_bytes name = pg_bytes(rows, i, 1), headers = pg_bytes(rows, i, 5);
    struct pg_bytes key = pg_bytes(rows, i, 6), value = pg_bytes(rows, i, 7);

    return (struct store_parked){
        .seq = pg_int64(rows, i, 0),
        .name = keep(arena, name),
        .partition = pg_int32(rows, i, 2),
        .offset = pg_int64(rows, i, 3),
        .at_us = pg_time(rows, i, 4),
        .headers = keep(arena, headers),
        .headers_bytes = headers.count,
        .record_key = keep(arena, key),
        .record_key_bytes = key.count,
        .record_value = keep(arena, value),
        .record_value_bytes = value.count,
    };
}

bool
store_parked(void *self, enum key_kind kind, const char *key, struct arena *arena,
             struct store_parked *out, uint32_t capacity, uint32_t *count, struct error *err)
{
    struct store_pg *store = self;
    struct pg_params params;
    struct pg_result rows PG_RESULT = { 0 };

    TRY(store_ready(store, &params, err));
    pg_param_text(&params, store_key_kinds[kind]);
    pg_param_text(&params, key);
    pg_param_int32(&params, (int32_t)capacity);
    TRY(run(store, SQL_PARKED_OF_KEY, &params, PG_ROWS, &rows, err));
    *count = rows.row_count;
    for (uint32_t i = 0; i < rows.row_count; i++) {
        out[i] = parked_row(&rows, i, arena);
        out[i].kind = kind;
        out[i].key = key;
    }
    return true;
}

bool
store_redrive_close(void *self, const struct store_redrive_end *end, struct error *err)
{
    static const char *const names[] = { [REDRIVE_DONE] = "done", [REDRIVE_FAILED] = "failed",
                                         [REDRIVE_NOTHING_PARKED] = "nothing_parked",
                                         [REDRIVE_GIVEN_UP] = "given_up" };
    struct store_pg *store = self;
    struct pg_params params;

    TRY(store_ready(store, &params, err));
    pg_param_int64(&params, end->id);
    pg_param_text(&params, names[end->outcome]);
    pg_param_text(&params, end->detail);
    pg_param_int64(&params, end->seq);
    pg_param_text(&params, end->sqlstate);
    return run(store, SQL_REDRIVE_CLOSE, &params, PG_NOTHING, NULL, err);
}
