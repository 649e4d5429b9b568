/* twin.h — a second store under every simulated process: PostgreSQL does what the database in memory does.
 *
 * Shapes     twin: one connection of production's store (runtime/store_pg.h), given to one session at a time.
 * Rule       memory goes first and its answers are what the loop gets.  What memory has done, PostgreSQL has
 *            to do as well, with the same rows, positions and refusals; what memory never did because of a
 *            misfortune (an answer lost, a poisoned row, a server that is away) is rolled back there.
 * Compared   every answer; all tables of a service every TWIN_COMMITS_PER_CHECK commits and at the end.
 * Left out   redrive requests: people write them; what they hand back is compared.  Times by the server's clock.
 * Errors     a difference ends the world as the broken invariant "stores".
 * Threads    none. */
#pragma once
#include "runtime/store_pg_private.h"
#include "sim/sim.h"

#define TWIN_INVARIANT         "stores"
#define TWIN_COMMITS_PER_CHECK 200

struct twin {
    struct store_pg *store;
    struct store pg; /* its seam */
    struct arena *arena;
    struct twin *next; /* at rest */
};

struct twin_counts {
    uint64_t commits, refusals, late, answers, checks, rows;
    uint64_t digest; /* of all that was compared at the ends of worlds */
};

extern struct twin_counts twin_counts;

/* What is done wrong on purpose, in PostgreSQL alone, so that it has to be found; NULL: nothing. */
bool twin_damage(const char *name);
void twin_damages_list(void);
/* Once; conninfo names server and database, without a user. */
void twin_init(const char *conninfo);
void twin_fini(void);
/* Before each world: nothing is left of the last one. */
void twin_clear(void);

/* ---- among these files -------------------------------------------------------------------------------- */

void twin_differ(struct sim *sim, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct store twin_store(struct session *session);
/* twin_sessions.c */
struct twin *twin_take(const struct served *of);
void twin_make_old(const struct session *session, int64_t until_us);
/* twin_answers.c */
bool twin_same_view(struct session *session, const struct view *memory,
                    const struct view *postgres);
/* twin_commit.c */
void twin_committing(struct session *session);
void twin_committed(struct sim *sim, struct database *database, const struct store_commit *commit,
                    bool ok, const struct error *err);
const char *twin_damage_at_end(void); /* a statement, or NULL */
void twin_seq_is(const struct served *of, int64_t memory, int64_t postgres);
void twin_seqs_forget(void);
/* tables.c */
void tables_init(struct pg *admin);
/* is_last: it counts for the digest. */
bool tables_compare(struct sim *sim, struct database *database, bool is_last);
const char *cell_of(struct arena *arena, const struct column *column, const void *member);
