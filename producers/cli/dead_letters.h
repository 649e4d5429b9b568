/* dead_letters.h — what the files of `jumun dead-letters` share.
 *
 *   dead_letters.c     the command, list
 *   parked.c           preview, show: what would be handed back, in which order, and why it failed
 *   redrive.c          redrive: a job is asked for and watched; job.c knows how far one is
 *   jobs.c             jobs, job, stop
 *   redrive_history.c  who, why, when
 *   letters.c          what parks nothing; letter_show.c one of these; letter_advice.c why it cannot be redriven
 *   selection.c        which keys
 *
 * Errors   as cli.h says.
 * Threads  none. */
#pragma once
#include "cli/positions.h"
#include "cli/selection.h"

#define LIST_MAX 50

/* Calls for each service, or for the one that --service names. */
typedef bool for_service(struct cli *cli, const struct args *args, uint32_t service,
                         struct error *err);
bool each_service(struct cli *cli, const struct args *args, for_service *call, struct error *err);

const char *at_text(struct cli *cli, int64_t at_us);
/* What the database said, in one line that is not too long for a list. */
const char *short_text(struct cli *cli, const char *text);

/* Tells the events of the keys selected, in the order in which they would be handed back; adds them up. */
struct preview {
    struct selection selection;
    int64_t limit; /* keys of each service */
    uint64_t keys, events, beyond; /* beyond: keys whose first event has been tried as often as it may */
};
bool preview_tell(struct cli *cli, const struct args *args, struct preview *preview,
                  struct error *err) MUST_USE;

enum cli_status run_preview(struct cli *cli, const struct args *args);
enum cli_status run_redrive(struct cli *cli, const struct args *args);
enum cli_status run_jobs(struct cli *cli, const struct args *args);
enum cli_status run_job(struct cli *cli, const struct args *args);
enum cli_status run_stop(struct cli *cli, const struct args *args);
enum cli_status run_history(struct cli *cli, const struct args *args);
