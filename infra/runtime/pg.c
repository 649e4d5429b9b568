/* pg.c — one connection, always in pipeline mode, never blocking on a write.  Contract: pg.h
 *
 *   connection   pg_new, pg_open, pg_close
 *   pipeline     pg_queue, pg_prepare, pg_sync
 *   one at once  pg_run, pg_run_script, pg_rollback */
#include "runtime/pg_private.h"
#include "base/instant.h"
#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define PG_CONNECT_S      "5"
#define PG_LOOK_MS         500
#define PG_ANSWER_GRACE_MS 3000 /* the server's own time-out should strike first */

static const int binary[PG_PARAMS_MAX] = { [0 ... PG_PARAMS_MAX - 1] = 1 };

/* ---- connection ------------------------------------------------------------------------------- */

static const char *
copy(const char *text)
{
    if (!text)
        return NULL;
    size_t bytes = strlen(text) + 1;
    return memcpy(memory_new(bytes), text, bytes);
}

struct pg *
pg_new(const struct pg_settings *settings)
{
    struct pg *pg = memory_new(sizeof *pg);
    *pg = (struct pg){ .settings = *settings };
    pg->settings.conninfo = copy(settings->conninfo);
    pg->settings.user = copy(settings->user);
    pg->settings.search_path = copy(settings->search_path);
    pg->settings.application = copy(settings->application);
    pg_meters_init(&pg->meters, settings->application);
    return pg;
}

void
pg_free(struct pg *pg)
{
    if (!pg)
        return;
    pg_close(pg);
    memory_free((void *)(uintptr_t)pg->settings.conninfo);
    memory_free((void *)(uintptr_t)pg->settings.user);
    memory_free((void *)(uintptr_t)pg->settings.search_path);
    memory_free((void *)(uintptr_t)pg->settings.application);
    memory_free(pg);
}

void
pg_close(struct pg *pg)
{
    PQfinish(pg->conn);
    pg->conn = NULL;
    pg->queued = 0;
    pg->prepared_count = 0;
}

bool
pg_is_open(const struct pg *pg)
{
    return pg->conn && PQstatus(pg->conn) == CONNECTION_OK;
}

int
pg_socket(const struct pg *pg)
{
    return pg_is_open(pg) ? PQsocket(pg->conn) : -1;
}

bool
pg_open(struct pg *pg, struct error *err)
{
    if (pg_is_open(pg))
        return true;
    pg_close(pg);
    const char *attrs = pg_attrs_for_reading(&pg->settings);
    /* what stands before dbname gives way to what the connection string says; what stands behind does not */
    const char *names[] = { "user", "application_name", "connect_timeout", "keepalives_idle",
                            "keepalives_interval", "keepalives_count", "tcp_user_timeout",
                            "target_session_attrs", "dbname", "client_encoding",
                            attrs ? "target_session_attrs" : NULL, NULL };
    const char *values[] = { pg->settings.user ? pg->settings.user : "", pg->settings.application,
                             PG_CONNECT_S, "5", "2", "3", "10000",
                             pg->settings.read_only ? "any" : "read-write", pg->settings.conninfo,
                             "UTF8", attrs, NULL };
    pg->conn = PQconnectdbParams(names, values, 1);
    if (PQstatus(pg->conn) != CONNECTION_OK || PQsetnonblocking(pg->conn, 1) != 0 ||
        !PQenterPipelineMode(pg->conn)) {
        pg_error_of_connection(pg->conn, "connect", err);
        pg_close(pg);
        return false;
    }
    if (!pg_apply_session(pg, &pg->settings, err)) {
        pg_close(pg);
        return error_wrap(err, "session settings");
    }
    return true;
}

/* ---- pipeline ----------------------------------------------------------------------------------- */

static bool
lost(struct pg *pg, const char *what, struct error *err)
{
    pg_error_of_connection(pg->conn, what, err);
    pg_close(pg);
    return false;
}

static void
push(struct pg *pg, const char *sql, enum pg_shape shape, struct pg_result *result, bool is_prepare)
{
    assert(pg->queued < PG_QUEUE_MAX);
    metric_add(pg->meters.statements, 1);
    pg->queue[pg->queued++] = (struct queued){ sql, shape, result, is_prepare };
}

