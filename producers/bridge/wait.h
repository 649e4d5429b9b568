/* wait.h — Prefer: wait=N: the whole order, as soon as it is at rest after this request.
 *
 * After    the read model is past the record that this request published (or at once, for a GET).
 * Looking  when the read model tells that the order rests; and, in case that was not heard, by itself after
 *          LOOK_FIRST_US, then twice as long each time up to LOOK_LAST_US.
 * Ends     at rest: 200.  After N seconds: 200 with what is known, if the read model is past this
 *          request; else what the call answers without waiting.
 * Threads  the loop's.
 * Source   contract.md section 3; RFC 7240. */
#pragma once
#include "bridge/positions.h"
#include "bridge/request.h"

struct job;

#define LOOK_FIRST_US (64 * INT64_C(1000))
#define LOOK_LAST_US  (250 * INT64_C(1000))

/* after: NULL for a GET.  otherwise: how the call answers when nothing is known after N seconds. */
void wait_for_rest(struct request *request, const char *order_id, const struct target_offset *after,
                   int wait_s, void (*otherwise)(struct request *request));
/* Answers 200 with the order in row 0, or 304 where If-None-Match says that the caller has it. */
void answer_order(struct request *request, const struct job *job);
