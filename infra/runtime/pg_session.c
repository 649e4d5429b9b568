/* pg_session.c — what a session asks for, against its string and the server's defaults.  Contract: pg_private.h
 *
 * Plan trap: a generic plan made while the tables were empty turns `= ANY($1)` into a sequential scan and
 * stays (977 ms instead of 3.4 ms); hence no_seqscan.  Its penalty looks so costly to the planner that
 * it would compile every such query: hence jit=off.  With indexes alone there is nothing to choose: a plan
 * made anew for each small batch costs more than running it (130 µs instead of 80 µs for a load). */
#include "runtime/pg_private.h"
#include "base/arena.h"
#include <string.h>

/* A connection string that is made for services asks for a server that takes writes; a session whose role may
 * only read looks to libpq like one that does not, on any server.  What is meant is the primary. */
const char *
pg_attrs_for_reading(const struct pg_settings *settings)
{
    const char *instead = NULL;
    PQconninfoOption *options =
        settings->read_only ? PQconninfoParse(settings->conninfo, NULL) : NULL;

    for (const PQconninfoOption *at = options; at && at->keyword; at++)
        if (strcmp(at->keyword, "target_session_attrs") == 0 && at->val &&
            strcmp(at->val, "read-write") == 0)
            instead = "primary";
    PQconninfoFree(options);
    return instead;
}

/* Every default that is wrong for us, in one place. */
bool
pg_apply_session(struct pg *pg, const struct pg_settings *settings, struct error *err)
{
    struct arena *arena = arena_new(1024);
    struct pg_params params;
    struct pg_result result PG_RESULT = { 0 };
    bool is_read_only = settings->read_only;

    pg_params_init(&params, arena);
    pg_param_text(&params, settings->search_path ? settings->search_path : "");
    pg_param_text(&params, arena_printf(arena, "%d", (int)settings->answer_ms_max));
    pg_param_text(&params, settings->no_seqscan ? "off" : "on");
    pg_param_text(&params, is_read_only ? "on" : "off");
    bool ok = pg_run(pg,
                     "SELECT CASE WHEN $1 <> '' THEN set_config('search_path', $1, false) END,\n"
                     "  set_config('statement_timeout', $2, false),\n"
                     "  set_config('lock_timeout', $2, false),\n"
                     "  set_config('idle_in_transaction_session_timeout', $2, false),\n"
                     "  set_config('enable_seqscan', $3, false),\n"
                     "  set_config('default_transaction_read_only', $4, false),\n"
                     "  set_config('plan_cache_mode',\n"
                     "    CASE $3 WHEN 'off' THEN 'force_generic_plan' ELSE 'auto' END, false),\n"
                     "  set_config('jit', 'off', false)",
                     &params, PG_ROW, &result, err);
    arena_free(arena);
    return ok;
}
