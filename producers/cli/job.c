/* job.c — one redrive job in all services: how far it is, waiting for its end.  Contract: job.h */
#include "cli/job.h"
#include "base/instant.h"
#include "cli/progress.h"
#include "jumun_cli_sql.h"
#include "runtime/redrive.h"
#include <time.h>

#define STILL_S       30 /* a job that does not move for so long waits for a service that is away */
#define LOOK_AGAIN_MS 100
#define KEYS_TOLD_MAX 50 /* for people; with --json every one */

/* ---- one job in all services ---------------------------------------------------------------- */

bool
job_rows(struct cli *cli, uint32_t service, const char *id, int64_t limit, struct pg_result *rows,
         struct error *err)
{
    struct pg *pg;
    struct pg_params params;
    TRY(service_connect(cli, service, &pg, err));
    pg_params_init(&params, cli->arena);
    pg_param_text(&params, id);
    pg_param_int64(&params, limit);
    return pg_run(pg, SQL_REDRIVE_JOBS, &params, PG_ROWS, rows, err);
}

static bool
add_service(struct cli *cli, struct job *job, uint32_t service, struct error *err)
{
    PG_RESULT struct pg_result rows = { 0 };
    TRY(job_rows(cli, service, job->id, 1, &rows, err));
    job->is_in[service] = rows.row_count == 1;
    if (rows.row_count == 0)
        return true;
    job->waiting += pg_int64(&rows, 0, JOB_WAITING);
    job->handed_back += pg_int64(&rows, 0, JOB_HANDED_BACK);
    job->events_handled += pg_int64(&rows, 0, JOB_EVENTS_HANDLED);
    job->not_done += pg_int64(&rows, 0, JOB_FAILED_AGAIN) + pg_int64(&rows, 0, JOB_GIVEN_UP) +
                    pg_int64(&rows, 0, JOB_STOPPED);
    return true;
}

/* Only in the services that had it when it was first looked at. */
bool
job_look(struct cli *cli, struct job *job, struct error *err)
{
    struct arena_mark mark = arena_mark(cli->arena);
    job->waiting = job->handed_back = job->not_done = job->events_handled = 0;
    for (uint32_t i = 0; i < SERVICE_COUNT; i++)
        if (job->is_in[i])
            TRY(add_service(cli, job, i, err));
    arena_rewind(cli->arena, mark);
    return true;
}

bool
job_await(struct cli *cli, struct job *job, struct error *err)
{
    struct job seen = { .waiting = -1 };
    struct progress progress;
    int64_t moved_us = monotonic_now_us();
    progress_begin(&progress, "redrive", "keys", 0);
    for (;;) {
        TRY(job_look(cli, job, err));
        progress.total = job->waiting + job->handed_back + job->not_done;
        if (cli->json)
            progress_add(cli, &progress, job->handed_back + job->not_done - progress.done);
        if (cli->json && job->waiting == 0)
            progress_end(cli, &progress);
        if (job->waiting == 0 || cli_stopped())
            return true;
        if (job->waiting != seen.waiting || job->events_handled != seen.events_handled) {
            cli_note(cli, "%lld keys wait, %lld handed back, %lld not", (long long)job->waiting,
                     (long long)job->handed_back, (long long)job->not_done);
            seen = *job;
            moved_us = monotonic_now_us();
        }
        if (monotonic_now_us() - moved_us > STILL_S * INT64_C(1000000))
            return error_set(err, ERROR_REFUSED,
                             "job %s: %lld keys wait, and nothing moves: is their service running?",
                             job->id, (long long)job->waiting);
        nanosleep(&(struct timespec){ .tv_nsec = LOOK_AGAIN_MS * 1000000L }, NULL);
    }
}

/* ---- telling what became of it ---------------------------------------------------------------- */

static void
tell_outcome(struct cli *cli, const struct job *job, uint32_t service,
             const struct pg_result *rows, uint32_t i)
{
    struct json_writer json;
    if (!cli->json) {
        printf("%-8s %-8s %-36s %s  %s\n", services[service].name, pg_text(rows, i, 0),
               cli_safe(cli, pg_text(rows, i, 1)), pg_text(rows, i, 2),
               cli_safe(cli, pg_text(rows, i, 3)));
        return;
    }
    json_writer_init(&json, cli->arena, 256);
    json_begin_object(&json);
    json_name(&json, "job");
    json_text(&json, job->id);
    json_name(&json, "service");
    json_text(&json, services[service].name);
    json_name(&json, "key_kind");
    json_text(&json, pg_text(rows, i, 0));
    json_name(&json, "key");
    json_text(&json, pg_text(rows, i, 1));
    json_name(&json, "outcome");
    json_text(&json, pg_text(rows, i, 2));
    json_name(&json, "events");
    json_integer(&json, pg_int64(rows, i, 4));
    json_name(&json, "detail");
    json_text(&json, pg_text(rows, i, 3));
    json_end_object(&json);
    cli_json_line(&json);
}

static bool
tell_keys(struct cli *cli, const struct job *job, uint32_t service, struct error *err)
{
    struct pg *pg;
    struct pg_params params;
    PG_RESULT struct pg_result rows = { 0 };
    TRY(service_connect(cli, service, &pg, err));
    pg_params_init(&params, cli->arena);
    pg_param_text(&params, job->id);
    pg_param_bool(&params, true);
    pg_param_int64(&params, cli->json ? REDRIVE_KEYS_MAX : KEYS_TOLD_MAX + 1);
    TRY(pg_run(pg, SQL_REDRIVE_KEYS, &params, PG_ROWS, &rows, err));
    uint32_t told = !cli->json && rows.row_count > KEYS_TOLD_MAX ? KEYS_TOLD_MAX : rows.row_count;
    for (uint32_t i = 0; i < told; i++)
        tell_outcome(cli, job, service, &rows, i);
    if (told < rows.row_count)
        cli_note(cli, "%s: the first %u keys; --json tells all", services[service].name, told);
    return true;
}

bool
job_tell_keys(struct cli *cli, const struct job *job, struct error *err)
{
    for (uint32_t i = 0; i < SERVICE_COUNT; i++)
        if (job->is_in[i])
            TRY(tell_keys(cli, job, i, err));
    return true;
}
