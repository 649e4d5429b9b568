/* dead_letters.c — list, show, redrive: what could not be handled, and handing it back in order.
 *
 * Two kinds (architecture.md section 3): a letter on the topic DeadLetter never was an event and is only
 * looked at; a parked event is one that a service could not carry out, with everything of its key behind
 * it, and is run again in place by its owner. */
#include "base/instant.h"
#include "cli/letters.h"
#include "cli/positions.h"
#include "jumun_cli_sql.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LIST_MAX      50
#define REDRIVE_S     30
#define VALUE_MAX     2000
#define DETAIL_MAX    120 /* in a list; show has all of it */
#define LOOK_AGAIN_MS 100

/* Calls for each service, or for the one that --service names. */
typedef bool for_service(struct cli *cli, const struct args *args, uint32_t service,
                         struct error *err);

static bool
each_service(struct cli *cli, const struct args *args, for_service *call, struct error *err)
{
    const char *only = args_text(args, "service");
    for (uint32_t i = 0; i < SERVICE_COUNT; i++)
        if (!only || strcmp(only, services[i].name) == 0)
            TRY(call(cli, args, i, err));
    return true;
}

static const char *
at_text(struct cli *cli, int64_t at_us)
{
    char *text = arena_take(cli->arena, INSTANT_TEXT_BYTES);
    instant_format(at_us, text);
    return text;
}

/* ---- list ----------------------------------------------------------------------------------- */

static void
tell_parked_key(struct cli *cli, uint32_t service, const struct pg_result *rows, uint32_t i)
{
    struct json_writer json;
    if (!cli->json) {
        printf("parked  %-8s %-8s %-36s %6lld  since %s  %s: %s\n", services[service].name,
               pg_text(rows, i, 0), cli_safe(cli, pg_text(rows, i, 1)),
               (long long)pg_int64(rows, i, 2), at_text(cli, pg_time(rows, i, 3)),
               cli_safe(cli, pg_text(rows, i, 4)),
               cli_safe_bytes(cli, pg_text(rows, i, 5), strlen(pg_text(rows, i, 5)), DETAIL_MAX));
        return;
    }
    json_writer_init(&json, cli->arena, 256);
    json_begin_object(&json);
    json_name(&json, "kind");
    json_text(&json, "parked");
    json_name(&json, "service");
    json_text(&json, services[service].name);
    json_name(&json, "key_kind");
    json_text(&json, pg_text(rows, i, 0));
    json_name(&json, "key");
    json_text(&json, pg_text(rows, i, 1));
    json_name(&json, "events");
    json_integer(&json, pg_int64(rows, i, 2));
    json_name(&json, "since");
    json_instant(&json, pg_time(rows, i, 3));
    json_name(&json, "reason");
    json_text(&json, pg_text(rows, i, 4));
    json_name(&json, "detail");
    json_text(&json, pg_text(rows, i, 5));
    json_end_object(&json);
    cli_json_line(&json);
}

static bool
list_parked(struct cli *cli, const struct args *args, uint32_t service, struct error *err)
{
    struct pg *pg;
    struct pg_params params;
    int64_t limit = LIST_MAX;
    PG_RESULT struct pg_result rows = { 0 };
    TRY(args_integer(args, "limit", 1, 1000000, &limit, err));
    TRY(service_connect(cli, service, &pg, err));
    pg_params_init(&params, cli->arena);
    pg_param_int64(&params, limit);
    TRY(pg_run(pg, SQL_PARKED_LIST, &params, PG_ROWS, &rows, err));
    for (uint32_t i = 0; i < rows.row_count; i++)
        tell_parked_key(cli, service, &rows, i);
    return true;
}

static enum cli_status
run_list(struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    int64_t limit = LIST_MAX;
    if (args->word_count > 1)
        return cli_misused(cli, "one word too many: %s", args->words[1]);
    if (!args_integer(args, "limit", 1, 1000000, &limit, &err))
        return cli_misused(cli, "%s", err.message);
    if (!each_service(cli, args, list_parked, &err) ||
        !letters_list(cli, args_text(args, "service"), limit, &err))
        return cli_fail(cli, &err);
    return CLI_DONE;
}

/* ---- show ----------------------------------------------------------------------------------- */

static uint32_t parked_shown;

