/* accept.h — the common end of every call that publishes: send, await the acknowledgement, answer.
 *
 * Shapes   acceptance: the event with its id, and what the caller is told.
 * Answer   202 only after the broker has acknowledged the record; with Prefer: wait, 200 with the whole
 *          order as soon as it is at rest after it (wait.h).
 * Errors   503 broker_unavailable: not acknowledged.  The record may have arrived all the same; asking again
 *          with the same Idempotency-Key (or the same intent) is safe.
 * Threads  the loop's. */
#pragma once
#include "bridge/sender.h"
#include "bridge/request.h"

struct acceptance {
    struct publication publication; /* type, id, key, value: filled by the caller */
    const char *order_id;           /* NULL: no order, nothing to wait for */
    const char *location;           /* NULL: none */
    struct json_writer answer;      /* body of the 202 */
    void (*acknowledged)(struct acceptance *acceptance); /* may be NULL: to remember it */
    const void *context;                                 /* for acknowledged */
    struct request *request;
};

/* Zeroed, in the request's arena, with `answer` begun: the caller writes members and ends the
 * object. */
struct acceptance *acceptance_new(struct request *request);
/* Publishes and answers.  The event's own order is written by event_write into the arena. */
void accept_event(struct acceptance *acceptance, const struct event *event, const char *which);
/* Answers without publishing: the same intent is in flight already. */
void accept_in_flight(struct acceptance *acceptance);
