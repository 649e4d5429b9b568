/* redrive.c — handing parked events back, as a job.  Contract: dead_letters.h
 *
 * The job lives in the services' databases and goes on without whoever asked: to watch it is a courtesy. */
#include "base/instant.h"
#include "cli/action.h"
#include "cli/dead_letters.h"
#include "cli/job.h"
#include "cli/letters.h"
#include "jumun_cli_sql.h"
#include "runtime/redrive.h"
#include <string.h>

static struct job job; /* of this run */

struct wish {
    struct preview preview; /* its selection and limit */
    struct uuid id;
    const char *by, *why, *command;
    int64_t per_second;
    bool is_forced;
    int64_t asked, selected, asked_already; /* keys */
};

static struct wish wish;

static bool
ask(struct cli *cli, const struct args *args, uint32_t service, struct error *err)
{
    struct pg *pg;
    struct pg_params params;
    PG_RESULT struct pg_result row = { 0 };
    (void)args;
    TRY(service_connect(cli, service, &pg, err));
    pg_params_init(&params, cli->arena);
    pg_param_uuid(&params, wish.id);
    pg_param_text(&params, wish.by);
    pg_param_text(&params, wish.why);
    pg_param_text(&params, wish.preview.selection.json);
    pg_param_text(&params, wish.command);
    pg_param_int32(&params, (int32_t)wish.per_second);
    pg_param_bool(&params, wish.is_forced);
    pg_param_int64(&params, wish.preview.limit);
    TRY(pg_run(pg, SQL_REDRIVE_ASK, &params, PG_ROW, &row, err));
    job.is_in[service] = pg_int64(&row, 0, 0) > 0;
    wish.asked += pg_int64(&row, 0, 0);
    wish.selected += pg_int64(&row, 0, 1);
    wish.asked_already += pg_int64(&row, 0, 2);
    return true;
}

static bool
read_wish(struct cli *cli, const struct args *args, struct error *err)
{
    char *id = arena_take(cli->arena, UUID_TEXT_BYTES);
    wish = (struct wish){ .id = uuid_v7(instant_now_us()), .per_second = REDRIVE_KEYS_PER_S,
                          .by = selection_by(cli, args), .why = args_text(args, "reason"),
                          .is_forced = args_has(args, "force"),
                          .preview.limit = REDRIVE_KEYS_DEFAULT };
    wish.command = selection_command(cli, args);
    uuid_format(wish.id, id);
    job = (struct job){ .id = id };
    TRY(selection_read(cli, args, &wish.preview.selection, err));
    TRY(args_integer(args, "per-second", 1, REDRIVE_KEYS_PER_S_MAX, &wish.per_second, err));
    return args_integer(args, "limit", 1, REDRIVE_KEYS_MAX, &wish.preview.limit, err);
}

static enum cli_status
nothing_to_do(struct cli *cli)
{
    if (wish.asked_already > 0)
        return cli_refuse(cli, "asked_already",
                          "another job asks for it already: jumun dead-letters jobs");
    return cli_refuse(cli, "nothing_parked", "nothing is parked%s",
                      wish.preview.selection.is_empty ? "" : " that is like this");
}

/* Whoever follows can stop it from now on. */
static void
tell_begun(struct cli *cli)
{
    if (cli->json)
        fprintf(stderr, "{\"job\":\"%s\",\"keys\":%lld}\n", job.id, (long long)wish.asked);
    cli_note(cli, "job %s: %lld keys, at most %lld a second for each process of a service", job.id,
             (long long)wish.asked, (long long)wish.per_second);
}

static enum cli_status
dry_run(struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    struct preview *preview = &wish.preview;
    if (!preview_tell(cli, args, preview, &err))
        return cli_fail(cli, &err);
    if (preview->events == 0)
        return nothing_to_do(cli);
    cli_note(cli, "%llu events of %llu keys would run, each key's in this order; nothing was asked",
             (unsigned long long)preview->events, (unsigned long long)preview->keys);
    if (preview->beyond > 0 && !wish.is_forced)
        cli_note(cli, "%llu of these keys would be given up: tried %d times, which is the limit",
                 (unsigned long long)preview->beyond, REDRIVE_ATTEMPTS_MAX);
    return CLI_DONE;
}

static enum cli_status
ask_and_watch(struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    if (!each_service(cli, args, ask, &err)) {
        if (wish.asked > 0)
            cli_note(cli, "job %s: begun for %lld keys, before this happened; it goes on", job.id,
                     (long long)wish.asked);
        return cli_fail(cli, &err);
    }
    if (wish.asked == 0)
        return nothing_to_do(cli);
    tell_begun(cli);
    if (wish.selected > wish.asked)
        cli_note(cli, "%lld keys more are left: asked for already, or beyond --limit %lld",
                 (long long)(wish.selected - wish.asked), (long long)wish.preview.limit);
    bool is_watched = args_has(args, "no-wait") || job_await(cli, &job, &err);
    struct error telling = { 0 };
    if (!job_tell_keys(cli, &job, &telling))
        return cli_fail(cli, &telling);
    if (!is_watched)
        return cli_fail(cli, &err);
    if (job.waiting > 0)
        cli_note(cli, "it goes on: jumun dead-letters job %s", job.id);
    return job.not_done > 0 ? CLI_REFUSED : CLI_DONE;
}

enum cli_status
run_redrive(struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    int32_t partition;
    int64_t offset;
    bool is_dry = args_has(args, "dry-run");
    if (args->word_count > 1 && letter_address(args->words[1], &partition, &offset))
        return letter_refuse_redrive(cli, partition, offset);
    if (!read_wish(cli, args, &err))
        return cli_misused(cli, "%s", err.message);
    if (wish.preview.selection.is_empty != args_has(args, "all"))
        return cli_misused(cli, "redrive what? a key, a selection, or --all");
    if (!is_dry && (!wish.why || wish.why[strspn(wish.why, " \t")] == '\0'))
        return cli_misused(cli, "why? --reason TEXT: it is kept with the history");
    action_begin(cli, args, "redrive", args->word_count > 1 ? args->words[1] : "");
    return is_dry ? dry_run(cli, args) : ask_and_watch(cli, args);
}
