/* http.h — one order after another through the bridge, each to its end in one call.
 *
 * Shapes   latencies from sending the request to holding the answer.
 * Errors   REFUSED: an answer that is not 200 with status PAID (what it was is in the message).
 *          RETRY: the bridge cannot be reached.
 * Threads  none.
 * Source   contract.md section 3, Prefer: wait. */
#pragma once
#include "base/settings.h"
#include "load/latency.h"
#include "load/workload.h"

bool http_orders(const struct settings *settings, const struct workload *load, int64_t first,
                 struct latency *latency, struct error *err) MUST_USE;
