/* audit_topics.h — reads all topics into a fold, with what is needed to judge it.
 *
 * Shapes   topics_proof: the fold, where every service stood meanwhile, and figures about the reading.
 * Errors   ERROR_RETRY: Kafka or a service's database does not answer.
 * Threads  none. */
#pragma once
#include "cli/audit_judge.h"
#include "cli/cli.h"
#include "cli/positions.h"
#include "cli/progress.h"
#include "cli/reading.h"

struct topics_proof {
    struct progress progress;
    struct audit audit;
    struct order_counts orders;
    struct reading reading;
    int64_t *settled;     /* by partition of reading: its end when looked at first */
    int64_t *past;        /* [service * reading.count + partition]: published_next */
    int64_t *next;        /* the same: next_offset */
    struct names parked;  /* order ids */
    struct names refused; /* "type/partition/offset" of dead letters of the owner */
    uint64_t records, not_events, dead_letters;
    double seconds;
    bool is_quiet; /* when looked at, every service had handled and published everything */
};

bool topics_prove(struct cli *cli, struct topics_proof *proof, struct error *err) MUST_USE;
void topics_proof_free(struct topics_proof *proof);
