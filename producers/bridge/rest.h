/* rest.h — is an order at rest yet?  One question for all who wait.
 *
 * Shapes   rest: what one request asks about one order; `answered` is called once for all that was asked since
 *          it was called last, and never from within rest_ask.
 * Flow     one question is under way at a time; who asks meanwhile is part of the next one.  An order passes
 *          through a dozen events while somebody waits for its end: reading it whole at each was most of what
 *          a busy bridge and its database did.
 * Order    an answer is at least as new as what any answer before the asking said (readmodel.h).
 * Limits   REST_TOGETHER orders in one question; JOBS_MAX questions (one, here).
 * Errors   `at_rest` is false where it is unknown: whoever asks looks again later.
 * Threads  the loop's. */
#pragma once
#include "base/uuid.h"
#include "bridge/bridge.h"
#include <stdbool.h>

#define REST_TOGETHER 256

struct rest {
    struct uuid id;
    void (*answered)(struct rest *rest, bool at_rest);
    struct rest *next;                  /* rest.c's, from here */
    bool asked, under_way, again, at_rest;
};

struct rests;

void rests_open(struct bridge *bridge);
/* The memory must stay until answered has been called.  Asked again before that: one more question. */
void rest_ask(struct bridge *bridge, struct rest *rest);
