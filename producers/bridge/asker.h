/* asker.h — asks the broker how far the intents go, so that "there is none" can be said truthfully.
 *
 * Shapes   ask: a partition number; answered with the end offsets, read after it was asked, of that partition in
 *          OrderRequested and the intent topics.
 * Rate     one request to the broker at a time, whatever the number of asks: those that arrive meanwhile
 *          share the next one.
 * Limits   ASKS_MAX waiting; more are answered as not ok.
 * Errors   not ok: the broker did not say.
 * Threads  asker_ask: the loop; one thread of its own talks to the broker.
 * Source   contract.md section 3, "Read your writes". */
#pragma once
#include "bridge/bridge.h"
#include "events.h"

#define ASK_TOPICS 5
#define ASKS_MAX   4096

extern const enum event_type ASK_TYPES[ASK_TOPICS];

struct ask {
    struct mail mail; /* first: the mailbox hands it over */
    struct ask *next;
    int32_t partition;
    void (*done)(struct ask *ask);
    void *owner;
    bool ok;
    int64_t ends[ASK_TOPICS]; /* in the order of ASK_TYPES */
};

bool asker_start(struct bridge *bridge, struct error *err) MUST_USE;
void asker_stop(struct bridge *bridge);
/* done is called later, always exactly once, never from within. */
void asker_ask(struct bridge *bridge, struct ask *ask);
