/* readmodel.c — the queue of jobs and the threads that run them. */
#include "bridge/readmodel.h"
#include "base/instant.h"
#include "base/logger.h"
#include "bridge/metering.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define JOB_ARENA_BYTES 4096
#define JOB_KEEP_BYTES  65536
#define FREE_JOBS_MAX   256
#define RECONNECT_US    (300 * INT64_C(1000)) /* between two attempts of one reader */
#define UP_CHECK_MS     500 /* an idle reader looks whether the database came back */

struct reader {
    struct readmodel *readmodel;
    pthread_t thread;
    struct pg *pg;
    int64_t tried_us;
};

struct readmodel {
    struct mailbox *mailbox;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct job *first, **last; /* waiting */
    uint32_t waiting;
    bool stopping;
    atomic_bool is_up;
    char reason[ERROR_MESSAGE_BYTES]; /* under lock */
    struct reader readers[READERS];
    struct job *free_jobs; /* the loop's */
    uint32_t free_count;
};

/* ---- jobs ------------------------------------------------------------------------------------ */

static void
deliver(struct mail *mail)
{
    struct job *job = (struct job *)mail;

    job->done(job);
}

struct job *
job_new(struct bridge *bridge, const char *sql, uint32_t column_count,
        void (*done)(struct job *job), void *owner)
{
    struct readmodel *readmodel = bridge->readmodel;
    struct job *job = readmodel->free_jobs;
    struct arena *arena;

    if (job != NULL) {
        readmodel->free_jobs = job->next;
        readmodel->free_count--;
        arena = job->arena;
    } else {
        job = memory_new(sizeof *job);
        arena = arena_new(JOB_ARENA_BYTES);
    }
    *job = (struct job){ .mail.deliver = deliver,
                         .readmodel = readmodel,
                         .arena = arena,
                         .sql = sql,
                         .column_count = column_count,
                         .done = done,
                         .owner = owner };
    pg_params_init(&job->params, arena);
    return job;
}

void
job_free(struct job *job)
{
    struct readmodel *readmodel = job->readmodel;

    if (readmodel->free_count == FREE_JOBS_MAX) {
        arena_free(job->arena);
        memory_free(job);
        return;
    }
    arena_reset(job->arena, JOB_KEEP_BYTES);
    job->next = readmodel->free_jobs;
    readmodel->free_jobs = job;
    readmodel->free_count++;
}

void
job_submit(struct job *job)
{
    struct readmodel *readmodel = job->readmodel;
    bool full;

    pthread_mutex_lock(&readmodel->lock);
    full = readmodel->waiting == JOBS_MAX || readmodel->stopping;
    if (!full) {
        job->next = NULL;
        *readmodel->last = job;
        readmodel->last = &job->next;
        readmodel->waiting++;
        pthread_cond_signal(&readmodel->wake);
    }
    pthread_mutex_unlock(&readmodel->lock);
    if (full)
        mailbox_post(readmodel->mailbox, &job->mail);
}

const struct cell *
job_cell(const struct job *job, uint32_t row, uint32_t column)
{
    return &job->cells[row * job->column_count + column];
}

const char *
job_text(const struct job *job, uint32_t row, uint32_t column)
{
    const char *text = job_cell(job, row, column)->text;

    return text != NULL ? text : "";
}

int64_t
job_integer(const struct job *job, uint32_t row, uint32_t column)
{
    return strtoll(job_text(job, row, column), NULL, 10);
}

bool
job_is(const struct job *job, uint32_t row, uint32_t column, const char *text)
{
    return strcmp(job_text(job, row, column), text) == 0;
}

/* ---- readers --------------------------------------------------------------------------------- */

static void
note_state(struct readmodel *readmodel, bool is_up, const struct error *err)
{
    bool was_up = atomic_exchange(&readmodel->is_up, is_up);

    pthread_mutex_lock(&readmodel->lock);
    memset(readmodel->reason, 0, sizeof readmodel->reason);
    if (!is_up)
        memcpy(readmodel->reason, err->message, sizeof readmodel->reason - 1);
    pthread_mutex_unlock(&readmodel->lock);
    if (was_up && !is_up)
        log_failure(LOG_WARN, "the read model cannot be reached", err);
    else if (!was_up && is_up)
        log_info("the read model answers");
}

static void
copy_rows(struct job *job, const struct pg_result *result)
{
    job->row_count = result->row_count;
    job->cells =
        arena_take(job->arena, (size_t)result->row_count * job->column_count * sizeof *job->cells);
    for (uint32_t row = 0; row < result->row_count; row++)
        for (uint32_t column = 0; column < job->column_count; column++) {
            struct cell *cell = &job->cells[row * job->column_count + column];
            struct pg_bytes bytes;

            if (pg_is_null(result, row, column))
                continue;
            bytes = pg_bytes(result, row, column);
            cell->text = arena_text(job->arena, bytes.bytes, bytes.count);
            cell->bytes = bytes.count;
        }
    job->ok = true;
}

