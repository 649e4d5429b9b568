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
    rd_kafka_queue_t *queue; /* of what lies ready */
    uint32_t polls;
    size_t ready_peak; /* since the library was last woken */
};

rd_kafka_topic_partition_list_t *kafka_list_new(const struct kafka_partition *at, uint32_t count);
