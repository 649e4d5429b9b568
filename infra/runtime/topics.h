/* topics.h — makes topics as the contract wants them, and refuses what is there and differs.
 *
 * Shapes     topic_plan: what a topic must look like.  Always: cleanup.policy=delete, retention.ms=-1,
 *            message.timestamp.type=LogAppendTime; with replication ≥ 3 min.insync.replicas=2 and no
 *            unclean election.
 * Refused    (ERROR_REFUSED, with both values) another partition count or time stamp type.
 * Errors     RETRY: the broker does not answer; the caller waits and asks again.
 * Threads    any, one call at a time per settings.
 * Source     contract.md section 2. */
#pragma once
#include "runtime/kafka.h"

struct topic_plan {
    char name[250]; /* prefix included */
    int32_t partitions;
    int32_t replication;
    int64_t message_bytes_max;
};

#define TOPIC_MESSAGE_BYTES_MAX       (256 * 1024)
#define TOPIC_DEAD_LETTER_BYTES_MAX   (4 * 1024 * 1024)

/* Plans for every topic of the contract (topics[] of events.h), with the prefix; returns their number,
 * at most capacity. */
uint32_t topics_plan(struct topic_plan *out, uint32_t capacity, const char *prefix,
                     int32_t partitions, int32_t replication);
/* Creates what is missing (someone else doing the same at the same time is fine), then checks all. */
bool topics_ensure(const struct kafka_settings *settings, const struct topic_plan *plans,
                   uint32_t count, struct error *err) MUST_USE;
/* Checks only: a missing topic is RETRY (someone may be about to make it). */
bool topics_check(const struct kafka_settings *settings, const struct topic_plan *plans,
                  uint32_t count, struct error *err) MUST_USE;
