/* rebuild_swap.c — rows in memory into fresh tables.  Contract: rebuild.h
 *
 * Locked     consumer_position, from before the ends are compared until the commit: an instance that starts
 *            meanwhile waits there, and finds rebuilt rows.
 * Order      rows are committed first, then the group's offsets go back: what dies in between leaves a group
 *            that refuses to start (its offsets lie beyond its positions), not one that decides again. */
#include "cli/rebuild.h"
#include "jumun_cli_sql.h"
#include "runtime/bind.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROWS_AT_ONCE  2000
#define PATH_BYTES    4096
#define FOLDS_MAX     10
#define STATUS_NO_RUN 127

/* ---- schemas ------------------------------------------------------------------------------------ */

/* Where schemas are made: beside this program in the tree it was built in, unless JUMUN_MIGRATE says. */
static const char *
migrate_path(struct cli *cli)
{
    char own[PATH_BYTES] = "";
    const char *given = getenv("JUMUN_MIGRATE");
    ssize_t bytes = readlink("/proc/self/exe", own, sizeof own - 1);
    if (given || bytes < 0)
        return given ? given : "migrate";
    for (int levels = 4; levels > 0; levels--) {
        char *slash = strrchr(own, '/');
        if (slash)
            *slash = '\0';
    }
    return arena_printf(cli->arena, "%s/infra/postgres/migrate", own);
}

static bool
run_migrate(struct cli *cli, struct error *err)
{
    const char *path = migrate_path(cli);
    int status = 0;
    if (!getenv("JUMUN_PG_ADMIN"))
        return error_set(err, ERROR_REFUSED,
                         "the schema is gone, and JUMUN_PG_ADMIN does not say as whom to make it");
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        dup2(STDERR_FILENO, STDOUT_FILENO);
        execl(path, path, (char *)NULL);
        _exit(STATUS_NO_RUN);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
        return error_set(err, ERROR_REFUSED, "%s did not make the schemas (set JUMUN_MIGRATE)",
                         path);
    return true;
}

static bool
ensure_schema(struct rebuild *rebuild, struct pg *pg, struct error *err)
{
    bool is_there = false;
    TRY(rebuild_schema_is_there(rebuild, pg, &is_there, err));
    return is_there || run_migrate(rebuild->cli, err);
}

/* ---- rows --------------------------------------------------------------------------------------- */

static bool
save_some(struct rebuild *rebuild, struct pg *pg, unsigned row_type, const struct row_shape *shape,
          uint32_t first, struct error *err)
{
    const struct service *service = rebuild->target->service;
    const struct row_type *type = &service->rows[row_type];
    const struct packed_table *table = &rebuild->tables[row_type];
    struct pg_params params;
    struct view view;
    arena_reset(rebuild->arena, 1 << 20);
    view_init(&view, service, rebuild->arena, (struct domain_settings){ 0 });
    for (uint32_t i = first; i < table->count && i < first + ROWS_AT_ONCE; i++) {
        struct row *row = view_add_row(&view, row_type, 0);
        rebuild_unpack(type, &table->rows[i], row->data);
        row->key = table->rows[i].bytes;
    }
    pg_params_init(&params, rebuild->arena);
    if (bind_save(type, shape, &view.tables[row_type], &params) == 0)
        return true;
    return pg_run(pg, type->save_sql, &params, PG_ROW, NULL, err);
}

static bool
save_rows(struct rebuild *rebuild, struct pg *pg, struct error *err)
{
    for (uint32_t type = 0; type < rebuild->target->service->row_type_count; type++) {
        struct row_shape shape;
        TRY(bind_shape(pg, &rebuild->target->service->rows[type], &shape, err));
        for (uint32_t i = 0; i < rebuild->tables[type].count; i += ROWS_AT_ONCE)
            TRY(save_some(rebuild, pg, type, &shape, i, err));
    }
    return true;
}

/* ---- the swap ----------------------------------------------------------------------------------- */

static bool
lock_fresh(struct rebuild *rebuild, struct pg *pg, struct error *err)
{
    PG_RESULT struct pg_result row = { 0 };
    TRY(pg_run(pg, "BEGIN", NULL, PG_NOTHING, NULL, err));
    TRY(pg_run(pg, "SET LOCAL idle_in_transaction_session_timeout = 0", NULL, PG_NOTHING, NULL,
               err));
    TRY(pg_run(pg, "LOCK TABLE consumer_position IN ACCESS EXCLUSIVE MODE", NULL, PG_NOTHING, NULL,
               err));
    TRY(pg_run(pg, SQL_REBUILD_EMPTY, NULL, PG_ROW, &row, err));
    if (pg_int64(&row, 0, 0) > 0)
        return error_set(err, ERROR_REFUSED,
                         "the tables of %s are in use: --swap is for tables that are gone "
                         "(--compare looks at them; DROP SCHEMA jumun_%s CASCADE gives them up)",
                         services[rebuild->service].name, services[rebuild->service].name);
    return rebuild_refuse_members(rebuild, err);
}

static bool
swap_over(struct rebuild *rebuild, struct pg *pg, bool *is_done, struct error *err)
{
    TRY(lock_fresh(rebuild, pg, err));
    TRY(rebuild_ends_are_same(rebuild, is_done, err));
    if (!*is_done)
        return pg_run(pg, "ROLLBACK", NULL, PG_NOTHING, NULL, err);
    TRY(save_rows(rebuild, pg, err));
    return pg_run(pg, "COMMIT", NULL, PG_NOTHING, NULL, err);
}

static bool
fold_until_same(struct rebuild *rebuild, struct pg *pg, struct error *err)
{
    bool is_done = false;
    for (int fold = 0; fold < FOLDS_MAX && !is_done; fold++) {
        rebuild_rows_free(rebuild);
        rebuild_leave_reader(rebuild);
        rebuild_rows_init(rebuild);
        rebuild->messages = 0;
        TRY(rebuild_open(rebuild, err));
        TRY(rebuild_fold(rebuild, err));
        TRY(swap_over(rebuild, pg, &is_done, err));
    }
    return is_done || error_set(err, ERROR_REFUSED, "somebody publishes what only %s says",
                                services[rebuild->service].name);
}

bool
rebuild_swap(struct rebuild *rebuild, struct error *err)
{
    char conninfo[SETTING_TEXT_BYTES];
    const char *role = arena_printf(rebuild->cli->arena, "jumun_%s",
                                    services[rebuild->service].name);
    if (!settings_pg(&rebuild->cli->settings, services[rebuild->service].name, role, true,
                     conninfo))
        return error_set(err, ERROR_REFUSED, "the connection string for %s is too long", role);
    const struct pg_settings settings = { .conninfo = conninfo, .search_path = role,
                                          .application = "jumun-rebuild" };
    TRY(rebuild_refuse_members(rebuild, err));
    struct pg *pg = pg_new(&settings);
    bool ok = pg_open(pg, err) && ensure_schema(rebuild, pg, err) &&
              fold_until_same(rebuild, pg, err);
    pg_free(pg);
    return ok && rebuild_reset_group(rebuild, err);
}
