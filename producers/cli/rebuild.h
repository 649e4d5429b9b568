/* rebuild.h — a service's rows, folded in memory from what it published.
 *
 * Shapes   rows: per row type key → row,
 *          packed (most of a struct is zeros).  rebuild: one service's rebuild.
 *          sides: the processes that rebuild one service each.
 * Errors   ERROR_RETRY: a server is away.  ERROR_REFUSED: members, a topic whose start is gone, tables that
 *          are not empty, a signal.
 * Threads  none.
 * Source   architecture.md section 4. */
#pragma once
#include "cli/positions.h"
#include "cli/progress.h"
#include "cli/reading.h"
#include "folds/folds.h"
#include "runtime/service.h"

/* ---- rows in memory ---------------------------------------------------------------------------- */

struct packed_row {
    uint64_t hash;
    char *bytes; /* key, NUL, runs */
    bool is_seen; /* in the database */
};

struct packed_table {
    struct packed_row *rows;
    uint32_t count, capacity;
    uint32_t *slots; /* index + 1 */
    uint32_t slot_count;
    struct { /* rows, by a comparison with the table */
        int64_t same, changed, missing, surplus; /* missing: in the table; surplus: there alone */
    } found;
};

/* What a service that is rebuilt beside others tells: in memory that their processes share. */
struct side {
    int64_t done, total; /* messages */
    struct error err;
};

struct rebuild {
    struct cli *cli;
    struct side *side; /* NULL: alone, with a progress of its own */
    const struct fold_target *target;
    uint32_t service; /* index in services */
    struct packed_table *tables;
    struct arena *arena; /* of one event */
    struct reading reading;
    bool is_compared;
    bool is_counted; /* differences are counted, and not told one by one */
    struct positions positions; /* --compare: of the snapshot */
    struct progress progress;
    int64_t messages;
    int64_t anew; /* --compare: events that the inputs would cause anew */
    int64_t differences;
};

void rebuild_rows_init(struct rebuild *rebuild);
void rebuild_rows_free(struct rebuild *rebuild);
/* One event through one route, over the rows in memory; what it says is counted. */
void rebuild_apply(struct rebuild *rebuild, const struct service *by, const struct event *in);
struct packed_row *rebuild_find(struct rebuild *rebuild, unsigned row_type, const char *key);
/* out: row_bytes of the type. */
void rebuild_unpack(const struct row_type *type, const struct packed_row *row, void *out);

/* ---- reading (rebuild_read.c) ------------------------------------------------------------------ */

/* Opens the topics; refuses where the start of one is gone. */
bool rebuild_open(struct rebuild *rebuild, struct error *err) MUST_USE;
/* What it said and the catalogue; then, for a comparison, its inputs to exactly where it stands. */
bool rebuild_fold(struct rebuild *rebuild, struct error *err) MUST_USE;
/* How many messages a fold will read; after rebuild_open. */
int64_t rebuild_messages(const struct rebuild *rebuild);
/* The reader stops reading and is left to the end of the process: closing one that has read may hang
 * (docs/decisions/0007). */
void rebuild_leave_reader(struct rebuild *rebuild);
/* *is_same: nothing was added to what it said since it was opened. */
bool rebuild_ends_are_same(struct rebuild *rebuild, bool *is_same, struct error *err) MUST_USE;
const char *rebuild_group(struct rebuild *rebuild);
bool rebuild_refuse_members(struct rebuild *rebuild, struct error *err) MUST_USE;
/* The group starts from the beginning. */
bool rebuild_reset_group(struct rebuild *rebuild, struct error *err) MUST_USE;

/* ---- tables ------------------------------------------------------------------------------------ */

/* *is_used: there are tables, and the service has handled something. */
bool rebuild_is_used(struct rebuild *rebuild, struct pg *pg, bool *is_used,
                     struct error *err) MUST_USE;
bool rebuild_schema_is_there(struct rebuild *rebuild, struct pg *pg, bool *is_there,
                             struct error *err) MUST_USE;
/* One snapshot: where it stands; what is decided and not yet published. */
bool rebuild_snapshot(struct rebuild *rebuild, struct error *err) MUST_USE;
bool rebuild_compare(struct rebuild *rebuild, struct error *err) MUST_USE;
bool rebuild_unpublished(struct rebuild *rebuild, enum event_type type, struct error *err) MUST_USE;
bool rebuild_swap(struct rebuild *rebuild, struct error *err) MUST_USE;

/* ---- side by side (rebuild_sides.c) ------------------------------------------------------------ */

struct sides {
    struct side *items; /* by service */
    struct progress *progress; /* of all of them; NULL: none is told */
    int pids[SERVICE_COUNT]; /* 0: does not run */
    uint32_t running;
    bool has_failed, is_stopping;
};

/* What is done in the side of a service. */
typedef bool side_step(struct cli *cli, uint32_t service, struct side *side, struct error *err);

bool sides_open(struct sides *sides, struct error *err) MUST_USE;
void sides_close(struct sides *sides);
/* Each service that is wanted in a process of its own, as many at once as there are processors.  After one that
 * failed no other is begun, and those that run come to their end; err is the first's. */
bool sides_run(struct cli *cli, struct sides *sides, const bool wanted[SERVICE_COUNT],
               side_step *step, struct error *err) MUST_USE;
