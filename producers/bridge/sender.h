/* sender.h — intents on their way to the broker, and what became of them.
 *
 * Shapes   publication: one event with its id; delivered back on the loop when the broker has it or not.
 * Outcome  not acknowledged means unknown: it may have arrived.  Whoever asked repeats it: ids follow
 *          from the request, so a repeat is harmless.
 * Away     what is not acknowledged within PUBLISH_US_MAX is purged, all of it, and the producer
 *          made anew: no order comes to life long after its caller was told 503.
 * Limits   PUBLICATIONS_MAX unacknowledged; more are refused at once.
 * Errors   as told by the outcome.
 * Threads  sender_send: the loop; one thread of its own sends, in waves, and waits for reports.
 * Source   infra/runtime/kafka.h; contract.md section 2 (headers). */
#pragma once
#include "base/uuid.h"
#include "bridge/bridge.h"
#include "events.h"

#define PUBLISH_US_MAX   (5 * INT64_C(1000000))
#define PUBLICATIONS_MAX 8192

struct publication {
    struct mail mail; /* first: the mailbox hands it over */
    struct sender *sender;
    struct publication *older, *newer; /* unacknowledged, under the sender's lock */
    struct publication *next_queued;
    enum event_type type;
    struct uuid id;
    const char *key;
    const char *value;
    uint32_t value_bytes;
    const char *traceparent; /* the caller's, NULL: a new one */
    void (*done)(struct publication *publication);
    void *owner;
    int64_t sent_us;
    bool ok;
    int32_t partition; /* when ok */
    int64_t offset;
    char reason[128]; /* when not ok, for the log */
};

bool sender_start(struct bridge *bridge, struct error *err) MUST_USE;
/* Waits for what is in flight until `until_us` (monotonic), then purges. */
void sender_stop(struct bridge *bridge, int64_t until_us);
/* done is called later, always exactly once, never from within; the publication and what it points
 * to must live until then. */
void sender_send(struct bridge *bridge, struct publication *publication);
