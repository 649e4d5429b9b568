/* actions.c — the operator's log: who did what, to what, why, when, and what came of it; and a line by hand.
 *
 * Newest first.  What has no outcome is under way, or its program was killed. */
#include "base/instant.h"
#include "base/shell.h"
#include "cli/action.h"
#include "json/json_read.h"
#include "jumun_cli_sql.h"
#include <stdio.h>
#include <string.h>

#define LIST_MAX 50

enum column { ID, AT, KIND, BY, WHY, TARGET, ARGUMENTS, ROLE, OUTCOME, ENDED_AT, STATUS, DETAIL };

/* ---- one of them -------------------------------------------------------------------------------- */

static const char *
command_of(struct cli *cli, const char *arguments)
{
    struct json_doc doc;
    struct json_error wrong;
    const char *line = "jumun";
    if (!json_parse(cli->arena, arguments, strlen(arguments), &doc, &wrong))
        return line;
    for (uint32_t i = 1; i < doc.node_count; i = doc.nodes[i].next) {
        const struct json_node *node = &doc.nodes[i];
        const char *word = arena_text(cli->arena, node->text, node->text_bytes);
        line = arena_printf(cli->arena, "%s %s", line, shell_argument(cli->arena, word));
    }
    return line;
}

static const char *
time_text(struct cli *cli, int64_t at_us)
{
    char *text = arena_take(cli->arena, INSTANT_TEXT_BYTES);
    instant_format(at_us, text);
    return text;
}

static void
tell(struct cli *cli, const struct pg_result *rows, uint32_t i)
{
    bool is_open = pg_is_null(rows, i, OUTCOME);
    const char *detail = pg_text(rows, i, DETAIL);
    printf("%6lld  %s  %-9s by %s%s%s\n        %s\n", (long long)pg_int64(rows, i, ID),
           time_text(cli, pg_time(rows, i, AT)), is_open ? "under way" : pg_text(rows, i, OUTCOME),
           cli_safe(cli, pg_text(rows, i, BY)), pg_is_null(rows, i, WHY) ? "" : ": ",
           cli_safe(cli, pg_text(rows, i, WHY)),
           cli_safe(cli, command_of(cli, pg_text(rows, i, ARGUMENTS))));
    if (*detail)
        printf("        %s\n", cli_safe(cli, detail));
}

static void
put_text(struct json_writer *json, const char *name, const char *text)
{
    json_name(json, name);
    if (text)
        json_text(json, text);
    else
        json_null(json);
}

static void
put_outcome(struct json_writer *json, const struct pg_result *rows, uint32_t i)
{
    bool is_open = pg_is_null(rows, i, OUTCOME);
    put_text(json, "outcome", is_open ? NULL : pg_text(rows, i, OUTCOME));
    json_name(json, "ended_at");
    if (is_open)
        json_null(json);
    else
        json_instant(json, pg_time(rows, i, ENDED_AT));
    json_name(json, "exit_status");
    if (is_open)
        json_null(json);
    else
        json_integer(json, pg_int32(rows, i, STATUS));
    put_text(json, "detail", pg_text(rows, i, DETAIL));
}

static void
tell_json(struct cli *cli, const struct pg_result *rows, uint32_t i)
{
    const char *arguments = pg_text(rows, i, ARGUMENTS);
    struct json_writer json;
    json_writer_init(&json, cli->arena, 512);
    json_begin_object(&json);
    json_name(&json, "id");
    json_integer(&json, pg_int64(rows, i, ID));
    json_name(&json, "at");
    json_instant(&json, pg_time(rows, i, AT));
    put_text(&json, "kind", pg_text(rows, i, KIND));
    put_text(&json, "by", pg_text(rows, i, BY));
    put_text(&json, "why", pg_is_null(rows, i, WHY) ? NULL : pg_text(rows, i, WHY));
    put_text(&json, "target", pg_text(rows, i, TARGET));
    put_text(&json, "command", command_of(cli, arguments));
    json_name(&json, "arguments");
    json_raw(&json, arguments, strlen(arguments));
    put_text(&json, "database_role", pg_text(rows, i, ROLE));
    put_outcome(&json, rows, i);
    json_end_object(&json);
    cli_json_line(&json);
}

/* ---- the command -------------------------------------------------------------------------------- */

static bool
list(struct cli *cli, const struct args *args, struct error *err)
{
    struct pg *pg;
    struct pg_params params;
    PG_RESULT struct pg_result rows = { 0 };
    int64_t limit = LIST_MAX, before = INT64_MAX;
    TRY(args_integer(args, "limit", 1, 10000, &limit, err));
    TRY(args_integer(args, "before", 1, INT64_MAX, &before, err));
    TRY(action_connect(cli, &pg, err));
    pg_params_init(&params, cli->arena);
    pg_param_int64(&params, before);
    pg_param_text(&params, args_text(args, "target"));
    pg_param_int64(&params, limit);
    TRY(pg_run(pg, SQL_ACTIONS, &params, PG_ROWS, &rows, err));
    for (uint32_t i = 0; i < rows.row_count; i++)
        (cli->json ? tell_json : tell)(cli, &rows, i);
    return true;
}

/* Something that no command did: it stands in the log with the others, done. */
static enum cli_status
note(struct cli *cli, const struct args *args)
{
    const char *target = args_text(args, "target");
    if (args->word_count != 2)
        return cli_misused(cli, "note what? one text, in quotes");
    action_begin(cli, args, "note", target ? target : "");
    return action_id() > 0 ? CLI_DONE : CLI_UNREACHABLE;
}

static enum cli_status
run_actions(struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    if (args->word_count > 0 && strcmp(args->words[0], "note") == 0) {
        action_took_effect();
        return note(cli, args);
    }
    if (args->word_count > 0)
        return cli_misused(cli, "only `note` can follow, not %.60s", args->words[0]);
    return list(cli, args, &err) ? CLI_DONE : cli_fail(cli, &err);
}

static const struct flag actions_flags[] = {
    { "limit", "N", "at most so many (50)", false },
    { "before", "ID", "only those before this one: the next page", false },
    { "target", "TEXT", "of this order, service or topic; note: what it is about", false },
    ACTION_FLAGS,
    { NULL, NULL, NULL, false },
};

const struct command actions_command = {
    .name = "actions",
    .words = "[note TEXT]",
    .summary = "who did what, why and when, and what came of it",
    .details =
        "Every run that changes something, or is worth knowing, is kept: cancel --reason, redrive\n"
        "and stop, rebuild, audit, publish and the catalogue's facts; from the console as well.\n"
        "Nobody can change or delete what is kept.  Newest first.\n\n"
        "done    it was done          found   refused, or something wrong was found\n"
        "failed  a server was away    stopped by a signal\n"
        "under way: it has not ended, or its program was killed\n\n"
        "note TEXT keeps a line about something that was done by hand.\n\n"
        "Examples:\n  jumun actions\n"
        "  jumun actions --target 0190f3c2-0000-7000-8000-000000000000\n"
        "  jumun actions note 'broker 2 restarted' --reason '#481'",
    .flags = actions_flags,
    .words_max = 2,
    .groups = SETTINGS_PG,
    .run = run_actions,
};
