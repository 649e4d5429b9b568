/* tail.h — reads the end of every order's topics, only to wake who waits for an order.
 *
 * Shapes   one reader at the end of all order-keyed topics; records of orders that nobody watches are
 *          dropped at once, those of others become a mail with their place.
 * Rest     with nobody watching for TAIL_REST_US it stops reading; the next watch starts it at the end again.
 * Lag      TAIL_LAG_US behind, or TAIL_MAILS_MAX mails undelivered: what lies between is skipped, and every
 *          watch is told that it may have missed something.
 * Errors   none that matter: who waits also looks by itself, less often.
 * Threads  one of its own; tail_wake from the loop. */
#pragma once
#include "bridge/bridge.h"

#define TAIL_REST_US   (10 * INT64_C(1000000))
#define TAIL_LAG_US    (2 * INT64_C(1000000))
#define TAIL_MAILS_MAX 4096

bool tail_start(struct bridge *bridge, struct error *err) MUST_USE;
void tail_stop(struct bridge *bridge);
void tail_wake(struct tail *tail);
