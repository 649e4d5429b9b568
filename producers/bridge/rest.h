/* rest.h — is an order at rest yet?  One question for all who wait (together.h).
 *
 * Shapes   rest: what one request asks about one order; `answered` is called once for all that was asked since
 *          it was called last, and never from within rest_ask.
 * Why      an order passes through a dozen events while somebody waits for its end: reading it whole at each was
 *          most of what a busy bridge and its database did.
 * Limits   REST_TOGETHER orders in one question.
 * Errors   `at_rest` is false where it is unknown: whoever asks looks again later.
 * Threads  the loop's. */
#pragma once
#include "bridge/together.h"

#define REST_TOGETHER 256

struct rest {
    struct together_ask ask; /* first: the answer hands it over */
    void (*answered)(struct rest *rest, bool at_rest);
};

void rests_open(struct bridge *bridge);
/* The memory must stay until answered has been called.  Asked again before that: one more question. */
void rest_ask(struct bridge *bridge, struct rest *rest);
