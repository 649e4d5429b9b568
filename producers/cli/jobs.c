/* jobs.c — redrive jobs for people and programs: all of them, one of them, the end of one.
 * Contract: dead_letters.h */
#include "cli/action.h"
#include "cli/dead_letters.h"
#include "cli/job.h"
#include "jumun_cli_sql.h"
#include <string.h>

static struct job job; /* of this run */

static long long
count_of(const struct pg_result *rows, uint32_t i, enum job_column column)
{
    return (long long)pg_int64(rows, i, column);
}

static void
tell_job(struct cli *cli, uint32_t service, const struct pg_result *rows, uint32_t i)
{
    char id[UUID_TEXT_BYTES];
    uuid_format(pg_uuid(rows, i, JOB_ID), id);
    printf("%s  %-8s %s  %s by %s: %s\n    %s\n", id, services[service].name,
           at_text(cli, pg_time(rows, i, JOB_AT)),
           pg_is_null(rows, i, JOB_FINISHED_AT) ? "under way," : "ended,",
           cli_safe(cli, pg_text(rows, i, JOB_BY)), cli_safe(cli, pg_text(rows, i, JOB_WHY)),
           cli_safe(cli, pg_text(rows, i, JOB_COMMAND)));
    printf("    %lld keys: %lld wait, %lld handed back, %lld failed again, %lld given up, "
           "%lld stopped, %lld with nothing parked; %lld events\n",
           count_of(rows, i, JOB_KEYS), count_of(rows, i, JOB_WAITING),
           count_of(rows, i, JOB_HANDED_BACK), count_of(rows, i, JOB_FAILED_AGAIN),
           count_of(rows, i, JOB_GIVEN_UP), count_of(rows, i, JOB_STOPPED),
           count_of(rows, i, JOB_NOTHING), count_of(rows, i, JOB_EVENTS_HANDLED));
}

static void
put_counts(struct json_writer *json, const struct pg_result *rows, uint32_t i)
{
    static const struct {
        const char *name;
        enum job_column column;
    } counts[] = {
        { "keys", JOB_KEYS }, { "waiting", JOB_WAITING }, { "handed_back", JOB_HANDED_BACK },
        { "failed_again", JOB_FAILED_AGAIN }, { "given_up", JOB_GIVEN_UP },
        { "stopped", JOB_STOPPED },
        { "nothing_parked", JOB_NOTHING }, { "events_asked", JOB_EVENTS_ASKED },
        { "events_handled", JOB_EVENTS_HANDLED },
    };
    for (size_t n = 0; n < sizeof counts / sizeof *counts; n++) {
        json_name(json, counts[n].name);
        json_integer(json, pg_int64(rows, i, counts[n].column));
    }
}

static void
tell_job_json(struct cli *cli, uint32_t service, const struct pg_result *rows, uint32_t i)
{
    static const struct {
        const char *name;
        enum job_column column;
    } texts[] = { { "by", JOB_BY }, { "why", JOB_WHY }, { "command", JOB_COMMAND } };
    struct json_writer json;
    char id[UUID_TEXT_BYTES];
    uuid_format(pg_uuid(rows, i, JOB_ID), id);
    json_writer_init(&json, cli->arena, 512);
    json_begin_object(&json);
    json_name(&json, "job");
    json_text(&json, id);
    json_name(&json, "service");
    json_text(&json, services[service].name);
    for (size_t n = 0; n < sizeof texts / sizeof *texts; n++) {
        json_name(&json, texts[n].name);
        json_text(&json, pg_text(rows, i, texts[n].column));
    }
    json_name(&json, "at");
    json_instant(&json, pg_time(rows, i, JOB_AT));
    json_name(&json, "per_second");
    json_integer(&json, pg_int32(rows, i, JOB_PER_SECOND));
    json_name(&json, "forced");
    json_bool(&json, pg_bool(rows, i, JOB_IS_FORCED));
    put_counts(&json, rows, i);
    json_name(&json, "finished_at");
    if (pg_is_null(rows, i, JOB_FINISHED_AT))
        json_null(&json);
    else
        json_instant(&json, pg_time(rows, i, JOB_FINISHED_AT));
    json_end_object(&json);
    cli_json_line(&json);
}

static bool
list_jobs(struct cli *cli, const struct args *args, uint32_t service, struct error *err)
{
    int64_t limit = LIST_MAX;
    PG_RESULT struct pg_result rows = { 0 };
    TRY(args_integer(args, "limit", 1, 1000000, &limit, err));
    TRY(job_rows(cli, service, job.id, limit, &rows, err));
    job.is_in[service] = rows.row_count > 0;
    for (uint32_t i = 0; i < rows.row_count; i++)
        (cli->json ? tell_job_json : tell_job)(cli, service, &rows, i);
    return true;
}

enum cli_status
run_jobs(struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    job = (struct job){ .id = NULL };
    if (args->word_count > 1)
        return cli_misused(cli, "one word too many: %s", args->words[1]);
    return each_service(cli, args, list_jobs, &err) ? CLI_DONE : cli_fail(cli, &err);
}

static bool
is_job_named(const struct args *args)
{
    struct uuid id;
    return args->word_count == 2 && uuid_parse(args->words[1], strlen(args->words[1]), &id);
}

static bool
is_known(struct error *err)
{
    for (uint32_t i = 0; i < SERVICE_COUNT; i++)
        if (job.is_in[i])
            return true;
    return error_set(err, ERROR_REFUSED, "there is no job %s", job.id);
}

enum cli_status
run_job(struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    if (!is_job_named(args))
        return cli_misused(cli, "which job? jumun dead-letters jobs tells their ids");
    job = (struct job){ .id = args->words[1] };
    if (!each_service(cli, args, list_jobs, &err))
        return cli_fail(cli, &err);
    if (!is_known(&err) || !job_look(cli, &job, &err) ||
        (!cli->json && !job_tell_keys(cli, &job, &err)))
        return cli_fail(cli, &err);
    return job.not_done > 0 ? CLI_REFUSED : CLI_DONE;
}

static int64_t stopped_keys;

static bool
stop(struct cli *cli, const struct args *args, uint32_t service, struct error *err)
{
    struct pg *pg;
    struct pg_params params;
    PG_RESULT struct pg_result row = { 0 };
    TRY(service_connect(cli, service, &pg, err));
    pg_params_init(&params, cli->arena);
    pg_param_text(&params, args->words[1]);
    pg_param_text(&params, selection_by(cli, args));
    pg_param_text(&params, args_text(args, "reason"));
    TRY(pg_run(pg, SQL_REDRIVE_STOP, &params, PG_ROW, &row, err));
    stopped_keys += pg_int64(&row, 0, 0);
    return true;
}

enum cli_status
run_stop(struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    if (!is_job_named(args))
        return cli_misused(cli, "stop which job? jumun dead-letters jobs tells their ids");
    if (!args_text(args, "reason"))
        return cli_misused(cli, "why? --reason TEXT: it is kept with the history");
    action_begin(cli, args, "stop", args->words[1]);
    stopped_keys = 0;
    if (!each_service(cli, args, stop, &err))
        return cli_fail(cli, &err);
    cli_note(cli, "%lld keys of it are not handed back", (long long)stopped_keys);
    enum cli_status told = run_job(cli, args);
    if (told == CLI_UNREACHABLE)
        return told;
    return stopped_keys > 0 ? CLI_DONE : CLI_REFUSED;
}
