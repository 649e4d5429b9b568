/* readmodel.h — questions to the timeline's tables, asked by a few reader threads.
 *
 * Shapes   job: one statement with its parameters and, when delivered, its rows as text cells.
 * Flow     the loop makes a job and submits it; a reader thread takes up to JOBS_PER_TRIP jobs and runs them
 *          in one round trip; the mailbox delivers them on the loop, which frees them.
 * Order    what a job reads is at least as new as what any job delivered before it was submitted read.
 * Away     while the database cannot be reached jobs come back at once as not ok.
 * Limits   READERS threads and connections, JOBS_MAX waiting; more are refused (as not ok, at once).
 * Errors   not ok means "unknown", never "there is none".
 * Threads  job_new, readmodel_submit, job_free: the loop.
 * Source   infra/runtime/pg.h; consumers/timeline/timeline.h says what may be read. */
#pragma once
#include "bridge/bridge.h"
#include "runtime/pg.h"

#define READERS       3
#define JOBS_MAX      4096
#define JOBS_PER_TRIP 24

struct cell {
    const char *text; /* NULL: SQL NULL */
    uint32_t bytes;
};

struct job {
    struct mail mail; /* first: the mailbox hands it over */
    struct job *next;
    struct readmodel *readmodel;
    struct arena *arena;
    const char *sql; /* every column is text */
    struct pg_params params;
    uint32_t column_count;
    void (*done)(struct job *job);
    void *owner;
    bool ok;
    uint32_t row_count;
    struct cell *cells;
};

bool readmodel_start(struct bridge *bridge, struct error *err) MUST_USE;
void readmodel_stop(struct bridge *bridge);
/* False while the last attempt to reach the database failed. */
bool readmodel_is_up(const struct readmodel *readmodel);
/* Why not, for /readyz; "" when up. */
void readmodel_reason(struct readmodel *readmodel, char *out, size_t out_bytes);

struct job *job_new(struct bridge *bridge, const char *sql, uint32_t column_count,
                    void (*done)(struct job *job), void *owner);
/* done is called later, always exactly once, never from within. */
void job_submit(struct job *job);
void job_free(struct job *job);
const struct cell *job_cell(const struct job *job, uint32_t row, uint32_t column);
/* NULL is "" and 0. */
const char *job_text(const struct job *job, uint32_t row, uint32_t column);
int64_t job_integer(const struct job *job, uint32_t row, uint32_t column);
bool job_is(const struct job *job, uint32_t row, uint32_t column, const char *text);
