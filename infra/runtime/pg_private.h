/* pg_private.h — what the pg_*.c files share: libpq, and the one place that reads its errors.
 *
 * Threads  as pg.h. */
#pragma once
/* libpq's header has a type of this name, for large objects; ours is a function. */
#define pg_int64 libpq_int64
#include <libpq-fe.h>
#undef pg_int64
#include "base/metrics.h"
#include "runtime/pg.h"

#define PG_EPOCH_US INT64_C(946684800000000) /* 2000-01-01, where PostgreSQL starts counting */

/* Types of PostgreSQL's own: their numbers never change. */
enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT4 = 23, OID_TEXT = 25, OID_JSON = 114,
       OID_TIME = 1184, OID_UUID = 2950, OID_JSONB = 3802 };

struct pg_meters {
    struct metric *statements, *round_trips;
};

#define PG_QUEUE_MAX    64
#define PG_PREPARED_MAX 128

struct queued {
    const char *sql;
    enum pg_shape shape;
    struct pg_result *result;
    bool is_prepare;
};

struct pg {
    struct pg_settings settings;
    PGconn *conn;
    struct queued queue[PG_QUEUE_MAX];
    uint32_t queued;
    const char *prepared[PG_PREPARED_MAX];
    uint32_t prepared_count;
    int (*meanwhile)(void *self);
    void *meanwhile_self;
    struct pg_meters meters;
};

void pg_meters_init(struct pg_meters *out, const char *application);
/* The target_session_attrs that a session must ask for, whatever its string says; NULL: what it says. */
const char *pg_attrs_for_reading(const struct pg_settings *settings);
/* Sets what a session that has just begun runs with. */
bool pg_apply_session(struct pg *pg, const struct pg_settings *settings,
                      struct error *err) MUST_USE;
/* Fills err from a failed result: class by SQLSTATE.  Always false. */
bool pg_error_of_result(const PGresult *result, const char *sql, struct error *err);
/* Fills err from a connection that failed: RETRY, or FATAL where waiting cannot help. */
bool pg_error_of_connection(PGconn *conn, const char *what, struct error *err);
/* The table itself. constraint and table: "" unless the server named them. */
enum error_class pg_class_of(const char *sqlstate, const char *constraint, const char *table);
