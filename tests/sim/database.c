/* database.c — a service's tables in memory, and its sessions' transactions.
 *
 * Rows      copied column by column, so that what has no column is lost, as it is in the real one.
 * Locks     a row that another transaction has locked asks to try again, as a lock timeout does; a
 *           transaction whose process is frozen for long is ended by the server.
 * Contract  sim.h; runtime/seams.h */
#include "sim/sim.h"
#include <string.h>

#define IDLE_IN_TRANSACTION_US (2 * SECOND_US)

/* ---- tables ------------------------------------------------------------------------------------------ */

void
database_init(struct sim *sim, struct database *database, const struct served *of)
{
    (void)sim;
    database->of = of;
    for (uint32_t i = 0; i < of->service->row_type_count; i++)
        database->tables[i].type = &of->service->rows[i];
}

static uint32_t
bucket_of(const char *key)
{
    uint32_t hash = 2166136261u;

    for (; *key; key++)
        hash = (hash ^ (uint8_t)*key) * 16777619u;
    return (hash >> 7) % BUCKETS;
}

struct stored_row *
table_find(const struct stored_table *table, const char *key)
{
    for (struct stored_row *row = table->buckets[bucket_of(key)]; row; row = row->next)
        if (strcmp(row->key, key) == 0)
            return row;
    return NULL;
}

struct stored_row *
table_add(struct sim *sim, struct stored_table *table, const char *key)
{
    struct stored_row *row = arena_take(sim->arena, sizeof *row);
    uint32_t bucket = bucket_of(key);

    if (table->count == table->capacity) {
        uint32_t larger = table->capacity ? table->capacity * 2 : 8;
        struct stored_row **rows = arena_take(sim->arena, sizeof *rows * larger);
        if (table->count)
            memcpy(rows, table->rows, sizeof *rows * table->count);
        table->rows = rows;
        table->capacity = larger;
    }
    row->data = arena_take(sim->arena, table->type->row_bytes);
    row->key = arena_text(sim->arena, key, strlen(key));
    row->next = table->buckets[bucket];
    table->buckets[bucket] = row;
    table->rows[table->count++] = row;
    return row;
}

struct stored_position *
database_position(struct database *database, const char *name, int32_t partition)
{
    for (uint32_t i = 0; i < database->position_count; i++) {
        struct stored_position *position = &database->positions[i];
        if (position->at.partition == partition && strcmp(position->at.name, name) == 0)
            return position;
    }
    return NULL;
}

bool
database_is_parked(const struct database *database, enum key_kind kind, const char *key)
{
    for (uint32_t i = 0; i < database->parked_count; i++) {
        const struct stored_parked *parked = &database->parked[i];
        if (!parked->is_gone && parked->row.kind == kind && strcmp(parked->row.key, key) == 0)
            return true;
    }
    return false;
}

/* ---- locks ------------------------------------------------------------------------------------------- */

void
session_rollback(struct session *session)
{
    for (uint32_t i = 0; i < session->locked_count; i++)
        session->locked[i]->locked_by = NULL;
    session->locked_count = 0;
    session->is_begun = false;
    if (sim_twin)
        sim_twin->rolled_back(session);
}

static bool
lock_row(struct session *session, struct stored_row *row, struct error *err)
{
    struct sim *sim = session->process->sim;
    struct session *other = (struct session *)(uintptr_t)row->locked_by;

    if (other && other != session && sim->now_us - other->begun_at_us > IDLE_IN_TRANSACTION_US) {
        SOMETIMES(TRANSACTION_KILLED);
        STORY(sim, "%s: the server ends the transaction of process %u",
              session->database->of->service->name, other->process->number);
        session_rollback(other);
        other->is_open = false;
    }
    if (row->locked_by && row->locked_by != session) {
        SOMETIMES(LOCK_AWAITED);
        return error_set(err, ERROR_RETRY, "lock timeout");
    }
    if (!row->locked_by &&
        session->locked_count < sizeof session->locked / sizeof *session->locked) {
        row->locked_by = session;
        session->locked[session->locked_count++] = row;
    }
    return true;
}

/* ---- loading ----------------------------------------------------------------------------------------- */

struct loading {
    struct session *session;
    struct view *view;
    uint32_t row_type;
    struct stored_row *rows[1024];
    uint32_t count;
};

