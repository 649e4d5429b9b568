/* dead_letters.c — the command, and the list of what could not be handled.  Contract: dead_letters.h
 *
 * Two kinds (architecture.md section 3): a letter on the topic DeadLetter never was an event and is only
 * looked at; a parked event is one that a service could not carry out, with everything of its key behind
 * it, and is run again in place by its owner. */
#include "cli/dead_letters.h"
#include "base/instant.h"
#include "cli/letters.h"
#include "jumun_cli_sql.h"
#include "runtime/redrive.h"
#include <string.h>

#define DETAIL_MAX 120 /* in a list; show has all of it */

bool
each_service(struct cli *cli, const struct args *args, for_service *call, struct error *err)
{
    const char *only = args_text(args, "service");
    for (uint32_t i = 0; i < SERVICE_COUNT; i++)
        if (!only || strcmp(only, services[i].name) == 0)
            TRY(call(cli, args, i, err));
    return true;
}

const char *
at_text(struct cli *cli, int64_t at_us)
{
    char *text = arena_take(cli->arena, INSTANT_TEXT_BYTES);
    instant_format(at_us, text);
    return text;
}

const char *
short_text(struct cli *cli, const char *text)
{
    return cli_safe_bytes(cli, text, strlen(text), DETAIL_MAX);
}

/* ---- list ----------------------------------------------------------------------------------- */

enum column { KEY_KIND, KEY, EVENTS, SINCE, REASON, DETAIL, ATTEMPTS, JOB };

static const char *
job_text(struct cli *cli, const struct pg_result *rows, uint32_t i)
{
    char *id = arena_take(cli->arena, UUID_TEXT_BYTES);
    if (!pg_is_null(rows, i, JOB))
        uuid_format(pg_uuid(rows, i, JOB), id);
    return id;
}

static void
tell_parked_key(struct cli *cli, uint32_t service, const struct pg_result *rows, uint32_t i)
{
    const char *job = job_text(cli, rows, i);
    printf("parked  %-8s %-8s %-36s %6lld  since %s  tried %d of %d  %s: %s%s%s\n",
           services[service].name, pg_text(rows, i, KEY_KIND), cli_safe(cli, pg_text(rows, i, KEY)),
           (long long)pg_int64(rows, i, EVENTS), at_text(cli, pg_time(rows, i, SINCE)),
           pg_int32(rows, i, ATTEMPTS), REDRIVE_ATTEMPTS_MAX,
           cli_safe(cli, pg_text(rows, i, REASON)), short_text(cli, pg_text(rows, i, DETAIL)),
           *job ? "  in job " : "", job);
}

static void
tell_parked_key_json(struct cli *cli, uint32_t service, const struct pg_result *rows, uint32_t i)
{
    static const struct {
        const char *name;
        enum column column;
    } texts[] = {
        { "key_kind", KEY_KIND }, { "key", KEY }, { "reason", REASON }, { "detail", DETAIL },
    };
    struct json_writer json;
    json_writer_init(&json, cli->arena, 256);
    json_begin_object(&json);
    json_name(&json, "kind");
    json_text(&json, "parked");
    json_name(&json, "service");
    json_text(&json, services[service].name);
    for (size_t n = 0; n < sizeof texts / sizeof *texts; n++) {
        json_name(&json, texts[n].name);
        json_text(&json, pg_text(rows, i, texts[n].column));
    }
    json_name(&json, "events");
    json_integer(&json, pg_int64(rows, i, EVENTS));
    json_name(&json, "since");
    json_instant(&json, pg_time(rows, i, SINCE));
    json_name(&json, "attempts");
    json_integer(&json, pg_int32(rows, i, ATTEMPTS));
    json_name(&json, "attempts_max");
    json_integer(&json, REDRIVE_ATTEMPTS_MAX);
    json_name(&json, "job");
    json_text(&json, job_text(cli, rows, i));
    json_end_object(&json);
    cli_json_line(&json);
}

static struct selection listed;
static int64_t list_limit;

static bool
list_parked(struct cli *cli, const struct args *args, uint32_t service, struct error *err)
{
    struct pg *pg;
    struct pg_params params;
    PG_RESULT struct pg_result rows = { 0 };
    (void)args;
    TRY(service_connect(cli, service, &pg, err));
    pg_params_init(&params, cli->arena);
    pg_param_text(&params, listed.json);
    pg_param_int64(&params, list_limit);
    TRY(pg_run(pg, SQL_PARKED_LIST, &params, PG_ROWS, &rows, err));
    for (uint32_t i = 0; i < rows.row_count; i++)
        (cli->json ? tell_parked_key_json : tell_parked_key)(cli, service, &rows, i);
    return true;
}

