/* telemetry.h — what a loop counts, and what it is waiting for.
 *
 * Units    *_seconds metrics are fed in microseconds.
 * Threads  counting: the loop's.  Status: set by the loop, read by any. */
#pragma once
#include "base/error.h"
#include "base/metrics.h"
#include "events.h"

struct telemetry {
    struct metric *consumed[EV_COUNT];
    struct metric *emitted[EV_COUNT];
    struct metric *parked[EV_COUNT];
    struct metric *dead_letters;
    struct metric *dropped;
    struct metric *batch_events, *batch_seconds, *load_seconds, *decide_seconds, *commit_seconds;
    struct metric *retries, *fenced, *rebalances, *rebirths, *unknown_commits, *poisoned;
    struct metric *unpublished, *unpublished_bytes;
    struct metric *republished;
    struct metric *partitions;
    struct metric *redriven;
    char status[256]; /* guarded by lock */
};

struct telemetry *telemetry_new(const char *service);
void telemetry_free(struct telemetry *telemetry);
/* "" when all is well. */
void telemetry_set_status(struct telemetry *telemetry, const char *status);
void telemetry_get_status(const struct telemetry *telemetry, char *out, size_t out_bytes);