static void
tell_parked_event(struct cli *cli, uint32_t service, const struct pg_result *rows, uint32_t i)
{
    struct pg_bytes value = pg_bytes(rows, i, 7);
    const char *text = cli_safe_bytes(cli, value.bytes, value.count, VALUE_MAX);
    if (!cli->json) {
        printf("%-8s %s  %s/%d/%lld  %s  %s: %s\n         %s\n", services[service].name,
               cli_safe(cli, pg_text(rows, i, 1)), pg_text(rows, i, 3), pg_int32(rows, i, 4),
               (long long)pg_int64(rows, i, 5), at_text(cli, pg_time(rows, i, 6)),
               cli_safe(cli, pg_text(rows, i, 8)), cli_safe(cli, pg_text(rows, i, 9)), text);
        return;
    }
    struct json_writer json;
    json_writer_init(&json, cli->arena, 512);
    json_begin_object(&json);
    json_name(&json, "service");
    json_text(&json, services[service].name);
    json_name(&json, "key");
    json_text(&json, pg_text(rows, i, 1));
    json_name(&json, "topic");
    json_text(&json, pg_text(rows, i, 3));
    json_name(&json, "partition");
    json_integer(&json, pg_int32(rows, i, 4));
    json_name(&json, "offset");
    json_integer(&json, pg_int64(rows, i, 5));
    json_name(&json, "at");
    json_instant(&json, pg_time(rows, i, 6));
    json_name(&json, "reason");
    json_text(&json, pg_text(rows, i, 8));
    json_name(&json, "detail");
    json_text(&json, pg_text(rows, i, 9));
    json_name(&json, "value");
    json_text(&json, text);
    json_end_object(&json);
    cli_json_line(&json);
}

/* With --all there is no key: NULL stands for every one. */
static const char *
wanted_key(const struct args *args)
{
    return args->word_count > 1 ? args->words[1] : NULL;
}

static bool
show_parked(struct cli *cli, const struct args *args, uint32_t service, struct error *err)
{
    struct pg *pg;
    struct pg_params params;
    PG_RESULT struct pg_result rows = { 0 };
    TRY(service_connect(cli, service, &pg, err));
    pg_params_init(&params, cli->arena);
    pg_param_text(&params, wanted_key(args));
    TRY(pg_run(pg, SQL_PARKED_SHOW, &params, PG_ROWS, &rows, err));
    for (uint32_t i = 0; i < rows.row_count; i++)
        tell_parked_event(cli, service, &rows, i);
    parked_shown += rows.row_count;
    return true;
}

static enum cli_status
nothing_found(const struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    error_set(&err, ERROR_REFUSED, "nothing is parked%s%.100s", args->word_count > 1 ? " for " : "",
              args->word_count > 1 ? args->words[1] : "");
    return cli_fail(cli, &err);
}

static enum cli_status
run_show(struct cli *cli, const struct args *args)
{
    int32_t partition;
    int64_t offset;
    struct error err = { 0 };
    if (args->word_count != 2)
        return cli_misused(cli, "show what? a key, or PARTITION/OFFSET of a letter");
    if (letter_address(args->words[1], &partition, &offset))
        return letter_show(cli, partition, offset, &err) ? CLI_DONE : cli_fail(cli, &err);
    if (!each_service(cli, args, show_parked, &err))
        return cli_fail(cli, &err);
    return parked_shown ? CLI_DONE : nothing_found(cli, args);
}

/* ---- redrive -------------------------------------------------------------------------------- */

struct requests {
    uint32_t service;
    int64_t *ids;
    uint32_t count;
};

static uint32_t requests_made, requests_failed;

static bool
ask(struct cli *cli, struct pg *pg, const char *key, struct requests *requests, struct error *err)
{
    struct pg_params params;
    PG_RESULT struct pg_result rows = { 0 };
    pg_params_init(&params, cli->arena);
    pg_param_text(&params, key);
    TRY(pg_run(pg, SQL_REDRIVE_ASK, &params, PG_ROWS, &rows, err));
    requests->ids = arena_take(cli->arena, (rows.row_count + 1) * sizeof *requests->ids);
    requests->count = rows.row_count;
    for (uint32_t i = 0; i < rows.row_count; i++)
        requests->ids[i] = pg_int64(&rows, i, 0);
    return true;
}

static void
tell_outcome(struct cli *cli, uint32_t service, const struct pg_result *rows, uint32_t i)
{
    const char *outcome = pg_bool(rows, i, 2) ? pg_text(rows, i, 3) : "asked";
    if (strcmp(outcome, "failed") == 0)
        requests_failed++;
    if (!cli->json) {
        printf("%-8s %-36s %s %s\n", services[service].name, cli_safe(cli, pg_text(rows, i, 1)),
               outcome, cli_safe(cli, pg_text(rows, i, 4)));
        return;
    }
    struct json_writer json;
    json_writer_init(&json, cli->arena, 256);
    json_begin_object(&json);
    json_name(&json, "service");
    json_text(&json, services[service].name);
    json_name(&json, "key");
    json_text(&json, pg_text(rows, i, 1));
    json_name(&json, "outcome");
    json_text(&json, outcome);
    json_name(&json, "detail");
    json_text(&json, pg_text(rows, i, 4));
    json_end_object(&json);
    cli_json_line(&json);
}

