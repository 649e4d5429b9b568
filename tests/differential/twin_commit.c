/* twin_commit.c — a transaction's second half, done or refused by both.  Contract: twin.h
 *
 *   damages   what PostgreSQL alone is given wrong, so that the comparison proves itself
 *   commit    of a session; or late, over a connection of nobody's */
#include "differential/twin.h"
#include <stdio.h>
#include <string.h>

#define SEQS_MAX       512
#define DAMAGED_COMMIT 30 /* of a world: then the first that has what is damaged */

/* ---- damages ------------------------------------------------------------------------------------------ */

enum damage { UNDAMAGED, LOSES_ROW, LOSES_MOVE, LOSES_EVENTS, LOSES_PARKED, FLIPS_BIT,
              PUBLISHES_LESS, CHANGES_CELL };

static const struct {
    const char *name, *text;
} damages[] = {
    [UNDAMAGED] = { "", "" },
    [LOSES_ROW] = { "row", "a changed row is not saved" },
    [LOSES_MOVE] = { "move", "a position is not moved" },
    [LOSES_EVENTS] = { "outbox", "a row of the outbox is not written" },
    [LOSES_PARKED] = { "parked", "an event is not parked" },
    [FLIPS_BIT] = { "bit", "one bit of an event is another" },
    [PUBLISHES_LESS] = { "published", "published_next is one behind" },
    [CHANGES_CELL] = { "cell", "at the end one price is another" },
};

static enum damage damage;
static uint64_t world_commits;
static bool is_damaged; /* once in a world */

bool
twin_damage(const char *name)
{
    for (size_t i = 1; i < COUNT_OF(damages); i++)
        if (strcmp(damages[i].name, name) == 0)
            damage = (enum damage)i;
    return damage != UNDAMAGED;
}

void
twin_damages_list(void)
{
    for (size_t i = 1; i < COUNT_OF(damages); i++)
        printf("%-10s %s\n", damages[i].name, damages[i].text);
}

const char *
twin_damage_at_end(void)
{
    return damage == CHANGES_CELL ? "UPDATE jumun_stock.product SET unit_price = unit_price + 1"
                                  : NULL;
}

static bool
lose_row(struct arena *arena, struct store_commit *commit)
{
    const struct service *service = commit->view ? commit->view->service : NULL;

    for (uint32_t i = 0; service && i < service->row_type_count; i++) {
        const struct row_table *table = &commit->view->tables[i];
        for (uint32_t j = 0; j < table->count; j++) {
            if (!row_changed(&service->rows[i], &table->rows[j]))
                continue;
            struct view *view = arena_copy(arena, commit->view, sizeof *view);
            view->tables = arena_copy(arena, view->tables,
                                      sizeof *view->tables * service->row_type_count);
            view->tables[i].count = j;
            commit->view = view;
            return true;
        }
    }
    return false;
}

static bool
flip_bit(struct arena *arena, struct store_commit *commit)
{
    if (commit->outbox_count == 0)
        return false;
    struct store_outbox *rows =
        arena_copy(arena, commit->outbox, sizeof *rows * commit->outbox_count);
    char *frames = arena_copy(arena, rows[0].frames, rows[0].frames_bytes);
    frames[rows[0].frames_bytes - 1] ^= 1;
    rows[0].frames = frames;
    commit->outbox = rows;
    return true;
}

static bool
publish_less(struct arena *arena, struct store_commit *commit)
{
    if (commit->move_count == 0 || commit->moves[0].published_next == 0)
        return false;
    struct store_move *moves = arena_copy(arena, commit->moves, sizeof *moves * commit->move_count);
    moves[0].published_next--;
    commit->moves = moves;
    return true;
}

static bool
lose_last(uint32_t *count)
{
    bool has_some = *count > 0;

    *count -= has_some;
    return has_some;
}