static void
add_row(void *context, const char *key)
{
    struct loading *loading = context;
    struct stored_row *row =
        table_find(&loading->session->database->tables[loading->row_type], key);

    for (uint32_t i = 0; i < loading->count; i++)
        if (loading->rows[i] == row)
            return;
    if (row && loading->count < sizeof loading->rows / sizeof *loading->rows)
        loading->rows[loading->count++] = row;
}

static bool
load_row(struct loading *loading, struct stored_row *stored, struct error *err)
{
    const struct row_type *type = &loading->session->database->of->service->rows[loading->row_type];

    if (type->guard == ROW_BY_LOCK)
        TRY(lock_row(loading->session, stored, err));
    struct row *row = view_add_row(loading->view, loading->row_type, stored->version);
    for (uint32_t i = 0; i < type->column_count; i++) {
        const struct column *column = &type->columns[i];
        if (statement_loads(type, column))
            memcpy((char *)row->data + column->offset, (char *)stored->data + column->offset,
                   column->bytes);
    }
    view_loaded(loading->view, loading->row_type, row);
    return true;
}

static bool
load_type(struct session *session, uint32_t row_type, const struct keys *keys, struct view *view,
          struct error *err)
{
    struct loading loading;

    loading.session = session;
    loading.view = view;
    loading.row_type = row_type;
    loading.count = 0;
    for (uint32_t i = 0; i < keys->own[row_type].count; i++)
        add_row(&loading, keys->own[row_type].keys[i]);
    for (uint32_t i = 0; i < keys->via[row_type].count; i++)
        statement_via(session->database, row_type, keys->via[row_type].keys[i], add_row, &loading);
    for (uint32_t i = 0; i < loading.count; i++)
        TRY(load_row(&loading, loading.rows[i], err));
    return true;
}

/* ---- the seam's transactions ------------------------------------------------------------------------- */

static bool
begin(void *self, const struct keys *keys, struct view *view, struct store_waiting *waiting,
      struct error *err)
{
    struct session *session = self;
    const struct service *service = session->database->of->service;

    TRY(session_ask(session, err));
    session->is_begun = true;
    session->begun_at_us = session->process->sim->now_us;
    for (uint32_t i = 0; i < waiting->count; i++)
        waiting->is_parked[i] =
            database_is_parked(session->database, waiting->kinds[i], waiting->keys[i]);
    for (uint32_t i = 0; i < service->row_type_count; i++)
        if (service->rows[i].guard != ROW_APPENDED)
            TRY(load_type(session, i, keys, view, err));
    return true;
}

static bool
lose_answer(struct session *session, struct error *err)
{
    session_rollback(session);
    session->is_open = false;
    return error_set(err, ERROR_RETRY, "the connection was lost during COMMIT");
}

static bool
commit(void *self, const struct store_commit *all, struct error *err)
{
    struct session *session = self;
    struct sim *sim = session->process->sim;
    bool was_begun = session->is_begun;

    if (session->process->is_dead)
        return error_set(err, ERROR_RETRY, "killed");
    if (all->view && !was_begun) /* the server ended it meanwhile */
        return lose_answer(session, err);
    if (!all->view)
        TRY(session_ask(session, err));
    if (all->meanwhile)
        all->meanwhile(all->meanwhile_self);
    if (all->view && session_fails(session, FAULT_RETRY)) {
        session_rollback(session);
        return error_set(err, ERROR_RETRY, "could not serialize access");
    }
    bool is_unknown = sim_suffers(sim, FAULT_UNKNOWN);
    if (is_unknown && chance_of_1000(&sim->chance, 300) && late_put(sim, session->database, all))
        return lose_answer(session, err);
    if (is_unknown && chance_half(&sim->chance)) {
        SOMETIMES(COMMIT_UNKNOWN_LOST);
        STORY(sim, "%s %u: a commit is lost", session->database->of->service->name,
              session->process->number);
        return lose_answer(session, err);
    }
    bool ok = database_commit(sim, session->database, all, err);
    session_rollback(session);
    if (ok && is_unknown) {
        SOMETIMES(COMMIT_UNKNOWN_APPLIED);
        STORY(sim, "%s %u: the answer of a commit is lost", session->database->of->service->name,
              session->process->number);
        return lose_answer(session, err);
    }
    return ok;
}

static void
abandon(void *self)
{
    struct session *session = self;

    if (!session->process->is_dead)
        session_rollback(session);
}

struct store
session_store(struct session *session)
{
    static struct store_ops ops;

    if (!ops.begin) {
        session_rest_ops(&ops);
        ops.begin = begin;
        ops.commit = commit;
        ops.abandon = abandon;
    }
    return (struct store){ &ops, session };
}
