/* database_commit.c — a transaction's second half: checked whole, then done whole.  Contract: sim.h
 *
 *   check   the fence, row versions, what is handed back, poison
 *   do      positions, rows, outbox, parked */
#include "json/json_write.h"
#include "sim/rows.h"
#include "sim/sim.h"
#include <string.h>

/* ---- checks ------------------------------------------------------------------------------------------ */

static bool
check_fence(struct sim *sim, struct database *database, const struct store_commit *commit,
            struct error *err)
{
    for (uint32_t i = 0; i < commit->move_count; i++) {
        const struct store_move *move = &commit->moves[i];
        const struct stored_position *position =
            database_position(database, move->name, move->partition);
        if (position && uuid_equal(position->epoch, commit->epoch) &&
            position->at.next_offset == move->expected)
            continue;
        SOMETIMES(ZOMBIE_FENCED);
        STORY(sim, "%s: a commit is fenced", database->of->service->name);
        return error_set(err, ERROR_FENCED, "fenced");
    }
    return true;
}

static bool
is_poisoned(const struct database *database, const struct row_type *type, const struct row *row)
{
    return type->guard == ROW_BY_VERSION && database->poisoned_key[0] &&
           strcmp(row->key, database->poisoned_key) == 0;
}

static bool
check_row(struct database *database, uint32_t at, const struct row *row, struct error *err)
{
    const struct row_type *type = &database->of->service->rows[at];
    const struct stored_row *stored = table_find(&database->tables[at], row->key);
    int64_t there = stored ? stored->version : 0;

    if (type->guard == ROW_APPENDED)
        return true;
    if (is_poisoned(database, type, row)) {
        error_set(err, ERROR_POISON, "poisoned");
        memcpy(err->sqlstate, "23514", sizeof "23514");
        memcpy(err->constraint, database->poison, sizeof database->poison);
        return false;
    }
    if (there == row->version)
        return true;
    SOMETIMES(VERSION_LOST);
    return error_set(err, ERROR_RETRY, "lost version");
}

static bool
check_rows(struct database *database, const struct view *view, struct error *err)
{
    for (uint32_t i = 0; view && i < database->of->service->row_type_count; i++) {
        const struct row_table *table = &view->tables[i];
        for (uint32_t j = 0; j < table->count; j++)
            if (row_changed(&database->of->service->rows[i], &table->rows[j]))
                TRY(check_row(database, i, &table->rows[j], err));
    }
    return true;
}

static struct stored_parked *
parked_of_seq(struct database *database, int64_t seq)
{
    for (uint32_t i = 0; i < database->parked_count; i++)
        if (database->parked[i].row.seq == seq && !database->parked[i].is_gone)
            return &database->parked[i];
    return NULL;
}

static bool
check_unparked(struct database *database, const struct store_commit *commit, struct error *err)
{
    for (uint32_t i = 0; i < commit->unparked_count; i++)
        if (!parked_of_seq(database, commit->unparked[i]))
            return error_set(err, ERROR_RETRY, "someone else handled it");
    return true;
}

/* ---- effects ----------------------------------------------------------------------------------------- */

static void
do_moves(struct database *database, const struct store_commit *commit)
{
    for (uint32_t i = 0; i < commit->move_count; i++) {
        const struct store_move *move = &commit->moves[i];
        struct stored_position *position = database_position(database, move->name, move->partition);
        position->at.next_offset = move->next_offset;
        position->at.published_next = move->published_next;
    }
}

/* While what it points to is there. */
static void
save_text(struct sim *sim, struct stored_row *stored, const struct row_type *type, uint32_t at,
          const char *given)
{
    static const char nothing[sizeof(void *)];
    const struct column *column = &type->columns[at];
    struct json_writer out;

    if (!stored->texts)
        stored->texts = arena_take(sim->arena, sizeof *stored->texts * type->column_count);
    if (memcmp(given, nothing, sizeof nothing) == 0)
        return;
    json_writer_init(&out, sim->arena, 256);
    column->write_json(&out, given);
    stored->texts[at] = arena_text(sim->arena, out.bytes, out.length);
}

static void
save_row(struct sim *sim, struct database *database, uint32_t at, const struct row *row)
{
    const struct row_type *type = &database->of->service->rows[at];
    struct stored_row *stored = table_find(&database->tables[at], row->key);

    if (type->has_no_table)
        return;
    if (!stored || type->guard == ROW_APPENDED)
        stored = table_add(sim, &database->tables[at], row->key);
    stored->version = row->version + 1;
    for (uint32_t i = 0; i < type->column_count; i++) {
        const struct column *column = &type->columns[i];
        const char *given = (const char *)row->data + column->offset;
        if (sim_twin && statement_only_writes(type, column))
            save_text(sim, stored, type, i, given);
        if (!statement_keeps(type, column, given))
            memcpy((char *)stored->data + column->offset, given, column->bytes);
    }
}

static void
do_rows(struct sim *sim, struct database *database, const struct view *view)
{
    for (uint32_t i = 0; view && i < database->of->service->row_type_count; i++) {
        const struct row_table *table = &view->tables[i];
        for (uint32_t j = 0; j < table->count; j++)
            if (row_changed(&database->of->service->rows[i], &table->rows[j]))
                save_row(sim, database, i, &table->rows[j]);
    }
}

