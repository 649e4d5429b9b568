/* kafka_private.h — what the kafka_*.c files and topics.c share: librdkafka, its settings, its errors.
 *
 * Threads  as kafka.h. */
#pragma once
#include "runtime/kafka.h"
#include <librdkafka/rdkafka.h>

enum kafka_role { KAFKA_MEMBER, KAFKA_READER, KAFKA_PRODUCER, KAFKA_ADMIN };

/* Every setting, ours and the file's.  NULL and err when one is refused. */
rd_kafka_conf_t *kafka_conf_new(const struct kafka_settings *settings, enum kafka_role role,
                                const char *group, struct error *err);
/* Takes conf over. */
rd_kafka_t *kafka_handle_new(rd_kafka_conf_t *conf, enum kafka_role role, struct error *err);
/* RETRY or FATAL by the code; one table.  Always false. */
bool kafka_error(struct error *err, rd_kafka_resp_err_t code, const char *what, const char *detail);

struct kafka_consumer {
    rd_kafka_t *rk;
    bool is_member;
    bool is_joined;
    bool is_paused;
    uint64_t generation;
    struct kafka_partition *assigned; /* topic names are owned by the list below */
    uint32_t assigned_count;
    rd_kafka_topic_partition_list_t *list;
    rd_kafka_queue_t *queue; /* the group's; a reader's records too */
    size_t ready_peak;       /* records, since the library was last woken */

    /* members: kafka_shares.c */
    int bell; /* rings when a queue fills; -1: none */
    const char *const *topics; /* as subscribed: in the order of the saga */
    uint32_t topic_count;
    struct kafka_share *shares; /* the last topic first */
    uint32_t share_count;
    uint32_t round_left, share_at;
    int64_t now_ms; /* wall clock, as of the beginning of the round */
    bool is_late;   /* what begins a chain was old when it was read last */
    uint32_t lead; /* partitions begin with this one, modulo their number */
    struct kafka_share *run_of;
    uint32_t run_left;

    uint32_t polls; /* readers: since the library was last looked at */
};

/* kafka_shares.c: a member's partitions, each with its own queue. */
bool kafka_shares_open(struct kafka_consumer *consumer, struct error *err) MUST_USE;
void kafka_shares_close(struct kafka_consumer *consumer);
/* To be called with what is assigned, before anything of it is started. */
void kafka_shares_take(struct kafka_consumer *consumer);
void kafka_shares_drop(struct kafka_consumer *consumer);
/* Reading begins at these offsets. */
void kafka_shares_start(struct kafka_consumer *consumer, const struct kafka_partition *at,
                        uint32_t count);
/* The next message, the group's errors included; *ready is set when a round of shares begins. */
rd_kafka_message_t *kafka_shares_poll(struct kafka_consumer *consumer, int wait_ms, size_t *ready);

rd_kafka_topic_partition_list_t *kafka_list_new(const struct kafka_partition *at, uint32_t count);
