/* stage.h — what a test of the loop stands on: a mock cluster, a schema, something to publish and to read.
 *
 * Shapes     stage: one mock broker with the probe's topics, one schema with the runtime's and the probe's
 *            tables.  said: what was published, in order of partition and offset.
 * Failing    anything that is not the test's own question stops the test. */
#pragma once
#include "runtime/kafka.h"
#include "runtime/pg.h"
#include "events.h"

#define STAGE_PARTITIONS 4
#define STAGE_SAID_MAX   4096

struct stage {
    void *owner, *cluster; /* rd_kafka_t, rd_kafka_mock_cluster_t */
    char bootstrap[256];
    struct kafka_settings kafka;
    char schema[64];
    char conninfo[256]; /* for the loop: a role of its own, named as the schema */
    struct pg *pg; /* search_path is the schema */
    struct kafka_producer *producer;
    uint32_t reports, failures;
};

struct said {
    char key[80];
    char id[40];
    char cause[100];
    char traceparent[60];
    char *value;
    int32_t partition;
};

struct said_list {
    struct said at[STAGE_SAID_MAX];
    uint32_t count;
};

void stage_open(struct stage *stage);
void stage_close(struct stage *stage);

/* Publishes and waits for the acknowledgement. partition −1: by key. */
void stage_send(struct stage *stage, enum event_type type, int32_t partition, const char *key,
                const char *value, const struct kafka_header *headers, uint32_t header_count);
/* PaymentVoided of order n for that customer. */
void stage_voided(struct stage *stage, int order, const char *customer);
void stage_restored(struct stage *stage, int order, const char *customer);
void stage_reserved(struct stage *stage, int order, const char *customer, int64_t deadline_us);
const char *stage_order(int order); /* one static buffer */

/* Everything published to the topic; the list is the caller's to free with free(). */
struct said_list *stage_said(struct stage *stage, enum event_type type);
void stage_forget(struct said_list *list);
/* How many different ce_id; and whether first occurrences per key are in the order they were caused. */
uint32_t said_distinct(const struct said_list *list);
uint32_t said_of_key(const struct said_list *list, const char *key);

int64_t stage_number(struct stage *stage, const char *sql); /* one bigint */
void stage_run(struct stage *stage, const char *sql);
