/* redrive_history.c — who had what handed back, why, when, and what became of it.  Contract: dead_letters.h
 *
 * Each service tells its own, oldest first. */
#include "base/instant.h"
#include "cli/dead_letters.h"
#include "jumun_cli_sql.h"
#include <string.h>

enum column { AT, ACTION, BY, WHY, ROLE, JOB, KEY_KIND, KEY, EVENT, ATTEMPTS, REASON, DETAIL };

static void
tell(struct cli *cli, uint32_t service, const struct pg_result *rows, uint32_t i)
{
    printf("%s  %-8s %-11s %s %s  %s%sby %s: %s\n", at_text(cli, pg_time(rows, i, AT)),
           services[service].name, pg_text(rows, i, ACTION), pg_text(rows, i, KEY_KIND),
           cli_safe(cli, pg_text(rows, i, KEY)), pg_text(rows, i, EVENT),
           *pg_text(rows, i, EVENT) ? "  " : "", cli_safe(cli, pg_text(rows, i, BY)),
           cli_safe(cli, pg_text(rows, i, WHY)));
    if (*pg_text(rows, i, REASON))
        printf("    tried %d, %s: %s\n", pg_int32(rows, i, ATTEMPTS), pg_text(rows, i, REASON),
               short_text(cli, pg_text(rows, i, DETAIL)));
}

static void
tell_json(struct cli *cli, uint32_t service, const struct pg_result *rows, uint32_t i)
{
    static const struct {
        const char *name;
        enum column column;
    } texts[] = {
        { "action", ACTION }, { "by", BY }, { "why", WHY }, { "database_role", ROLE },
        { "job", JOB }, { "key_kind", KEY_KIND }, { "key", KEY }, { "event", EVENT },
        { "reason", REASON }, { "detail", DETAIL },
    };
    struct json_writer json;
    json_writer_init(&json, cli->arena, 512);
    json_begin_object(&json);
    json_name(&json, "at");
    json_instant(&json, pg_time(rows, i, AT));
    json_name(&json, "service");
    json_text(&json, services[service].name);
    for (size_t n = 0; n < sizeof texts / sizeof *texts; n++) {
        json_name(&json, texts[n].name);
        json_text(&json, pg_text(rows, i, texts[n].column));
    }
    json_name(&json, "attempts");
    json_integer(&json, pg_int32(rows, i, ATTEMPTS));
    json_end_object(&json);
    cli_json_line(&json);
}

static const char *
since_text(struct cli *cli, const struct args *args, struct error *err)
{
    int64_t at_us;
    const char *text = args_text(args, "since");
    if (!text)
        return NULL;
    if (!selection_time(text, instant_now_us(), &at_us)) {
        (void)!error_set(err, ERROR_REFUSED, "--since %.60s is no time", text);
        return NULL;
    }
    return at_text(cli, at_us);
}

/* A word that is a job's id is asked for as a key as well: orders have ids of the same form. */
static bool
ask(struct pg *pg, struct cli *cli, const char *key, const char *job, const char *since,
    int64_t limit, struct pg_result *rows, struct error *err)
{
    struct pg_params params;
    pg_params_init(&params, cli->arena);
    pg_param_text(&params, key);
    pg_param_text(&params, job);
    pg_param_text(&params, since);
    pg_param_int64(&params, limit);
    return pg_run(pg, SQL_REDRIVE_HISTORY, &params, PG_ROWS, rows, err);
}

static bool
history(struct cli *cli, const struct args *args, uint32_t service, struct error *err)
{
    struct pg *pg;
    struct uuid ignored;
    int64_t limit = LIST_MAX;
    PG_RESULT struct pg_result rows = { 0 };
    const char *word = args->word_count > 1 ? args->words[1] : NULL;
    const char *since = since_text(cli, args, err);
    if (err->class != ERROR_NONE)
        return false;
    TRY(args_integer(args, "limit", 1, 1000000, &limit, err));
    TRY(service_connect(cli, service, &pg, err));
    TRY(ask(pg, cli, word, NULL, since, limit, &rows, err));
    if (word && rows.row_count == 0 && uuid_parse(word, strlen(word), &ignored)) {
        pg_result_clear(&rows);
        TRY(ask(pg, cli, NULL, word, since, limit, &rows, err));
    }
    for (uint32_t i = 0; i < rows.row_count; i++)
        (cli->json ? tell_json : tell)(cli, service, &rows, i);
    return true;
}

enum cli_status
run_history(struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    return each_service(cli, args, history, &err) ? CLI_DONE : cli_fail(cli, &err);
}
