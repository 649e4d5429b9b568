/* progress.h — how far something long is, on standard error: a bar on a terminal, JSON lines with --json.
 *
 * Shapes   progress: of one piece of work.  JSON: {"progress":{"text","done","total","per_second"}}, twice a second
 *          at most, and once when it ends, so that a program that follows sees every piece of work.
 * Threads  none. */
#pragma once
#include "cli/cli.h"

struct progress {
    const char *text; /* "stock", "reading topics": what is done */
    const char *unit; /* "messages" */
    int64_t done, total;
    int64_t began_us, told_us;
    bool tells_end; /* for people: a line stays when it is done, on a terminal or not */
};

void progress_begin(struct progress *progress, const char *text, const char *unit, int64_t total);
void progress_add(struct cli *cli, struct progress *progress, int64_t count);
void progress_end(struct cli *cli, struct progress *progress);
