/* twin_sessions.c — connections: taken by a process when it starts, rolled back when memory's session is, at rest
 * when it ends.  Contract: twin.h */
#include "differential/twin.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define APPLICATION "differential"

static struct pg *admin;
static struct pg_settings settings;
static struct twin *at_rest[SERVICES_MAX];
static struct arena *scratch;

static void
must(bool ok, const struct error *err)
{
    if (ok)
        return;
    fprintf(stderr, "differential: %s\n", err->message);
    exit(2);
}

/* ---- one session -------------------------------------------------------------------------------------- */

static struct twin *
twin_new(const struct service *service)
{
    struct twin *twin = memory_new(sizeof *twin);
    char user[32];

    snprintf(user, sizeof user, "jumun_%s", service->name);
    settings.user = user;
    *twin = (struct twin){ .store = store_pg_new(&settings, service), .arena = arena_new(1 << 20) };
    twin->pg = store_pg_seam(twin->store);
    return twin;
}

/* Connections outlive processes, for each has to prepare every statement; a lost answer closes them. */
struct twin *
twin_take(const struct served *of)
{
    struct twin **first = &at_rest[of - of->sim->services];
    struct twin *twin = *first;

    if (!twin)
        return twin_new(of->service);
    *first = twin->next;
    return twin;
}

static void
rolled_back(struct session *session)
{
    struct twin *twin = session->twin;

    if (twin && twin->store->is_begun)
        twin->pg.ops->abandon(twin->store);
}

static void
ended(struct session *session)
{
    const struct served *of = session->database->of;
    struct twin *twin = session->twin;

    rolled_back(session);
    session->twin = NULL;
    twin->next = at_rest[of - of->sim->services];
    at_rest[of - of->sim->services] = twin;
}

static void
finished(struct sim *sim)
{
    const char *damage = twin_damage_at_end();
    struct error err = { 0 };

    if (damage)
        must(pg_run_script(admin, damage, &err), &err);
    for (uint32_t i = 0; i < sim->service_count && !sim_has_failed(sim); i++)
        (void)tables_compare(sim, &sim->services[i].database, true);
}

static const struct twin_ops ops = { twin_store, rolled_back, twin_committed, ended, finished };

/* ---- the server's clock ------------------------------------------------------------------------------- */

static void
make_row_old(const struct session *session, const struct store_outbox *row)
{
    struct error err = { 0 };

    arena_reset(scratch, 1 << 20);
    const char *sql =
        arena_printf(scratch,
                     "UPDATE jumun_%s.outbox SET written_at = 'epoch' WHERE topic = '%s' AND "
                     "partition = %d AND last_offset = %lld",
                     session->database->of->service->name, row->name, (int)row->partition,
                     (long long)row->last_offset);
    if (!pg_run_script(admin, sql, &err))
        twin_differ(session->process->sim, "prune: %s", err.message);
}

void
twin_make_old(const struct session *session, int64_t until_us)
{
    const struct database *database = session->database;

    for (uint32_t i = database->outbox_kept_from; i < database->outbox_count; i++)
        if (!database->outbox[i].is_gone && database->outbox[i].written_at_us < until_us)
            make_row_old(session, &database->outbox[i].row);
}

/* ---- all of them -------------------------------------------------------------------------------------- */

/* Deleting is quicker than truncating tables that hold next to nothing.  What redrives leave behind stays: nobody
 * asks for one here. */
void
twin_clear(void)
{
    static const char sql[] =
        "DO $$ DECLARE t record; BEGIN "
        "FOR t IN SELECT schemaname, tablename FROM pg_tables WHERE schemaname LIKE 'jumun\\_%' "
        "AND schemaname <> 'jumun_operator' "
        "AND tablename <> 'schema_migration' AND tablename NOT LIKE 'redrive\\_%' LOOP "
        "EXECUTE format('DELETE FROM %I.%I', t.schemaname, t.tablename); END LOOP; END $$";
    struct error err = { 0 };

    must(pg_run_script(admin, sql, &err), &err);
    twin_seqs_forget();
}

void
twin_init(const char *conninfo)
{
    struct error err = { 0 };

    settings = (struct pg_settings){ .conninfo = conninfo, .application = APPLICATION };
    struct pg_settings own = settings;
    own.user = "jumun_admin";
    admin = pg_new(&own);
    scratch = arena_new(1 << 16);
    must(pg_open(admin, &err), &err);
    tables_init(admin);
    sim_twin = &ops;
}

void
twin_fini(void)
{
    for (int i = 0; i < SERVICES_MAX; i++)
        for (struct twin *twin = at_rest[i], *next; twin; twin = next) {
            next = twin->next;
            store_pg_free(twin->store);
            arena_free(twin->arena);
            memory_free(twin);
        }
    pg_free(admin);
    arena_free(scratch);
    sim_twin = NULL;
}
