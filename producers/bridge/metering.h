/* metering.h — what the bridge counts.
 *
 * Shapes   counters by call and status, by problem code, by topic; latencies; gauges sampled when asked for.
 * Threads  the loop's.
 * Source   infra/base/metrics.h. */
#pragma once
#include "bridge/problem.h"
#include "events.h"

struct bridge;
struct request;

void metering_open(void);
void metering_answered(const struct request *request, unsigned status);
void metering_refused(enum problem_code code);
/* A connection was closed for being too slow. */
void metering_cut(void);
void metering_published(enum event_type type, bool ok, int64_t took_us);
/* From any thread: so many questions to the read model in one round trip. */
void metering_read(uint32_t jobs, bool ok);
void metering_sample(const struct bridge *bridge);
