/* pg.h — everything jumun asks of PostgreSQL; the pg*.c files alone see libpq.
 *
 * Shapes     pg: one connection, reconnected on demand.  pg_params: the parameters of one statement,
 *            binary, in an arena.  pg_result: rows, binary; the expected shape is an argument, so that
 *            no caller checks it by hand.
 * Pipeline   pg_queue … pg_queue, pg_sync: one round trip.  What lies between two syncs fails as a whole:
 *            the first error is told, results queued behind it are empty.
 * Units      times are µs since 1970-01-01 UTC.
 * Errors     one table (pg_errors.c) says for each SQLSTATE what to do: RETRY, POISON, FENCED, FATAL.
 *            After a RETRY that lost the connection pg_is_open is false; pg_open connects again.
 * Threads    one thread per connection.
 * Source     architecture.md section 3 (errors carry what to do), section 7 (libpq pipeline). */
#pragma once
#include "base/error.h"
#include "base/uuid.h"

struct pg;

struct pg_settings {
    const char *conninfo;    /* JUMUN_PG…: libpq connection string; what it names wins over what follows */
    const char *user;        /* login role, NULL: libpq's default */
    const char *search_path; /* schema(s), NULL: the role's default */
    const char *application;
    int32_t answer_ms_max; /* longest wait for an answer, then RETRY with the connection closed; 0: none */
    bool read_only;
    bool no_seqscan; /* statements made for indexes keep to them, and to one plan: see pg_session.c */
};

/* Makes the handle; does not connect. */
struct pg *pg_new(const struct pg_settings *settings);
void pg_free(struct pg *pg);
/* Connects if it is not connected. */
bool pg_open(struct pg *pg, struct error *err) MUST_USE;
void pg_close(struct pg *pg);
bool pg_is_open(const struct pg *pg);
/* For waiting on notifications beside other things; −1 when closed. */
int pg_socket(const struct pg *pg);

/* ---- parameters ------------------------------------------------------------------------------ */

#define PG_PARAMS_MAX 64

struct pg_params {
    struct arena *arena;
    uint32_t count;
    uint32_t types[PG_PARAMS_MAX];
    const char *values[PG_PARAMS_MAX];
    int lengths[PG_PARAMS_MAX];
};

struct pg_bytes {
    const void *bytes;
    uint32_t count;
};

void pg_params_init(struct pg_params *params, struct arena *arena);
void pg_param_null_text(struct pg_params *params);
void pg_param_text(struct pg_params *params, const char *text);
void pg_param_text_bytes(struct pg_params *params, const char *text, size_t bytes);
void pg_param_uuid(struct pg_params *params, struct uuid id);
void pg_param_bool(struct pg_params *params, bool value);
void pg_param_int32(struct pg_params *params, int32_t value);
void pg_param_int64(struct pg_params *params, int64_t value);
void pg_param_time(struct pg_params *params, int64_t at_us);
void pg_param_bytes(struct pg_params *params, const void *bytes, size_t count);
/* Arrays; a NULL text is NULL. */
void pg_param_texts(struct pg_params *params, const char *const *texts, uint32_t count);
void pg_param_uuids(struct pg_params *params, const struct uuid *ids, uint32_t count);
void pg_param_int32s(struct pg_params *params, const int32_t *values, uint32_t count);
void pg_param_int64s(struct pg_params *params, const int64_t *values, uint32_t count);
void pg_param_times(struct pg_params *params, const int64_t *at_us, uint32_t count);
void pg_param_byteas(struct pg_params *params, const struct pg_bytes *values, uint32_t count);

/* An array built element by element.  Element types by their column: */
enum pg_element { PG_BOOL, PG_INT32, PG_INT64, PG_TEXT,  PG_UUID,
                  PG_TIME, PG_BYTEA, PG_JSON,  PG_JSONB, PG_ELEMENTS };

/* PG_ELEMENTS: a type that is none of these. */
enum pg_element pg_element_of(uint32_t oid);

struct pg_array {
    struct arena *arena;
    uint32_t element_oid, array_oid;
    char *bytes;
    uint32_t length, capacity, count;
    bool has_null;
    enum pg_element element; /* of what is added next */
    bool has_records;        /* each element is a record, each value one of its fields */
};

void pg_array_begin(struct pg_array *array, struct arena *arena, enum pg_element element,
                    uint32_t capacity_bytes);