static bool
do_damage(struct arena *arena, struct store_commit *commit)
{
    switch (damage) {
    case UNDAMAGED:
    case CHANGES_CELL:
        return false;
    case LOSES_ROW:
        return lose_row(arena, commit);
    case LOSES_MOVE:
        return lose_last(&commit->move_count);
    case LOSES_EVENTS:
        return lose_last(&commit->outbox_count);
    case LOSES_PARKED:
        return lose_last(&commit->parked_count);
    case FLIPS_BIT:
        return flip_bit(arena, commit);
    case PUBLISHES_LESS:
        return publish_less(arena, commit);
    }
    return false;
}

/* ---- parked events: each store counts them by itself --------------------------------------------------- */

static struct {
    const struct service *service;
    int64_t memory, postgres;
} seqs[SEQS_MAX];
static uint32_t seq_count;

void
twin_seqs_forget(void)
{
    memset(seqs, 0, sizeof seqs);
    seq_count = 0;
    world_commits = 0;
    is_damaged = false;
}

void
twin_seq_is(const struct served *of, int64_t memory, int64_t postgres)
{
    uint32_t at = seq_count++ % SEQS_MAX; /* the oldest are handled long ago */

    seqs[at].service = of->service;
    seqs[at].memory = memory;
    seqs[at].postgres = postgres;
}

static int64_t
seq_of(const struct served *of, int64_t memory)
{
    for (uint32_t i = 0; i < SEQS_MAX; i++)
        if (seqs[i].service == of->service && seqs[i].memory == memory)
            return seqs[i].postgres;
    return -1;
}

static const int64_t *
seqs_of(struct arena *arena, const struct served *of, const struct store_commit *commit)
{
    int64_t *own = arena_take(arena, sizeof *own * (commit->unparked_count + 1));

    for (uint32_t i = 0; i < commit->unparked_count; i++)
        own[i] = seq_of(of, commit->unparked[i]);
    return own;
}

/* ---- commit ------------------------------------------------------------------------------------------- */

static struct session *committing; /* NULL: what commits has no client any more */

void
twin_committing(struct session *session)
{
    committing = session;
}

static struct twin *
twin_of(struct database *database)
{
    static struct twin *late[SERVICES_MAX];
    struct twin **of = &late[database->of - database->of->sim->services];

    if (committing)
        return committing->twin;
    twin_counts.late++;
    if (!*of)
        *of = twin_take(database->of);
    return *of;
}

static void
compare_outcomes(struct sim *sim, const struct database *database, bool ok, bool same,
                 const struct error *err, const struct error *other)
{
    const char *service = database->of->service->name;

    if (ok && !same)
        twin_differ(sim, "%s, commit: done in memory, in PostgreSQL %s", service, other->message);
    else if (!ok && same)
        twin_differ(sim, "%s, commit: done in PostgreSQL, in memory %s", service, err->message);
    else if (!ok && err->class != other->class)
        twin_differ(sim, "%s, commit: %s in memory, %s in PostgreSQL (%s)", service,
                    error_class_name(err->class), error_class_name(other->class), other->message);
}

/* What poisons a row is known to memory alone. */
void
twin_committed(struct sim *sim, struct database *database, const struct store_commit *commit,
               bool ok, const struct error *err)
{
    if (sim_has_failed(sim) || (!ok && err->class == ERROR_POISON))
        return;
    struct twin *twin = twin_of(database);
    struct store_commit own = *commit;
    own.meanwhile = NULL; /* once is enough */
    struct error other = { 0 };
    arena_reset(twin->arena, 1 << 20);
    own.unparked = seqs_of(twin->arena, database->of, commit);
    if (ok && ++world_commits >= DAMAGED_COMMIT && !is_damaged)
        is_damaged = do_damage(twin->arena, &own);
    bool same = twin->pg.ops->commit(twin->store, &own, &other);
    compare_outcomes(sim, database, ok, same, err, &other);
    twin_counts.commits += ok;
    twin_counts.refusals += !ok;
    if (ok && twin_counts.commits % TWIN_COMMITS_PER_CHECK == 0)
        (void)tables_compare(sim, database, false);
}
