/* streams.h — many event streams open at once, while orders run: how late is each event?
 *
 * Shapes   every order of the workload has been requested without shipping and is RESERVED; each has a stream.
 *          When all are open, shipping and payment of one after another are published at the rate, and the
 *          streams tell each event until the acknowledgement by the partner ends them.
 *          Latency: from the broker's time stamp of the event (`at`) to its last byte here; history that a
 *          stream begins with is not counted.
 * Limits   STREAMS_MAX.
 * Errors   a stream that ends early, or never, is counted; the first one is told.
 *          RETRY, FATAL: as sender.h.
 * Threads  none.
 * Source   contract.md section 3, GET /v1/orders/{id}/events. */
#pragma once
#include "base/settings.h"
#include "load/latency.h"
#include "load/workload.h"

#define STREAMS_MAX 20000

struct streams_result {
    struct latency latency;
    int64_t opened, finished, events, errors, took_us;
    char first_error[256];
};

/* The orders that the streams follow: requested, not paid. */
bool streams_prepare(const struct settings *settings, const struct workload *load, int64_t first,
                     struct error *err) MUST_USE;
bool streams_run(const struct settings *settings, const struct workload *load, int64_t first,
                 int64_t rate, struct streams_result *out, struct error *err) MUST_USE;
