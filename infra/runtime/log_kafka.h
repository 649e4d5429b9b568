/* log_kafka.h — the log of production: one consumer of a group, one producer.
 *
 * Threads  the loop's.
 * Source   seams.h. */
#pragma once
#include "runtime/seams.h"

struct log_kafka;

struct log_kafka *log_kafka_new(const struct kafka_settings *settings, const char *group,
                                const char *const *topic_names, uint32_t topic_count,
                                struct error *err);
/* Leaves the group; purges the producer. */
void log_kafka_free(struct log_kafka *log);
struct log log_kafka_seam(struct log_kafka *log);