static void
statement_name(const char *sql, char out[24])
{
    snprintf(out, 24, "s%zx", (size_t)(uintptr_t)sql);
}

static bool
is_prepared(const struct pg *pg, const char *sql)
{
    for (uint32_t i = 0; i < pg->prepared_count; i++)
        if (pg->prepared[i] == sql)
            return true;
    for (uint32_t i = 0; i < pg->queued; i++)
        if (pg->queue[i].is_prepare && pg->queue[i].sql == sql)
            return true;
    return false;
}

static bool
send_prepare(struct pg *pg, const char *sql, const struct pg_params *params, struct error *err)
{
    char name[24];

    statement_name(sql, name);
    assert(pg->prepared_count < PG_PREPARED_MAX);
    if (!PQsendPrepare(pg->conn, name, sql, params ? (int)params->count : 0,
                       params ? params->types : NULL))
        return lost(pg, "prepare", err);
    push(pg, sql, PG_NOTHING, NULL, true);
    return true;
}

static bool
check_open(struct pg *pg, struct error *err)
{
    if (pg_is_open(pg))
        return true;
    pg_close(pg);
    return error_set(err, ERROR_RETRY, "PostgreSQL: not connected");
}

bool
pg_queue(struct pg *pg, const char *sql, const struct pg_params *params, enum pg_shape shape,
         struct pg_result *result, struct error *err)
{
    char name[24];

    TRY(check_open(pg, err));
    if (!is_prepared(pg, sql))
        TRY(send_prepare(pg, sql, params, err));
    statement_name(sql, name);
    if (!PQsendQueryPrepared(pg->conn, name, params ? (int)params->count : 0,
                             params ? params->values : NULL, params ? params->lengths : NULL,
                             binary, 1))
        return lost(pg, "send", err);
    push(pg, sql, shape, result, false);
    return true;
}

bool
pg_prepare(struct pg *pg, const char *sql, const struct pg_params *params, struct error *err)
{
    TRY(check_open(pg, err));
    if (is_prepared(pg, sql))
        return true;
    TRY(send_prepare(pg, sql, params, err));
    return pg_sync(pg, err);
}

void
pg_meanwhile(struct pg *pg, int (*meanwhile)(void *self), void *self)
{
    pg->meanwhile = meanwhile;
    pg->meanwhile_self = self;
}

/* Returns how long the answer may be waited for. */
static int
use_the_time(struct pg *pg)
{
    int again_ms = pg->meanwhile ? pg->meanwhile(pg->meanwhile_self) : -1;

    if (again_ms < 0)
        pg->meanwhile = NULL;
    return again_ms < 0 || again_ms > PG_LOOK_MS ? PG_LOOK_MS : again_ms;
}

/* Waits until a result is whole, writing what is still unsent meanwhile. */
static bool
wait_result(struct pg *pg, struct error *err)
{
    int64_t answer_us = (pg->settings.answer_ms_max + PG_ANSWER_GRACE_MS) * INT64_C(1000);
    int64_t give_up_us = pg->settings.answer_ms_max ? monotonic_now_us() + answer_us : INT64_MAX;

    for (;;) {
        int unsent = PQflush(pg->conn);
        if (unsent < 0)
            return lost(pg, "write", err);
        if (!PQisBusy(pg->conn))
            return true;
        int wait_ms = unsent == 0 ? use_the_time(pg) : PG_LOOK_MS;
        struct pollfd fd = { .fd = PQsocket(pg->conn),
                             .events = (short)(unsent ? POLLIN | POLLOUT : POLLIN) };
        if (fd.fd < 0 || monotonic_now_us() > give_up_us)
            return lost(pg, fd.fd < 0 ? "read" : "no answer in time", err);
        if (poll(&fd, 1, wait_ms) > 0 && fd.revents & (POLLIN | POLLERR | POLLHUP) &&
            !PQconsumeInput(pg->conn))
            return lost(pg, "read", err);
    }
}

