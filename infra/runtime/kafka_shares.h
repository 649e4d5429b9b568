/* kafka_shares.h — a member's partitions, each with its own queue: kafka_shares.c has them, kafka_turns.c reads
 * them in turn.  For those two alone.
 *
 * Threads  the member's one. */
#pragma once
#include "runtime/kafka_private.h"

struct kafka_share {
    rd_kafka_queue_t *queue;
    const char *topic; /* owned by the consumer's list */
    int32_t partition;
    uint32_t rank;            /* of its topic in the saga */
    uint32_t group_at, group_count; /* the partitions of its topic among the shares */
    rd_kafka_message_t *head; /* taken from the queue, not handed out yet */
    int64_t next;             /* behind the last record handed out, or where reading begins */
    uint32_t ready;           /* lie in the queue, as of the beginning of the round */
    struct kafka_share *cause; /* of head: read by this member too; NULL: none */
    int64_t cause_offset;
    int64_t asked_age_ms; /* of the record that was asked for last; 0: none, or not for long */
    int64_t held_since_ms; /* 0: not held */
};

/* NULL: none of ours. */
struct kafka_share *kafka_share_of(struct kafka_consumer *consumer, const char *topic,
                                   long partition);
