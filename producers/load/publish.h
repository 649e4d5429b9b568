/* publish.h — publishes a workload as fast as the broker takes it.
 *
 * Shapes   published: how many records of each kind were acknowledged, and how long it took.
 * Errors   as sender.h.
 * Threads  none. */
#pragma once
#include "base/settings.h"
#include "load/workload.h"

struct published {
    int64_t records;
    int64_t took_us;
};

bool publish_catalogue(const struct settings *settings, const struct workload *load,
                       struct published *out, struct error *err) MUST_USE;
bool publish_orders(const struct settings *settings, const struct workload *load, int64_t first,
                    struct published *out, struct error *err) MUST_USE;
