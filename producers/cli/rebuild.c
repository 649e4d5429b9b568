/* rebuild.c — jumun rebuild SERVICE|all: recovery, and the proof that it would work.  Contract: rebuild.h */
#include "cli/rebuild.h"
#include "cli/action.h"
#include <string.h>

_Static_assert(FOLD_TARGETS == SERVICE_COUNT, "folds.h and positions.h list the same services");

enum mode { MODE_COMPARE, MODE_SWAP, MODE_DRY_RUN };

static int64_t
rows_of(const struct rebuild *rebuild)
{
    int64_t rows = 0;
    for (uint32_t i = 0; i < rebuild->target->service->row_type_count; i++)
        rows += rebuild->tables[i].count;
    return rows;
}

static void
tell_json(const struct rebuild *rebuild, const char *outcome)
{
    struct json_writer json;
    json_writer_init(&json, rebuild->cli->arena, 256);
    json_begin_object(&json);
    json_name(&json, "service");
    json_text(&json, services[rebuild->service].name);
    json_name(&json, "outcome");
    json_text(&json, outcome);
    json_name(&json, "messages");
    json_integer(&json, rebuild->messages);
    json_name(&json, "rows");
    json_integer(&json, rows_of(rebuild));
    json_name(&json, "differences");
    json_integer(&json, rebuild->differences);
    json_end_object(&json);
    cli_json_line(&json);
}

static void
tell(const struct rebuild *rebuild, const char *outcome)
{
    struct cli *cli = rebuild->cli;
    if (cli->json)
        tell_json(rebuild, outcome);
    else
        printf("%s: %s, %s rows from %s messages\n", services[rebuild->service].name, outcome,
               cli_number(cli, rows_of(rebuild)), cli_number(cli, rebuild->messages));
}

static bool
compare(struct rebuild *rebuild, bool *is_good, struct error *err)
{
    rebuild->is_compared = true;
    TRY(rebuild_snapshot(rebuild, err));
    TRY(rebuild_open(rebuild, err));
    TRY(rebuild_fold(rebuild, err));
    TRY(rebuild_compare(rebuild, err));
    *is_good &= rebuild->differences == 0;
    tell(rebuild, rebuild->differences ? "differs" : "the same");
    return true;
}

static bool
swap(struct rebuild *rebuild, struct error *err)
{
    TRY(rebuild_open(rebuild, err));
    TRY(rebuild_swap(rebuild, err));
    tell(rebuild, "rebuilt");
    return true;
}

static int64_t
written(const struct packed_table *table, bool is_compared)
{
    return is_compared ? table->found.changed + table->found.missing : (int64_t)table->count;
}

static void
tell_table_json(const struct rebuild *rebuild, uint32_t row_type)
{
    const struct packed_table *table = &rebuild->tables[row_type];
    struct json_writer json;
    const struct {
        const char *name;
        int64_t rows;
    } members[] = { { "same", table->found.same },
                    { "changed", table->found.changed },
                    { "added", written(table, rebuild->is_compared) - table->found.changed },
                    { "gone", table->found.surplus } };
    json_writer_init(&json, rebuild->cli->arena, 256);
    json_begin_object(&json);
    json_name(&json, "service");
    json_text(&json, services[rebuild->service].name);
    json_name(&json, "table");
    json_text(&json, rebuild->target->service->rows[row_type].name);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        json_name(&json, members[i].name);
        json_integer(&json, members[i].rows);
    }
    json_end_object(&json);
    cli_json_line(&json);
}

static void
tell_table(const struct rebuild *rebuild, uint32_t row_type)
{
    struct cli *cli = rebuild->cli;
    const struct packed_table *table = &rebuild->tables[row_type];
    printf("%s: %s: ", services[rebuild->service].name,
           rebuild->target->service->rows[row_type].name);
    if (rebuild->is_compared)
        printf("%s rows stay as they are, %s would change, %s be added, %s be gone\n",
               cli_number(cli, table->found.same), cli_number(cli, table->found.changed),
               cli_number(cli, table->found.missing), cli_number(cli, table->found.surplus));
    else
        printf("%s rows would be written\n", cli_number(cli, table->count));
}

/* Rows that only wait are no facts: they are not compared, and read again after a swap. */
static void
tell_tables(const struct rebuild *rebuild)
{
    for (uint32_t i = 0; i < rebuild->target->service->row_type_count; i++) {
        const struct packed_table *table = &rebuild->tables[i];
        if (table->found.same + table->found.surplus + written(table, rebuild->is_compared) == 0)
            continue;
        if (rebuild->cli->json)
            tell_table_json(rebuild, i);
        else
            tell_table(rebuild, i);
    }
}

/* A database that is away has lost its tables, as far as anybody knows. */
static bool
look_at_tables(struct rebuild *rebuild, struct error *err)
{
    struct pg *pg;
    if (!service_connect(rebuild->cli, rebuild->service, &pg, err)) {
        cli_warn(rebuild->cli, "tables_not_read", "only what would be written is told: %s",
                 err->message);
        return true;
    }
    return rebuild_is_used(rebuild, pg, &rebuild->is_compared, err);
}

/* What a swap would write into tables that are gone; of tables in use, what it and reading again would change. */
static bool
dry_run(struct rebuild *rebuild, struct error *err)
{
    rebuild->is_counted = true;
    TRY(look_at_tables(rebuild, err));
    if (rebuild->is_compared)
        TRY(rebuild_snapshot(rebuild, err));
    TRY(rebuild_open(rebuild, err));
    TRY(rebuild_fold(rebuild, err));
    if (rebuild->is_compared)
        TRY(rebuild_compare(rebuild, err));
    tell_tables(rebuild);
    tell(rebuild, "nothing changed");
    return true;
}

