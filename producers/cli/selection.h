/* selection.h — which parked keys a command is about, and what it says about itself.
 *
 * Shapes   json: the argument of the function redrive_selected, see 0002_redrive.sql.  command: a line for a
 *          shell that does the same.
 * Errors   ERROR_REFUSED: what is wrong with a flag.
 * Threads  none.
 * Source   docs/dead-letters.md. */
#pragma once
#include "cli/cli.h"

struct selection {
    const char *json;
    bool is_empty; /* every key */
};

/* The word after the verb is a key; the flags are --topic, --sqlstate, --event, --since, --until. */
bool selection_read(struct cli *cli, const struct args *args, struct selection *out,
                    struct error *err) MUST_USE;
/* An instant, or how long ago: 90s, 30m, 2h, 3d. */
bool selection_time(const char *text, int64_t now_us, int64_t *out_us) MUST_USE;
/* The words and flags given, quoted where a shell needs it; without those that only look. */
const char *selection_command(struct cli *cli, const struct args *args);
/* --by, or else who is logged in. */
const char *selection_by(struct cli *cli, const struct args *args);
