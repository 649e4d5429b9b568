/* action.h — the operator's log: who did what, to what, why and when, and what came of it.
 *
 * Shapes   one action per run: begun before it acts (or, where one acknowledgement decides, right after), ended by
 *          main.c with the exit status.  What has no outcome is under way, or was killed.
 * Outcome  done: exit status 0.  found: 1, refused or something wrong was found.  failed: 2 and above.  stopped: by a
 *          signal.
 * Away     a database that does not answer keeps nobody from acting: it is said that nothing is recorded.
 * Limits   ACTION_BY_MAX, ACTION_WHY_MAX characters, one line each; an argument is kept to ACTION_ARGUMENT_BYTES.
 * Threads  none.
 * Source   infra/postgres/operator/migrations. */
#pragma once
#include "cli/cli.h"
#include "runtime/pg.h"

#define ACTION_BY_MAX         100
#define ACTION_WHY_MAX        1000
#define ACTION_ARGUMENT_BYTES 2000

#define ACTION_FLAGS                                                                               \
    { "reason", "TEXT", "why; kept with the log (jumun actions)", false },                         \
    {                                                                                              \
        "by", "NAME", "who (default: who is logged in)", false                                     \
    }

/* --by and --reason, where they are given, are one line each and not too long. */
bool action_check(const struct args *args, struct error *err) MUST_USE;
/* target: an order, a service, a topic …; "": everything. */
void action_begin(struct cli *cli, const struct args *args, const char *kind, const char *target);
/* From here on something has happened, whatever the exit status says. */
void action_took_effect(void);
/* 0: not recorded; then it stays so, for whoever asks tells it. */
int64_t action_id(void);
/* Does nothing for a run that began no action.  Where the database was away when it began, it is asked once more: a
 * rebuild may have brought it back.  Says so where one is not recorded. */
void action_end(struct cli *cli, const struct args *args, enum cli_status status);

/* As jumun_operator, in its own schema; one per run. */
bool action_connect(struct cli *cli, struct pg **out, struct error *err) MUST_USE;