/* Looks until every request is finished, or the time is over; tells the last look. */
static bool
look(struct cli *cli, struct pg *pg, const struct requests *requests, int64_t until_us,
     struct error *err)
{
    struct pg_params params;
    pg_params_init(&params, cli->arena);
    pg_param_int64s(&params, requests->ids, requests->count);
    for (;;) {
        uint32_t open = 0;
        PG_RESULT struct pg_result rows = { 0 };
        TRY(pg_run(pg, SQL_REDRIVE_LOOK, &params, PG_ROWS, &rows, err));
        for (uint32_t i = 0; i < rows.row_count; i++)
            open += !pg_bool(&rows, i, 2);
        bool is_late = monotonic_now_us() >= until_us || cli_stopped();
        for (uint32_t i = 0; i < rows.row_count && (open == 0 || is_late); i++)
            tell_outcome(cli, requests->service, &rows, i);
        if (open == 0)
            return true;
        if (is_late)
            return until_us == 0 ||
                   error_set(err, ERROR_REFUSED, "%u requests wait for jumun-%s: is it running?",
                             open, services[requests->service].name);
        nanosleep(&(struct timespec){ .tv_nsec = LOOK_AGAIN_MS * 1000000L }, NULL);
    }
}

static bool
redrive(struct cli *cli, const struct args *args, uint32_t service, struct error *err)
{
    struct pg *pg;
    struct requests requests = { .service = service };
    bool awaits = !args_has(args, "no-wait");
    TRY(service_connect(cli, service, &pg, err));
    TRY(ask(cli, pg, wanted_key(args), &requests, err));
    requests_made += requests.count;
    if (requests.count == 0)
        return true;
    return look(cli, pg, &requests, awaits ? monotonic_now_us() + REDRIVE_S * INT64_C(1000000) : 0,
                err);
}

static enum cli_status
run_redrive(struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    bool dry = args_has(args, "dry-run");
    if ((args->word_count == 2) == args_has(args, "all"))
        return cli_misused(cli, "redrive what? a key, or --all");
    if (!each_service(cli, args, dry ? show_parked : redrive, &err))
        return cli_fail(cli, &err);
    if (dry ? parked_shown == 0 : requests_made == 0)
        return nothing_found(cli, args);
    if (dry)
        cli_note(cli, "%u events would run, in this order; nothing was asked", parked_shown);
    return requests_failed ? CLI_REFUSED : CLI_DONE;
}

/* ---- the command ---------------------------------------------------------------------------- */

static enum cli_status
run_dead_letters(struct cli *cli, const struct args *args)
{
    const char *service = args_text(args, "service");
    if (service && service_index(service) < 0)
        return cli_misused(cli, "there is no service %.60s", service);
    if (strcmp(args->words[0], "list") == 0)
        return run_list(cli, args);
    if (strcmp(args->words[0], "show") == 0)
        return run_show(cli, args);
    if (strcmp(args->words[0], "redrive") == 0)
        return run_redrive(cli, args);
    return cli_misused(cli, "list, show or redrive, not %.60s", args->words[0]);
}

static const struct flag dead_letters_flags[] = {
    { "service", "NAME", "only this service", false },
    { "limit", "N", "list: at most so many of each kind (50), the latest letters", false },
    { "all", NULL, "redrive: every key that has anything parked", false },
    { "dry-run", NULL, "redrive: show what would run, ask nothing", false },
    { "no-wait", NULL, "redrive: only ask", false },
    { NULL, NULL, NULL, false },
};

const struct command dead_letters_command = {
    .name = "dead-letters",
    .words = "list|show|redrive [KEY|PARTITION/OFFSET]",
    .summary = "what could not be handled, and handing it back in order",
    .details =
        "letter: a record that never was an event of its order; its original bytes are kept on "
        "the\n"
        "        topic DeadLetter.  Mend its cause and publish it anew.\n"
        "parked: an event that a service could not carry out, and all of its key behind it.\n"
        "        redrive asks the service to run them again, in place and in order.\n\n"
        "Examples:\n"
        "  jumun dead-letters list\n"
        "  jumun dead-letters show 0/17\n"
        "  jumun dead-letters redrive 0190f3c2-0000-7000-8000-000000000000 --dry-run\n"
        "  jumun dead-letters redrive --all --service payment",
    .flags = dead_letters_flags,
    .words_min = 1,
    .words_max = 2,
    .groups = SETTINGS_KAFKA | SETTINGS_PG,
    .run = run_dead_letters,
};
