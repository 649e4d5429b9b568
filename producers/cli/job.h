/* job.h — a redrive job: the same id in every service that its selection reaches.
 *
 * Shapes   job_rows: the columns of enum job_column, one row per job.
 * Errors   ERROR_RETRY: a database is away.  job_await: ERROR_REFUSED when nothing moves.
 * Threads  none.
 * Source   infra/runtime/sql/migrations/0002_redrive.sql: redrive_progress. */
#pragma once
#include "cli/positions.h"

enum job_column {
    JOB_ID, JOB_BY, JOB_WHY, JOB_AT, JOB_COMMAND,
    JOB_KEYS, JOB_WAITING, JOB_HANDED_BACK, JOB_FAILED_AGAIN, JOB_GIVEN_UP, JOB_STOPPED,
    JOB_NOTHING, JOB_EVENTS_ASKED, JOB_EVENTS_HANDLED,
    JOB_FINISHED_AT, JOB_PER_SECOND, JOB_IS_FORCED
};

struct job {
    const char *id;
    bool is_in[SERVICE_COUNT];
    int64_t waiting, handed_back, not_done; /* keys, in all services, when last looked at */
    int64_t events_handled;
};

/* id: NULL for all jobs of a service, newest first. */
bool job_rows(struct cli *cli, uint32_t service, const char *id, int64_t limit,
              struct pg_result *rows, struct error *err) MUST_USE;
/* Counts anew, in the services that it is in. */
bool job_look(struct cli *cli, struct job *job, struct error *err) MUST_USE;
/* Until nothing of it waits, or a signal came. */
bool job_await(struct cli *cli, struct job *job, struct error *err) MUST_USE;
bool job_tell_keys(struct cli *cli, const struct job *job, struct error *err) MUST_USE;
