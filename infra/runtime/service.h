/* service.h — what a domain is: rows, routes, states and decisions, as data.
 *
 * Shapes     service → row types (columns of plain structs) · routes (event → keys → decision) ·
 *            transitions (state × event → state, because).  All const, all in the domain's one file.
 * Purity     a decision gets rows in memory, one event and an emitter.  No clock, no I/O, no failure:
 *            a refusal is an event.
 * Invariant  every row type's struct is plain bytes without pointers, all zero when the row is new.
 * Threads    none: called by the one loop.
 * Source     schemas/topics.json; docs/saga.md is printed from these tables. */
#pragma once
#include "events.h"
#include "runtime/emitter.h"
#include "runtime/view.h"
#include <stddef.h>

enum column_type {
    COLUMN_UUID,  /* struct { char text[37]; }     ↔ uuid;   "" ↔ NULL */
    COLUMN_TEXT,  /* char[bytes], NUL-terminated    ↔ text;   "" ↔ NULL */
    COLUMN_INT32, /* int32_t                        ↔ integer */
    COLUMN_INT64, /* int64_t                        ↔ bigint */
    COLUMN_BOOL,  /* bool                           ↔ boolean */
    COLUMN_TIME,  /* int64_t µs                     ↔ timestamptz; 0 ↔ NULL */
    COLUMN_NAME,  /* an enum of 4 bytes             ↔ text, by the names table */
    COLUMN_BYTES, /* uint8_t[bytes], fixed          ↔ bytea */
    COLUMN_JSON,  /* a struct                       ↔ jsonb, by its two functions; all zeros ↔ NULL */
};

struct json_writer;
struct json_doc;

struct column {
    const char *name;
    enum column_type type;
    uint32_t offset; /* in the row's struct */
    uint32_t bytes;  /* size of the member */
    bool is_fact;    /* can be told from the topics alone: compared by `jumun rebuild --compare` */
    const char *const *names; /* COLUMN_NAME: NULL-terminated, index = enum value */
    void (*write_json)(struct json_writer *out, const void *member);       /* COLUMN_JSON */
    bool (*read_json)(const struct json_doc *doc, uint32_t node, void *member); /* COLUMN_JSON */
};

#define COLUMN(row, member, column_type, fact)                                                     \
    { .name = #member, .type = column_type, .offset = offsetof(struct row, member),                \
      .bytes = sizeof(((struct row *)0)->member), .is_fact = fact }

enum row_guard {
    ROW_BY_VERSION, /* one order's own row: an optimistic version, a lost race is a RETRY of the batch */
    ROW_BY_LOCK,    /* contended (product, coupon, balance): SELECT … FOR UPDATE in key order */
    ROW_APPENDED,   /* never loaded, only inserted */
};

/* The same for an enum with its names, for a struct with its two JSON functions, and for a time: the
 * column deadline_at is the member deadline_at_us. */
#define COLUMN_ENUM(row, member, names_table, fact)                                                \
    { .name = #member, .type = COLUMN_NAME, .offset = offsetof(struct row, member),                \
      .bytes = sizeof(((struct row *)0)->member), .is_fact = fact, .names = names_table }