void pg_array_null(struct pg_array *array);
void pg_array_bool(struct pg_array *array, bool value);
void pg_array_int32(struct pg_array *array, int32_t value);
void pg_array_int64(struct pg_array *array, int64_t value); /* PG_INT64; PG_TIME takes µs since 1970 */
void pg_array_bytes(struct pg_array *array, const void *bytes, size_t count); /* text, uuid, bytea, JSON */
/* An array of rows (bind.c): a record is begun, then each of its fields is, in order, and gets its value by
 * one of the functions above; then the record ends. */
void pg_array_begin_records(struct pg_array *array, struct arena *arena, uint32_t record_oid,
                            uint32_t records_oid, uint32_t capacity_bytes);
uint32_t pg_record_begin(struct pg_array *array, uint32_t field_count);
void pg_record_field(struct pg_array *array, uint32_t oid, enum pg_element element);
void pg_record_end(struct pg_array *array, uint32_t begun);
void pg_param_array(struct pg_params *params, struct pg_array *array); /* takes the bytes over */

/* ---- statements ------------------------------------------------------------------------------ */

enum pg_shape {
    PG_NOTHING, /* no rows are returned */
    PG_ROW,     /* exactly one row */
    PG_ROW_OR_NONE,
    PG_ROWS,
};

struct pg_result {
    void *handle; /* PGresult */
    uint32_t row_count;
};

#define PG_RESULT __attribute__((cleanup(pg_result_clear)))

void pg_result_clear(struct pg_result *result);

/* One statement, one round trip.  params and result may be NULL. */
bool pg_run(struct pg *pg, const char *sql, const struct pg_params *params, enum pg_shape shape,
            struct pg_result *result, struct error *err) MUST_USE;
/* Several statements without parameters or results (migrations). */
bool pg_run_script(struct pg *pg, const char *sql, struct error *err) MUST_USE;

/* Prepared at first use per connection, under a name made from the address of sql: pass constants.
 * params must live until pg_sync. */
bool pg_queue(struct pg *pg, const char *sql, const struct pg_params *params, enum pg_shape shape,
              struct pg_result *result, struct error *err) MUST_USE;
/* Prepares now, so that a bad statement shows at start; params give the types alone. */
bool pg_prepare(struct pg *pg, const char *sql, const struct pg_params *params,
                struct error *err) MUST_USE;
/* Sends all that is queued with a sync behind it, and reads all results.  Non-blocking on both sides. */
bool pg_sync(struct pg *pg, struct error *err) MUST_USE;
/* Called in a pg_sync when all is sent and the answer is not there yet; it returns after how many milliseconds
 * it would be called again, −1: not any more.  NULL: not any more. */
void pg_meanwhile(struct pg *pg, int (*meanwhile)(void *self), void *self);

/* Ends a transaction that failed half-way; closes the connection where even that fails. */
void pg_rollback(struct pg *pg);

/* ---- notifications ---------------------------------------------------------------------------- */

/* A channel's name is the caller's own: it becomes part of a statement. */
bool pg_listen(struct pg *pg, const char *channel, struct error *err) MUST_USE;
/* Waits, at most so long, until something is told on a channel that is listened to, and hands over all that has
 * been.  A payload is borrowed for the call. */
bool pg_notified(struct pg *pg, int wait_ms, void (*each)(void *context, const char *payload),
                 void *context, struct error *err) MUST_USE;

/* ---- results (binary; the column's type must be the one asked for) -------------------------- */

bool pg_is_null(const struct pg_result *result, uint32_t row, uint32_t column);
bool pg_bool(const struct pg_result *result, uint32_t row, uint32_t column);
int32_t pg_int32(const struct pg_result *result, uint32_t row, uint32_t column);
int64_t pg_int64(const struct pg_result *result, uint32_t row, uint32_t column);
int64_t pg_time(const struct pg_result *result, uint32_t row, uint32_t column); /* NULL: 0 */
struct uuid pg_uuid(const struct pg_result *result, uint32_t row, uint32_t column);
/* NUL-terminated, borrowed from the result; NULL: "". */
const char *pg_text(const struct pg_result *result, uint32_t row, uint32_t column);
/* Raw bytes: bytea, text, or jsonb (its version byte is skipped). */
struct pg_bytes pg_bytes(const struct pg_result *result, uint32_t row, uint32_t column);