/* Letters have neither a key that is parked nor an SQLSTATE: who selects by these looks for parked events. */
static enum cli_status
run_list(struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    list_limit = LIST_MAX;
    if (args->word_count > 1)
        return cli_misused(cli, "one word too many: %s", args->words[1]);
    if (!args_integer(args, "limit", 1, 1000000, &list_limit, &err) ||
        !selection_read(cli, args, &listed, &err))
        return cli_misused(cli, "%s", err.message);
    if (!each_service(cli, args, list_parked, &err))
        return cli_fail(cli, &err);
    if (listed.is_empty && !letters_list(cli, args_text(args, "service"), list_limit, &err))
        return cli_fail(cli, &err);
    return CLI_DONE;
}

/* ---- show ----------------------------------------------------------------------------------- */

static enum cli_status
run_show(struct cli *cli, const struct args *args)
{
    int32_t partition;
    int64_t offset;
    struct error err = { 0 };
    if (args->word_count != 2)
        return cli_misused(cli, "show what? a key, or PARTITION/OFFSET of a letter");
    if (!letter_address(args->words[1], &partition, &offset))
        return run_preview(cli, args);
    return letter_show(cli, partition, offset, args_has(args, "value"), &err) ? CLI_DONE
                                                                              : cli_fail(cli, &err);
}

/* ---- the command ---------------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum cli_status (*run)(struct cli *cli, const struct args *args);
} verbs[] = {
    { "list", run_list }, { "show", run_show }, { "preview", run_preview },
    { "redrive", run_redrive }, { "jobs", run_jobs }, { "job", run_job }, { "stop", run_stop },
    { "history", run_history },
};

static enum cli_status
run_dead_letters(struct cli *cli, const struct args *args)
{
    const char *service = args_text(args, "service");
    if (service && service_index(service) < 0)
        return cli_misused(cli, "there is no service %.60s", service);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(args->words[0], verbs[i].name) == 0)
            return verbs[i].run(cli, args);
    return cli_misused(cli,
                       "list, show, preview, redrive, jobs, job, stop or history, not %.60s",
                       args->words[0]);
}

static const struct flag dead_letters_flags[] = {
    { "service", "NAME", "only this service", false },
    { "topic", "TOPIC", "keys whose failed event is of this topic; timer: a deadline", false },
    { "sqlstate", "CODE", "keys whose event failed with this SQLSTATE, or class (23)", false },
    { "event", "TOPIC/PARTITION/OFFSET", "the key that this event is parked for", false },
    { "since", "TIME", "parked (told) since 2026-11-22T09:00:00Z, or 30m, 2h, 3d ago", false },
    { "until", "TIME", "parked before", false },
    { "all", NULL, "redrive: every key that has anything parked", false },
    { "limit", "N", "at most so many of what is listed (50); keys of a job (1000)", false },
    { "reason", "TEXT", "redrive, stop: why; kept with the history", false },
    { "by", "NAME", "redrive, stop: who (default: who is logged in)", false },
    { "dry-run", NULL, "redrive: show what would run, ask nothing", false },
    { "force", NULL, "redrive: try once more what was tried as often as it may", false },
    { "per-second", "N", "redrive: at most so many keys (50)", false },
    { "no-wait", NULL, "redrive: only ask", false },
    { "value", NULL, "show PARTITION/OFFSET: the original bytes alone", false },
    { NULL, NULL, NULL, false },
};

const struct command dead_letters_command = {
    .name = "dead-letters",
    .words = "list|show|preview|redrive|jobs|job|stop|history [KEY|PARTITION/OFFSET|JOB]",
    .summary = "what could not be handled, and handing it back in order",
    .details =
        "letter: a record that never was an event of its order; its original bytes are kept on\n"
        "        the topic DeadLetter.  It parked nothing, so nothing can be handed back: mend\n"
        "        its cause and publish it anew.  show PARTITION/OFFSET says how.\n"
        "parked: an event that a service could not carry out, and all of its key behind it.\n"
        "        redrive asks the service to run them again, in place and in the key's order.\n"
        "        It is a job: it goes on without this program, survives a kill of any process,\n"
        "        and ends: an event that failed 5 times is not tried again without --force.\n\n"
        "list            what is parked and the latest letters\n"
        "preview         what a redrive of the same selection would run, with all that is known\n"
        "redrive         a key, a selection or --all; --reason is asked for and kept\n"
        "jobs, job JOB   how far: waiting, handed back, failed again, given up, stopped\n"
        "stop JOB        what is not handed back yet stays parked\n"
        "history         who, why, when, and what became of it; of a KEY or a JOB, or all\n\n"
        "Examples:\n"
        "  jumun dead-letters list\n"
        "  jumun dead-letters show 0/17\n"
        "  jumun dead-letters preview --service payment --sqlstate 23 --since 2h\n"
        "  jumun dead-letters redrive 0190f3c2-0000-7000-8000-000000000000 --dry-run\n"
        "  jumun dead-letters redrive --all --service payment --reason 'constraint mended, #481'\n"
        "  jumun dead-letters history 0190f3c2-0000-7000-8000-000000000000",
    .flags = dead_letters_flags,
    .words_min = 1,
    .words_max = 2,
    .groups = SETTINGS_KAFKA | SETTINGS_PG,
    .run = run_dead_letters,
};