static bool
check_shape(const struct queued *entry, PGresult *result, struct error *err)
{
    ExecStatusType status = PQresultStatus(result);
    int rows = PQntuples(result);

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        return pg_error_of_result(result, entry->sql, err);
    if ((entry->shape == PG_ROW && rows != 1) || (entry->shape == PG_ROW_OR_NONE && rows > 1))
        return error_set(err, ERROR_FATAL, "statement returned %d rows: %.200s", rows, entry->sql);
    return true;
}

/* Takes one statement's result.  Only the first error of a segment is told. */
static bool
take_result(struct pg *pg, const struct queued *entry, bool *failed, struct error *err)
{
    TRY(wait_result(pg, err));
    PGresult *result = PQgetResult(pg->conn);
    if (!result)
        return lost(pg, "read", err);
    if (!*failed)
        *failed = !check_shape(entry, result, err);
    if (!*failed && entry->is_prepare)
        pg->prepared[pg->prepared_count++] = entry->sql;
    if (!*failed && entry->result) {
        pg_result_clear(entry->result);
        *entry->result = (struct pg_result){ result, (uint32_t)PQntuples(result) };
    } else {
        PQclear(result);
    }
    TRY(wait_result(pg, err)); /* the NULL that ends the statement */
    PQclear(PQgetResult(pg->conn));
    return true;
}

bool
pg_sync(struct pg *pg, struct error *err)
{
    bool failed = false;

    TRY(check_open(pg, err));
    if (!PQpipelineSync(pg->conn))
        return lost(pg, "sync", err);
    metric_add(pg->meters.round_trips, 1);
    for (uint32_t i = 0; i < pg->queued; i++)
        if (!take_result(pg, &pg->queue[i], &failed, err))
            return false; /* lost: closed */
    pg->queued = 0;
    if (!wait_result(pg, failed ? &(struct error){ 0 } : err))
        return false;
    PGresult *end = PQgetResult(pg->conn);
    bool in_step = PQresultStatus(end) == PGRES_PIPELINE_SYNC;
    PQclear(end);
    if (!in_step && !failed)
        return lost(pg, "end of the pipeline", err);
    if (!in_step) /* a server that says farewell mid-segment: keep its reason */
        pg_close(pg);
    if (failed && PQstatus(pg->conn) != CONNECTION_OK)
        pg_close(pg);
    return !failed;
}

/* ---- one at once -------------------------------------------------------------------------------- */

bool
pg_run(struct pg *pg, const char *sql, const struct pg_params *params, enum pg_shape shape,
       struct pg_result *result, struct error *err)
{
    TRY(check_open(pg, err));
    if (!PQsendQueryParams(pg->conn, sql, params ? (int)params->count : 0,
                           params ? params->types : NULL, params ? params->values : NULL,
                           params ? params->lengths : NULL, binary, 1))
        return lost(pg, "send", err);
    push(pg, sql, shape, result, false);
    return pg_sync(pg, err);
}

/* A script needs the simple protocol, which pipeline mode does not have. */
bool
pg_run_script(struct pg *pg, const char *sql, struct error *err)
{
    TRY(check_open(pg, err));
    if (!PQexitPipelineMode(pg->conn) || PQsetnonblocking(pg->conn, 0) != 0)
        return lost(pg, "script", err);
    PGresult *result = PQexec(pg->conn, sql);
    ExecStatusType status = PQresultStatus(result);
    bool ok =
        status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
    if (!ok)
        pg_error_of_result(result, sql, err);
    PQclear(result);
    if (PQstatus(pg->conn) != CONNECTION_OK || PQsetnonblocking(pg->conn, 1) != 0 ||
        !PQenterPipelineMode(pg->conn))
        return ok ? lost(pg, "script", err) : (pg_close(pg), false);
    return ok;
}

void
pg_rollback(struct pg *pg)
{
    struct error ignored;

    if (!pg_is_open(pg))
        return;
    PGTransactionStatusType status = PQtransactionStatus(pg->conn);
    if (status == PQTRANS_IDLE && pg->queued == 0)
        return;
    for (uint32_t i = 0; i < pg->queued; i++) /* whoever queued them does not wait any more */
        pg->queue[i].result = NULL;
    if (!pg_run(pg, "ROLLBACK", NULL, PG_NOTHING, NULL, &ignored))
        pg_close(pg);
}