static bool
run_mode(struct rebuild *rebuild, enum mode mode, bool *is_good, struct error *err)
{
    switch (mode) {
    case MODE_COMPARE:
        return compare(rebuild, is_good, err);
    case MODE_SWAP:
        return swap(rebuild, err);
    case MODE_DRY_RUN:
        return dry_run(rebuild, err);
    }
    return false;
}

static bool
rebuild_one(struct rebuild *rebuild, enum mode mode, bool *is_good, struct error *err)
{
    rebuild_rows_init(rebuild);
    bool ok = run_mode(rebuild, mode, is_good, err);
    rebuild_leave_reader(rebuild);
    rebuild_rows_free(rebuild);
    return ok || error_wrap(err, "%s", services[rebuild->service].name);
}

/* ---- one after the other ------------------------------------------------------------------------ */

static bool
look_at_all(struct cli *cli, const bool wanted[SERVICE_COUNT], enum mode mode, bool *is_good,
            struct error *err)
{
    for (uint32_t i = 0; i < SERVICE_COUNT; i++) {
        struct rebuild rebuild = { .cli = cli, .service = i, .target = &fold_targets[i] };
        if (wanted[i])
            TRY(rebuild_one(&rebuild, mode, is_good, err));
    }
    return true;
}

/* ---- side by side ------------------------------------------------------------------------------- */

static bool
check_one(struct cli *cli, uint32_t service, struct side *side, struct error *err)
{
    struct rebuild rebuild = { .cli = cli, .service = service, .target = &fold_targets[service] };
    bool ok = rebuild_open(&rebuild, err) && rebuild_refuse_members(&rebuild, err);
    side->total = ok ? rebuild_messages(&rebuild) : 0;
    rebuild_leave_reader(&rebuild);
    return ok;
}

static bool
swap_one(struct cli *cli, uint32_t service, struct side *side, struct error *err)
{
    bool is_good = true;
    struct rebuild rebuild = { .cli = cli, .side = side, .service = service,
                               .target = &fold_targets[service] };
    return rebuild_one(&rebuild, MODE_SWAP, &is_good, err);
}

/* Nothing is written while one of them cannot be. */
static bool
swap_all(struct cli *cli, const char *what, const bool wanted[SERVICE_COUNT], struct error *err)
{
    struct sides sides;
    struct progress progress;
    int64_t total = 0;
    TRY(sides_open(&sides, err));
    bool ok = sides_run(cli, &sides, wanted, check_one, err);
    for (uint32_t i = 0; i < SERVICE_COUNT; i++)
        total += sides.items[i].total;
    progress_begin(&progress, what, "messages", total);
    progress.tells_end = true;
    sides.progress = &progress;
    ok = ok && sides_run(cli, &sides, wanted, swap_one, err);
    if (ok)
        progress_end(cli, &progress);
    sides_close(&sides);
    return ok;
}

static enum cli_status
run_rebuild(struct cli *cli, const struct args *args)
{
    const char *what = args->words[0];
    bool is_all = strcmp(what, "all") == 0, is_good = true, wanted[SERVICE_COUNT];
    int only = is_all ? -1 : service_index(what);
    struct error err = { 0 };
    int modes = args_has(args, "compare") + args_has(args, "swap") + args_has(args, "dry-run");
    enum mode mode = args_has(args, "compare") ? MODE_COMPARE
                     : args_has(args, "swap")  ? MODE_SWAP
                                               : MODE_DRY_RUN;
    if (!is_all && only < 0)
        return cli_misused(cli, "there is no service %s", cli_safe(cli, what));
    if (modes != 1)
        return cli_misused(cli, "one of --compare, --swap and --dry-run");
    for (uint32_t i = 0; i < SERVICE_COUNT; i++)
        wanted[i] = is_all || (uint32_t)only == i;
    action_begin(cli, args, "rebuild", what);
    bool ok = mode == MODE_SWAP ? swap_all(cli, what, wanted, &err)
                                : look_at_all(cli, wanted, mode, &is_good, &err);
    services_close();
    if (!ok)
        return cli_fail(cli, &err);
    return is_good ? CLI_DONE : CLI_REFUSED;
}

static const struct flag flags[] = {
    { "compare", NULL, "against the tables as they are; exit status 1 where they differ", false },
    { "swap", NULL, "into tables that are gone; the service must not run", false },
    { "dry-run", NULL, "what --swap would write, or change where tables are in use", false },
    ACTION_FLAGS,
    { NULL, NULL, NULL, false },
};

const struct command rebuild_command = {
    .name = "rebuild",
    .words = "SERVICE|all",
    .summary = "recovery: a service's tables anew from its topics, nothing emitted",
    .details =
        "What a service published is folded, never decided again: whoever got the last unit keeps\n"
        "it.  After --swap the service reads its inputs from the start: what is decided is a\n"
        "repeat, what was lost with the database is decided anew.  Other services may run.\n\n"
        "--swap makes schemas that were dropped (JUMUN_PG_ADMIN).  It refuses while the group has\n"
        "members, where tables are in use, and where the start of a topic is cut off.\n"
        "Not covered: parked events and their history; requests that wait are read again.\n\n"
        "Examples:\n  jumun rebuild all --compare\n  jumun rebuild stock --dry-run\n"
        "  jumun rebuild all --swap",
    .flags = flags,
    .words_min = 1,
    .words_max = 1,
    .groups = SETTINGS_KAFKA | SETTINGS_PG | SETTINGS_DEADLINE,
    .run = run_rebuild,
};