static void *
room_for(struct sim *sim, void *list, uint32_t count, uint32_t *capacity, size_t bytes)
{
    if (count < *capacity)
        return list;
    uint32_t larger = *capacity ? *capacity * 2 : 16;
    char *grown = arena_take(sim->arena, bytes * larger);
    if (count)
        memcpy(grown, list, bytes * count);
    *capacity = larger;
    return grown;
}

static void
do_outbox(struct sim *sim, struct database *database, const struct store_commit *commit)
{
    bool is_counted[PARTITIONS_MAX] = { false };

    for (uint32_t i = 0; i < commit->outbox_count; i++) {
        const struct store_outbox *row = &commit->outbox[i];
        if (!is_counted[row->partition])
            database->batch_no[row->partition]++;
        is_counted[row->partition] = true;
        database->outbox = room_for(sim, database->outbox, database->outbox_count,
                                    &database->outbox_capacity, sizeof *database->outbox);
        struct stored_outbox *kept = &database->outbox[database->outbox_count++];
        *kept = (struct stored_outbox){ .row = *row, .written_at_us = sim->now_us };
        kept->row.batch_no = database->batch_no[row->partition];
        kept->row.frames = arena_copy(sim->arena, row->frames, row->frames_bytes);
    }
}

static const char *
keep(struct sim *sim, const char *bytes, uint32_t count)
{
    return bytes ? arena_text(sim->arena, bytes, count) : NULL;
}

static bool
is_parked_already(const struct database *database, const struct store_parked *row)
{
    for (uint32_t i = 0; i < database->parked_count; i++) {
        const struct store_parked *there = &database->parked[i].row;
        bool is_timer = strcmp(row->name, SOURCE_TIMER) == 0;
        if (database->parked[i].is_gone || strcmp(there->name, row->name) != 0)
            continue;
        if (there->partition == row->partition && there->offset == row->offset)
            return true;
        if (is_timer && there->at_us == row->at_us && strcmp(there->key, row->key) == 0)
            return true;
    }
    return false;
}

static void
park(struct sim *sim, struct database *database, const struct store_parked *row)
{
    if (is_parked_already(database, row))
        return;
    if (strcmp(row->reason, "behind") == 0)
        SOMETIMES(EVENT_PARKED_BEHIND);
    else
        SOMETIMES(EVENT_PARKED);
    STORY(sim, "%s parks %s/%d/%lld of %s", database->of->service->name, row->name,
          (int)row->partition, (long long)row->offset, row->key);
    database->parked = room_for(sim, database->parked, database->parked_count,
                                &database->parked_capacity, sizeof *database->parked);
    struct store_parked *kept = &database->parked[database->parked_count++].row;
    *kept = *row;
    kept->seq = database->parked_count;
    kept->key = keep(sim, row->key, (uint32_t)strlen(row->key));
    kept->reason = keep(sim, row->reason, (uint32_t)strlen(row->reason));
    kept->detail = keep(sim, row->detail, (uint32_t)strlen(row->detail));
    kept->headers = keep(sim, row->headers, row->headers_bytes);
    kept->record_key = keep(sim, row->record_key, row->record_key_bytes);
    kept->record_value = keep(sim, row->record_value, row->record_value_bytes);
}

static void
do_parked(struct sim *sim, struct database *database, const struct store_commit *commit)
{
    for (uint32_t i = 0; i < commit->parked_count; i++)
        park(sim, database, &commit->parked[i]);
    for (uint32_t i = 0; i < commit->unparked_count; i++) {
        struct stored_parked *handled = parked_of_seq(database, commit->unparked[i]);
        if (handled)
            handled->is_gone = true;
        SOMETIMES(EVENT_REDRIVEN);
    }
}

static void
tell_auditor(struct sim *sim, struct database *database, const struct store_commit *commit)
{
    struct decided_frames decided[EV_COUNT * PARTITIONS_MAX];

    for (uint32_t i = 0; i < commit->outbox_count; i++) {
        const struct stored_outbox *kept =
            &database->outbox[database->outbox_count - commit->outbox_count + i];
        decided[i] = (struct decided_frames){ kept->row.frames, kept->row.frames_bytes,
                                              strcmp(kept->row.name, SOURCE_REDRIVE) == 0 };
    }
    struct rows rows = { .database = database };
    auditor_committed(sim->auditor, database->of->service->name, decided, commit->outbox_count,
                      commit->view ? &rows : NULL);
}

static bool
check_all(struct sim *sim, struct database *database, const struct store_commit *commit,
          struct error *err)
{
    TRY(check_fence(sim, database, commit, err));
    TRY(check_rows(database, commit->view, err));
    return check_unparked(database, commit, err);
}

static void
do_all(struct sim *sim, struct database *database, const struct store_commit *commit)
{
    do_moves(database, commit);
    do_rows(sim, database, commit->view);
    do_outbox(sim, database, commit);
    tell_auditor(sim, database,
                 commit); /* what is parked is still as it was when this was decided */
    do_parked(sim, database, commit);
}

bool
database_commit(struct sim *sim, struct database *database, const struct store_commit *commit,
                struct error *err)
{
    bool ok = check_all(sim, database, commit, err);

    if (ok)
        do_all(sim, database, commit);
    if (sim_twin)
        sim_twin->committed(sim, database, commit, ok, err);
    return ok;
}
