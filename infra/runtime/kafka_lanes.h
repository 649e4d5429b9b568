/* kafka_lanes.h — what a producer has on its way, partition by partition.  For kafka_producer.c alone.
 *
 * Shapes     lane: a partition's wave (with the library, not reported) and, behind it, what is held until all of
 *            that is reported.  Lanes are few and found by a hash: two partitions that share one wait for
 *            each other, which costs a little time and nothing else.
 * Guess      the partition of what goes by its key is computed as librdkafka's murmur2 partitioners do.  Where that
 *            is wrong a lane is free at the latest when nothing is in flight at all.
 * Threads    the one that sends and polls. */
#pragma once
#include "runtime/kafka_private.h"

#define KAFKA_LANES      256    /* a power of two */
#define KAFKA_WAVE_FREE  16     /* so few in flight hold nothing back */
#define KAFKA_WAVE_BYTES 160000 /* below batch.size, so that it goes out as one request */

struct kafka_held {
    struct kafka_held *next;
    rd_kafka_headers_t *headers;
    void *opaque;
    int32_t partition;
    uint32_t key_bytes, value_bytes;
    char *key, *value; /* behind the topic; key NULL: none */
    char topic[];
};

struct kafka_lane {
    struct kafka_held *first, *last;
    uint32_t in_flight;
    uint32_t wave_bytes; /* of those */
    bool is_wave_out;    /* a large one, or a full one */
};

struct kafka_lanes {
    uint64_t in_flight, held; /* of all */
    struct kafka_lane at[KAFKA_LANES];
};

/* partitions: of each topic; 0: not known. */
struct kafka_lane *kafka_lane_for(struct kafka_lanes *lanes, const struct kafka_outgoing *out,
                                  uint32_t partitions);
/* Whether so large a value may join the lane's wave. */
bool kafka_lane_fits(const struct kafka_lane *lane, uint32_t value_bytes);
void kafka_lane_joined(struct kafka_lanes *lanes, struct kafka_lane *lane, uint32_t value_bytes);
/* Copies out; takes headers over. */
void kafka_lane_hold(struct kafka_lanes *lanes, struct kafka_lane *lane,
                     const struct kafka_outgoing *out, rd_kafka_headers_t *headers);
/* The first held is the caller's now; it frees it with memory_free. */
struct kafka_held *kafka_lane_take(struct kafka_lanes *lanes, struct kafka_lane *lane);
void kafka_lane_free(struct kafka_lane *lane);
/* One message of this partition was reported. */
void kafka_lanes_report(struct kafka_lanes *lanes, const char *topic, int32_t partition);