static bool
run_jobs(struct pg *pg, struct job *const *jobs, uint32_t count, struct error *err)
{
    struct pg_result results[JOBS_PER_TRIP] = {
        {NULL, 0}
    };
    bool ok = true;

    for (uint32_t i = 0; ok && i < count; i++)
        ok = pg_queue(pg, jobs[i]->sql, &jobs[i]->params, PG_ROWS, &results[i], err);
    ok = ok && (count == 0 || pg_sync(pg, err));
    for (uint32_t i = 0; i < count; i++) {
        if (ok)
            copy_rows(jobs[i], &results[i]);
        pg_result_clear(&results[i]);
    }
    return ok;
}

static bool
is_connected(struct reader *reader, struct error *err)
{
    int64_t now_us = monotonic_now_us();

    if (pg_is_open(reader->pg))
        return true;
    if (!atomic_load(&reader->readmodel->is_up) && now_us - reader->tried_us < RECONNECT_US)
        return error_set(err, ERROR_RETRY, "not connected to the database");
    reader->tried_us = now_us;
    return pg_open(reader->pg, err);
}

static void
serve(struct reader *reader, struct job *const *jobs, uint32_t count)
{
    struct error err = { .class = ERROR_NONE };
    bool was_open = pg_is_open(reader->pg);
    bool ok = is_connected(reader, &err) && run_jobs(reader->pg, jobs, count, &err);

    /* A connection that died while idle tells so at its first use: ask once more on a new one. */
    if (!ok && was_open && !pg_is_open(reader->pg))
        ok = is_connected(reader, &err) && run_jobs(reader->pg, jobs, count, &err);
    else if (!ok && pg_is_open(reader->pg))
        pg_close(reader->pg);
    note_state(reader->readmodel, ok, &err);
    if (count > 0)
        metering_read(count, ok);
    for (uint32_t i = 0; i < count; i++)
        mailbox_post(reader->readmodel->mailbox, &jobs[i]->mail);
}

/* Waits for jobs, but not for ever while the database is away. */
static void
wait_for_jobs(struct readmodel *readmodel)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += UP_CHECK_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    if (atomic_load(&readmodel->is_up))
        pthread_cond_wait(&readmodel->wake, &readmodel->lock);
    else
        pthread_cond_timedwait(&readmodel->wake, &readmodel->lock, &until);
}

/* Up to JOBS_PER_TRIP jobs; 0: none, or the end. */
static uint32_t
take_jobs(struct readmodel *readmodel, struct job **jobs, bool *stopping)
{
    uint32_t count = 0;

    pthread_mutex_lock(&readmodel->lock);
    if (readmodel->first == NULL && !readmodel->stopping)
        wait_for_jobs(readmodel);
    while (readmodel->first != NULL && count < JOBS_PER_TRIP) {
        jobs[count++] = readmodel->first;
        readmodel->first = readmodel->first->next;
        readmodel->waiting--;
    }
    if (readmodel->first == NULL)
        readmodel->last = &readmodel->first;
    *stopping = readmodel->stopping;
    pthread_mutex_unlock(&readmodel->lock);
    return count;
}

static void *
read_for_ever(void *context)
{
    struct reader *reader = context;
    struct job *jobs[JOBS_PER_TRIP];
    bool stopping = false;

    while (!stopping) {
        uint32_t count = take_jobs(reader->readmodel, jobs, &stopping);

        if (count > 0 || (!stopping && !atomic_load(&reader->readmodel->is_up)))
            serve(reader, jobs, count);
    }
    pg_free(reader->pg);
    return NULL;
}

bool
readmodel_start(struct bridge *bridge, struct error *err)
{
    struct readmodel *readmodel = memory_new(sizeof *readmodel);
    const struct pg_settings settings = { .conninfo = bridge->settings.pg,
                                          .user = "jumun_bridge",
                                          .search_path = "jumun_timeline",
                                          .application = "jumun-bridge",
                                          .read_only = true };

    bridge->readmodel = readmodel;
    readmodel->mailbox = &bridge->mailbox;
    readmodel->last = &readmodel->first;
    pthread_mutex_init(&readmodel->lock, NULL);
    pthread_cond_init(&readmodel->wake, NULL);
    for (unsigned i = 0; i < READERS; i++) {
        struct reader *reader = &readmodel->readers[i];

        reader->readmodel = readmodel;
        reader->pg = pg_new(&settings);
        if (pthread_create(&reader->thread, NULL, read_for_ever, reader) != 0)
            return error_set(err, ERROR_FATAL, "no thread for a reader of the read model");
    }
    return true;
}

void
readmodel_stop(struct bridge *bridge)
{
    struct readmodel *readmodel = bridge->readmodel;

    pthread_mutex_lock(&readmodel->lock);
    readmodel->stopping = true;
    pthread_cond_broadcast(&readmodel->wake);
    pthread_mutex_unlock(&readmodel->lock);
    for (unsigned i = 0; i < READERS; i++)
        pthread_join(readmodel->readers[i].thread, NULL);
}

bool
readmodel_is_up(const struct readmodel *readmodel)
{
    return atomic_load(&readmodel->is_up);
}

void
readmodel_reason(struct readmodel *readmodel, char *out, size_t out_bytes)
{
    memset(out, 0, out_bytes);
    pthread_mutex_lock(&readmodel->lock);
    strncpy(out, readmodel->reason, out_bytes - 1);
    pthread_mutex_unlock(&readmodel->lock);
}
