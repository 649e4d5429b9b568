/* publish.h — publishes a workload as fast as the broker takes it.
 *
 * Shapes   published: how many records of each kind were acknowledged, and how long it took.
 * Limits   at most PUBLISH_UNACKNOWLEDGED_MAX records wait for their report.
 * Errors   RETRY: no acknowledgement for PUBLISH_ANSWER_S.  FATAL: the broker refused a record.
 * Threads  none. */
#pragma once
#include "base/settings.h"
#include "load/workload.h"

#define PUBLISH_UNACKNOWLEDGED_MAX 50000
#define PUBLISH_ANSWER_S           30

struct published {
    int64_t records;
    int64_t took_us;
};

bool publish_catalogue(const struct settings *settings, const struct workload *load,
                       struct published *out, struct error *err) MUST_USE;
bool publish_orders(const struct settings *settings, const struct workload *load, int64_t first,
                    struct published *out, struct error *err) MUST_USE;
