/* action.c — one run of a command as a row of the operator's log.  Contract: action.h */
#include "cli/action.h"
#include "base/escape.h"
#include "cli/selection.h"
#include "jumun_cli_sql.h"
#include <stdio.h>
#include <string.h>

#define ANSWER_MS_MAX   5000
#define DETAIL_BYTES    900
#define TARGET_BYTES    150
#define ARGUMENTS_MAX   (2 + ARGS_WORDS_MAX + ARGS_FLAGS_MAX)
#define NO_SUCH_TABLE   "42P01"
#define NO_SUCH_SCHEMA  "3F000"
#define CUT             "…"

static struct {
    struct pg *pg;
    int64_t id;
    bool is_begun, took_effect, is_told;
    const char *kind, *target; /* in the arena */
    char why_not[ERROR_MESSAGE_BYTES]; /* it is not recorded */
} action;

/* ---- what may be said --------------------------------------------------------------------------- */

static bool
check_line(const struct args *args, const char *flag, size_t points_max, struct error *err)
{
    const char *text = args_text(args, flag);
    return !text || text_is_line(text, strlen(text), points_max) ||
           error_set(err, ERROR_REFUSED,
                     "--%s must be one line of 1 to %zu characters, without control characters",
                     flag, points_max);
}

bool
action_check(const struct args *args, struct error *err)
{
    TRY(check_line(args, "by", ACTION_BY_MAX, err));
    return check_line(args, "reason", ACTION_WHY_MAX, err);
}

/* ---- the database ------------------------------------------------------------------------------- */

bool
action_connect(struct cli *cli, struct pg **out, struct error *err)
{
    static char conninfo[SETTING_TEXT_BYTES];
    if (!action.pg) {
        if (!settings_pg(&cli->settings, "operator", "jumun_operator", true, conninfo))
            return error_set(err, ERROR_REFUSED, "the operator's connection string is too long");
        const struct pg_settings settings = { .conninfo = conninfo,
                                              .search_path = "jumun_operator",
                                              .application = "jumun",
                                              .answer_ms_max = ANSWER_MS_MAX };
        action.pg = pg_new(&settings);
    }
    *out = action.pg;
    return pg_open(action.pg, err) || error_wrap(err, "database of the operator");
}

/* A connection that died meanwhile says so at its next use: then once more, on a new one. */
static bool
run(struct cli *cli, const char *sql, const struct pg_params *params, struct pg_result *row,
    struct error *err)
{
    struct pg *pg;
    TRY(action_connect(cli, &pg, err));
    bool ok = pg_run(pg, sql, params, PG_ROW, row, err);
    if (!ok && !pg_is_open(pg)) {
        TRY(action_connect(cli, &pg, err));
        ok = pg_run(pg, sql, params, PG_ROW, row, err);
    }
    if (!ok && (strcmp(err->sqlstate, NO_SUCH_TABLE) == 0 ||
                strcmp(err->sqlstate, NO_SUCH_SCHEMA) == 0))
        return error_set(err, ERROR_REFUSED, "the operator's tables are not there: migrate");
    return ok;
}

/* ---- begin -------------------------------------------------------------------------------------- */

/* What is kept is shown to others later: as text that is safe, and not for ever long. */
static const char *
kept(struct cli *cli, const char *text, size_t bytes_max)
{
    char *out = arena_take(cli->arena, bytes_max + sizeof CUT);
    bool is_whole = true;
    size_t used = escape_terminal(text, strlen(text), out, bytes_max, &is_whole);
    if (!is_whole)
        memcpy(out + used, CUT, sizeof CUT);
    return out;
}

static uint32_t
arguments_of(struct cli *cli, const struct args *args, const char *out[ARGUMENTS_MAX])
{
    uint32_t count = 0;
    bool looks_like_option = false;
    out[count++] = cli->command;
    for (uint32_t i = 0; i < args->given_count; i++) {
        const char *value = args->given[i].value;
        out[count++] = kept(cli, arena_printf(cli->arena, "--%s%s%s", args->given[i].flag->name,
                                              value ? "=" : "", value ? value : ""),
                            ACTION_ARGUMENT_BYTES);
    }
    for (uint32_t i = 0; i < args->word_count; i++)
        looks_like_option |= args->words[i][0] == '-';
    if (looks_like_option)
        out[count++] = "--";
    for (uint32_t i = 0; i < args->word_count; i++)
        out[count++] = kept(cli, args->words[i], ACTION_ARGUMENT_BYTES);
    return count;
}

static void
record(struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    struct pg_params params;
    PG_RESULT struct pg_result row = { 0 };
    const char *arguments[ARGUMENTS_MAX];
    pg_params_init(&params, cli->arena);
    pg_param_text(&params, action.kind);
    pg_param_text(&params, selection_by(cli, args));
    pg_param_text(&params, args_text(args, "reason"));
    pg_param_text(&params, action.target);
    pg_param_texts(&params, arguments, arguments_of(cli, args, arguments));
    if (run(cli, SQL_ACTION_BEGIN, &params, &row, &err))
        action.id = pg_int64(&row, 0, 0);
    else
        snprintf(action.why_not, sizeof action.why_not, "%s", err.message);
}

void
action_begin(struct cli *cli, const struct args *args, const char *kind, const char *target)
{
    if (action.is_begun)
        return;
    action.is_begun = true;
    action.kind = kept(cli, kind, TARGET_BYTES);
    action.target = kept(cli, target, TARGET_BYTES);
    record(cli, args);
}

void
action_took_effect(void)
{
    action.took_effect = true;
}

int64_t
action_id(void)
{
    action.is_told = true;
    return action.id;
}

/* ---- end ---------------------------------------------------------------------------------------- */

static const char *
outcome_of(enum cli_status status)
{
    if (cli_stopped())
        return "stopped";
    switch (status) {
    case CLI_DONE:
        return "done";
    case CLI_REFUSED:
        return "found";
    case CLI_USAGE:
    case CLI_UNREACHABLE:
        break;
    }
    return "failed";
}

static void
record_outcome(struct cli *cli, enum cli_status status)
{
    struct error err = { 0 };
    struct pg_params params;
    PG_RESULT struct pg_result row = { 0 };
    pg_params_init(&params, cli->arena);
    pg_param_int64(&params, action.id);
    pg_param_text(&params, outcome_of(status));
    pg_param_int32(&params, (int32_t)status);
    pg_param_text(&params, status == CLI_DONE ? "" : kept(cli, cli_said(), DETAIL_BYTES));
    if (!run(cli, SQL_ACTION_END, &params, &row, &err))
        cli_warn(cli, "not_recorded", "how it ended is not in the log of actions: %s", err.message);
}

/* Where nothing could be reached and nothing has happened, nothing is missing from the log either. */
void
action_end(struct cli *cli, const struct args *args, enum cli_status status)
{
    if (action.is_begun && action.id == 0 && !action.is_told && status == CLI_DONE)
        record(cli, args);
    if (action.id > 0)
        record_outcome(cli, status);
    else if (action.is_begun && (action.took_effect || status != CLI_UNREACHABLE))
        cli_warn(cli, "not_recorded", "not in the log of actions: %s", action.why_not);
    pg_free(action.pg);
    action.pg = NULL;
}
