/* kafka_lanes.c — see kafka_lanes.h. */
#include "runtime/kafka_lanes.h"
#include <string.h>

#define RECORD_EXTRA 512 /* headers and framing of a record, about */
#define HASH_SHIFT   24  /* of 32 bits, KAFKA_LANES are left */
#define GOLDEN       0x9e3779b1u

static struct kafka_lane *
lane_of(struct kafka_lanes *lanes, const char *topic, int32_t partition)
{
    uint32_t hash = (uint32_t)partition;

    for (const char *c = topic; *c; c++)
        hash = hash * 31 + (unsigned char)*c;
    return &lanes->at[hash * GOLDEN >> HASH_SHIFT];
}

struct kafka_lane *
kafka_lane_for(struct kafka_lanes *lanes, const struct kafka_outgoing *out, uint32_t partitions)
{
    int32_t partition = out->partition;

    if (partition < 0 && partitions > 0)
        partition = rd_kafka_msg_partitioner_murmur2(NULL, out->key, out->key_bytes,
                                                     (int32_t)partitions, NULL, NULL);
    return lane_of(lanes, out->topic, partition);
}

bool
kafka_lane_fits(const struct kafka_lane *lane, uint32_t value_bytes)
{
    return !lane->is_wave_out &&
           (lane->wave_bytes == 0 ||
            lane->wave_bytes + value_bytes + RECORD_EXTRA <= KAFKA_WAVE_BYTES);
}

void
kafka_lane_joined(struct kafka_lanes *lanes, struct kafka_lane *lane, uint32_t value_bytes)
{
    lane->in_flight++;
    lane->wave_bytes += value_bytes + RECORD_EXTRA;
    lanes->in_flight++;
}

static struct kafka_held *
held_new(const struct kafka_outgoing *out, rd_kafka_headers_t *headers)
{
    size_t topic_bytes = strlen(out->topic) + 1;
    struct kafka_held *held =
        memory_new(sizeof *held + topic_bytes + out->key_bytes + out->value_bytes);

    *held = (struct kafka_held){ .headers = headers, .opaque = out->opaque,
                                 .partition = out->partition, .key_bytes = out->key_bytes,
                                 .value_bytes = out->value_bytes };
    memcpy(held->topic, out->topic, topic_bytes);
    held->key = out->key ? held->topic + topic_bytes : NULL;
    held->value = out->value ? held->topic + topic_bytes + out->key_bytes : NULL;
    if (held->key)
        memcpy(held->key, out->key, out->key_bytes);
    if (held->value)
        memcpy(held->value, out->value, out->value_bytes);
    return held;
}

void
kafka_lane_hold(struct kafka_lanes *lanes, struct kafka_lane *lane,
                const struct kafka_outgoing *out, rd_kafka_headers_t *headers)
{
    struct kafka_held *held = held_new(out, headers);

    if (lane->last)
        lane->last->next = held;
    else
        lane->first = held;
    lane->last = held;
    lanes->held++;
}

struct kafka_held *
kafka_lane_take(struct kafka_lanes *lanes, struct kafka_lane *lane)
{
    struct kafka_held *held = lane->first;

    lane->first = held->next;
    if (!lane->first)
        lane->last = NULL;
    lanes->held--;
    return held;
}

void
kafka_lane_free(struct kafka_lane *lane)
{
    lane->in_flight = 0;
    lane->wave_bytes = 0;
    lane->is_wave_out = false;
}

void
kafka_lanes_report(struct kafka_lanes *lanes, const char *topic, int32_t partition)
{
    struct kafka_lane *lane = lane_of(lanes, topic, partition);

    if (lane->in_flight > 0 && --lane->in_flight == 0)
        kafka_lane_free(lane);
    if (lanes->in_flight == 0 || --lanes->in_flight > 0)
        return;
    for (uint32_t i = 0; i < KAFKA_LANES; i++)
        kafka_lane_free(&lanes->at[i]);
}
