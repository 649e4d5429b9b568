/* latency.h — durations in µs, kept one by one: percentiles are exact.
 *
 * Limits   as many as were asked for; more are counted and not kept.
 * Errors   none.  Threads  none. */
#pragma once
#include <stdint.h>
#include <stdio.h>

struct latency {
    int64_t *us;
    int64_t count, max;
};

struct latency latency_new(int64_t max);
void latency_free(struct latency *latency);
void latency_add(struct latency *latency, int64_t us);
/* "p50_us":…,"p90_us":…,"p99_us":…,"max_us":… — members of a JSON object; sorts. */
void latency_print(struct latency *latency, FILE *out);