#define COLUMN_STRUCT(row, member, json_type, fact)                                                \
    { .name = #member, .type = COLUMN_JSON, .offset = offsetof(struct row, member),                \
      .bytes = sizeof(((struct row *)0)->member), .is_fact = fact,                                 \
      .write_json = json_write_##json_type, .read_json = json_read_##json_type }
#define COLUMN_INSTANT(row, member, fact)                                                          \
    { .name = #member, .type = COLUMN_TIME, .offset = offsetof(struct row, member##_us),           \
      .bytes = sizeof(((struct row *)0)->member##_us), .is_fact = fact }

#define COUNT_OF(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

/* SQL of a row type (files in consumers/<d>/sql):
 *   load_sql  parameters $1 text[] keys, and $2 text[] "via" keys if it names $2;
 *             returns: version bigint, then the columns in the order of the table below.
 *             ROW_BY_LOCK: … ORDER BY key FOR UPDATE.
 *   save_sql  parameter $1 array of rows of the table `name`, each with its new version (1 = first);
 *             must call expect_rows(count of rows written, cardinality($1)), which raises JM001 if short.
 *             Inserts are plain: a key that is there by now is 23505 on <table>_pkey, a RETRY like JM001, and
 *             not looked up a second time for every row as ON CONFLICT would. */
struct row_type {
    const char *name; /* of its table: a column of the table for each of `columns`, and version */
    uint32_t row_bytes;
    uint32_t key_offset; /* of the NUL-terminated key text in the struct; the view fills it in new rows */
    uint32_t key_bytes;  /* size of that member */
    enum row_guard guard;
    const struct column *columns;
    uint32_t column_count;
    const char *load_sql;
    const char *save_sql;
    bool has_no_table; /* ROW_APPENDED; `name` is a type: save_sql brings the rows into other tables */
};

#define ROW_TYPE(row, row_name, key, row_guard, row_columns, load, save)                           \
    { .name = row_name, .row_bytes = sizeof(struct row), .key_offset = offsetof(struct row, key),  \
      .key_bytes = sizeof(((struct row *)0)->key), .guard = row_guard, .columns = row_columns,     \
      .column_count = COUNT_OF(row_columns), .load_sql = load, .save_sql = save }

struct keys; /* what an event touches; filled by a route's keys function (see view.h) */

struct route {
    enum event_type type;
    void (*keys)(const struct event *in, struct keys *keys);
    void (*decide)(struct view *view, const struct event *in, struct emitter *out);
    bool (*wants)(const struct event *in); /* NULL: always.  false: dropped before the load; moves the position */
};

enum transition_kind {
    TRANSITION_MOVES,    /* from → to */
    TRANSITION_WAITS,    /* early: kept in the row until what it needs is known; from == to */
    TRANSITION_ANSWERED, /* refused by an event; from == to */
    TRANSITION_REPEATED, /* its effect is done: nothing */
    TRANSITION_RECORDED, /* fills its part of the row; from == to */
};

struct transition {
    uint8_t from;
    enum event_type on;
    uint8_t to;
    enum transition_kind kind;
    const char *because;
};

/* Rows of a transition table, as the state machine is told in words. */
#define MOVES(state, event, to_state, why)                                                         \
    { .from = state, .on = event, .to = to_state, .kind = TRANSITION_MOVES, .because = why }
#define STAYS(state, event, how, why)                                                              \
    { .from = state, .on = event, .to = state, .kind = how, .because = why }
#define WAITS(state, event, why)    STAYS(state, event, TRANSITION_WAITS, why)
#define ANSWERED(state, event, why) STAYS(state, event, TRANSITION_ANSWERED, why)
#define REPEATED(state, event, why) STAYS(state, event, TRANSITION_REPEATED, why)
#define RECORDED(state, event, why) STAYS(state, event, TRANSITION_RECORDED, why)

/* Deadlines.  The loop owns the clock and the fence (architecture.md section 3, Timers); it runs the due
 * statement and hands each order to the route of `type` as an event whose at_us is the deadline. */
struct timer {
    enum event_type type;  /* EV_ORDER_DEADLINE_PASSED */
    enum event_type owner; /* the topic whose partition holder owns these timers */
    const char *next_sql;  /* $1 int partition → one row: min(deadline) timestamptz or NULL */
    const char *due_sql;   /* $1 int partition, $2 timestamptz, $3 int limit → order_id, deadline; by deadline */
};

/* What a commit tells those who listen to a channel of PostgreSQL's: news.h. */
struct news {
    const char *channel;
    unsigned row_type; /* its changed rows are told, by their keys */
    bool (*is_at_rest)(const void *row);
};

struct service {
    const char *name; /* "stock": program jumun-stock, group jumun-stock, schema jumun_stock, source /jumun/stock */
    enum party party; /* in topics.json */
    const struct row_type *rows;
    uint32_t row_type_count;
    const struct route *routes;
    uint32_t route_count;
    const char *const *state_names; /* NULL-terminated; of the service's one state machine */
    const struct transition *transitions;
    uint32_t transition_count;
    const struct timer *timer; /* NULL: none */
    /* EVENT_BIT of each event that may wait a little for company: another one of its key follows soon, or
     * nobody waits for what comes of it.  A batch of nothing else does.  0: none. */
    uint64_t may_wait;
    const struct news *news; /* NULL: nobody waits for its rows */
};

#define EVENT_BIT(type) (UINT64_C(1) << (type))
_Static_assert(EV_COUNT <= 64, "a set of events is one word");

const struct route *service_route(const struct service *service, enum event_type type);
/* The one door of every state machine: aborts on a move that no MOVES row of the table holds. */
void service_check_move(const struct service *service, uint8_t from, enum event_type on,
                        uint8_t to);
