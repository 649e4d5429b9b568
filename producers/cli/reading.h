/* reading.h — every partition of some topics, read from anywhere on, without joining a group.
 *
 * Shapes   reading: a reader and its partitions, each with start and end offset as of reading_open.
 * Order    within a partition as published; across partitions as they come.
 * Errors   ERROR_RETRY: Kafka does not answer.  ERROR_REFUSED: a topic is missing.
 * Threads  none. */
#pragma once
#include "cli/cli.h"

struct reading_partition {
    enum event_type type;
    int32_t partition;
    int64_t first, end; /* offsets there when it was opened */
    int64_t next;       /* to be read next */
};

struct reading {
    struct kafka_consumer *reader;
    struct reading_partition *items;
    uint32_t count;
    uint32_t open_count;                                  /* not yet read to their end */
    uint32_t first_of[EV_COUNT], partitions_of[EV_COUNT]; /* a topic's partitions stand together */
    const char *last_topic; /* of the last record: one pointer per topic */
    enum event_type last_type;
};

/* wanted: one flag per event type.  Asks for partitions, starts and ends. */
bool reading_open(struct cli *cli, const bool wanted[EV_COUNT], struct reading *out,
                  struct error *err) MUST_USE;
/* Begins to read every partition at its `next`. */
bool reading_start(struct cli *cli, struct reading *reading, struct error *err) MUST_USE;
/* KAFKA_RECORD: *type is filled, `next` moved; release the record. */
enum kafka_polled reading_poll(struct cli *cli, struct reading *reading, int wait_ms,
                               struct kafka_record *out, enum event_type *type, struct error *err);
/* Every partition has been read to the end it had when opened. */
bool reading_is_done(const struct reading *reading);
struct reading_partition *reading_find(struct reading *reading, enum event_type type,
                                       int32_t partition);
void reading_close(struct reading *reading);
