/* flood.h — orders through the bridge over many connections at once.
 *
 * Shapes   closed loop (rate 0): each connection places its next order when it holds the answer to the last.
 *          open loop: orders begin when their time has come, however long the earlier ones take, and latency
 *          counts from that time, so that a server which stands still is seen (no coordinated omission).
 * Units    orders per second; µs.
 * Limits   FLOOD_CONNECTIONS_MAX; an order whose time has come and finds none free waits, and that counts.
 * Errors   an answer that is not the expected one is counted, the first one told; none ends the run.
 * Threads  none.
 * Source   contract.md section 3. */
#pragma once
#include "base/settings.h"
#include "load/latency.h"
#include "load/workload.h"

#define FLOOD_CONNECTIONS_MAX 4096

struct flood {
    int64_t first;
    int64_t rate;        /* orders per second; 0: closed loop */
    int32_t connections;
    int32_t wait_s;      /* Prefer: wait; 0: only accepted (202) is asked for, else the order's end */
};

struct flood_result {
    struct latency latency; /* of the orders that went as expected */
    int64_t took_us, errors;
    char first_error[256];
};

void flood_orders(const struct settings *settings, const struct workload *load,
                  const struct flood *flood, struct flood_result *out);
