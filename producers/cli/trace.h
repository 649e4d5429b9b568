/* trace.h — where each event of an order lies: topic, partition, offset, cause.
 *
 * Shapes   traced: one event of the read model's story and, where it was found, its place.  trace: the story.
 * Way      the broker is asked for the offset of an event's time in every partition of its topic, and what lies from
 *          there on is read until its id is met: an event that came without our partitioner is found as well.
 * Limits   TRACE_EVENTS_MAX events; TRACE_RECORDS_MAX records and TRACE_WAIT_MS for the search: what was not met by
 *          then has no place.
 * Errors   trace_read: ERROR_REFUSED when the read model does not know the order.  ERROR_RETRY: a server is away.
 * Threads  none.
 * Source   consumers/timeline/timeline.h; contract.md section 2, headers. */
#pragma once
#include "cli/reading.h"

#define TRACE_EVENTS_MAX  512
#define TRACE_RECORDS_MAX 200000
#define TRACE_WAIT_MS     10000

struct traced {
    enum event_type type;
    int64_t seq, at_us, attempt; /* attempt 0: none */
    const char *event_id, *at;
    const char *data; /* JSON */
    uint32_t data_bytes;
    bool is_found; /* then, from here on: */
    int32_t partition;
    int64_t offset;
    const char *source, *cause; /* of its headers; NULL: not there */
};

struct trace {
    const char *order_id;
    struct traced *items;
    uint32_t count;
};

bool trace_read(struct cli *cli, const char *order_id, struct trace *out,
                struct error *err) MUST_USE;
/* reading: opened for the types in the trace (trace_types), or for more. */
bool trace_find(struct cli *cli, struct trace *trace, struct reading *reading,
                struct error *err) MUST_USE;
void trace_types(const struct trace *trace, bool wanted[EV_COUNT]);
/* One event of it, as schemas/openapi.yaml has it: TracedEvent. */
bool trace_put(struct json_writer *json, struct cli *cli, const struct traced *event,
               struct error *err) MUST_USE;
