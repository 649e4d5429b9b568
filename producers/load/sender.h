/* sender.h — publishes events as fast as the broker takes them.
 *
 * Limits   at most SENDER_UNACKNOWLEDGED_MAX records wait for their report.
 * Errors   RETRY: no acknowledgement for SENDER_ANSWER_S.  FATAL: the broker refused a record.
 * Threads  none. */
#pragma once
#include "base/settings.h"
#include "events.h"

#define SENDER_UNACKNOWLEDGED_MAX 50000
#define SENDER_ANSWER_S           30

struct sender;

struct sender *sender_open(const struct settings *settings, struct error *err) MUST_USE;
void sender_close(struct sender *sender);
bool sender_send(struct sender *sender, const struct event *event, struct error *err) MUST_USE;
/* Waits until no more than `most` records are unacknowledged. */
bool sender_drain(struct sender *sender, int64_t most, struct error *err) MUST_USE;
int64_t sender_acknowledged(const struct sender *sender);
