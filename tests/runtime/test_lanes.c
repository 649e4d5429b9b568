/* What kafka_lanes.h promises: a wave is bounded, what is held keeps its order, a wrong guess costs time alone. */
#include "runtime/kafka_lanes.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define PARTITIONS 4
#define TOPIC      "OrderCreated"

static struct kafka_lanes lanes;

static void
forget_lanes(void)
{
    lanes = (struct kafka_lanes){ 0 };
}

TestSuite(lanes, .init = forget_lanes);

static struct kafka_outgoing
keyed(const char *key, const char *value)
{
    return (struct kafka_outgoing){ .topic = TOPIC, .partition = -1, .key = key,
                                    .key_bytes = (uint32_t)strlen(key), .value = value,
                                    .value_bytes = (uint32_t)strlen(value) };
}

static int32_t
partition_of(const char *key)
{
    return rd_kafka_msg_partitioner_murmur2(NULL, key, strlen(key), PARTITIONS, NULL, NULL);
}

Test(lanes, what_goes_by_its_key_has_the_lane_of_its_partition)
{
    const struct kafka_outgoing by_key = keyed("o-1", "v");
    struct kafka_outgoing by_number = by_key;

    by_number.partition = partition_of("o-1");
    cr_expect_eq(kafka_lane_for(&lanes, &by_key, PARTITIONS),
                 kafka_lane_for(&lanes, &by_number, PARTITIONS));
}

Test(lanes, a_wave_ends_where_a_request_does)
{
    struct kafka_lane *lane = &lanes.at[0];
    uint32_t count = 0;

    for (; kafka_lane_fits(lane, 1000); count++)
        kafka_lane_joined(&lanes, lane, 1000);
    cr_expect_leq(lane->wave_bytes, KAFKA_WAVE_BYTES);
    cr_expect_gt(count, 50);
    cr_expect_eq(lane->in_flight, count);
    cr_expect_eq(lanes.in_flight, count);
}

Test(lanes, one_value_that_is_larger_than_a_wave_goes_alone)
{
    struct kafka_lane *lane = &lanes.at[0];

    cr_expect(kafka_lane_fits(lane, 2 * KAFKA_WAVE_BYTES));
    kafka_lane_joined(&lanes, lane, 2 * KAFKA_WAVE_BYTES);
    cr_expect_not(kafka_lane_fits(lane, 1));
}

Test(lanes, what_is_held_keeps_its_order_and_is_a_copy)
{
    char value[8];
    struct kafka_lane *lane = &lanes.at[3];

    for (int i = 0; i < 5; i++) {
        snprintf(value, sizeof value, "v%d", i);
        const struct kafka_outgoing out = keyed("k", value);
        kafka_lane_hold(&lanes, lane, &out, NULL);
    }
    cr_expect_eq(lanes.held, 5);
    for (int i = 0; i < 5; i++) {
        snprintf(value, sizeof value, "v%d", i);
        struct kafka_held *held = kafka_lane_take(&lanes, lane);
        cr_expect_arr_eq(held->value, value, 2);
        cr_expect_str_eq(held->topic, TOPIC);
        memory_free(held);
    }
    cr_expect_eq(lanes.held, 0);
    cr_expect_null(lane->first);
    cr_expect_null(lane->last);
}

Test(lanes, the_last_report_of_a_wave_frees_its_lane)
{
    const struct kafka_outgoing out = keyed("o-1", "v");
    struct kafka_lane *lane = kafka_lane_for(&lanes, &out, PARTITIONS);

    kafka_lane_joined(&lanes, lane, 1);
    kafka_lane_joined(&lanes, lane, 1);
    lane->is_wave_out = true;
    kafka_lanes_report(&lanes, TOPIC, partition_of("o-1"));
    cr_expect(lane->is_wave_out);
    kafka_lanes_report(&lanes, TOPIC, partition_of("o-1"));
    cr_expect_not(lane->is_wave_out);
    cr_expect_eq(lane->wave_bytes, 0);
    cr_expect_eq(lanes.in_flight, 0);
}

/* The topic has more partitions than was said: reports come from lanes that nothing joined. */
Test(lanes, a_wrong_guess_is_forgotten_when_all_is_reported)
{
    const struct kafka_outgoing out = keyed("o-1", "v");
    struct kafka_lane *guessed = kafka_lane_for(&lanes, &out, 1);

    for (int i = 0; i < 20; i++)
        kafka_lane_joined(&lanes, guessed, 100);
    guessed->is_wave_out = true;
    for (int i = 0; i < 20; i++)
        kafka_lanes_report(&lanes, TOPIC, 7);
    cr_expect_not(guessed->is_wave_out);
    cr_expect_eq(guessed->in_flight, 0);
    kafka_lanes_report(&lanes, TOPIC, 7); /* of before a rebirth: counts nothing */
    cr_expect_eq(lanes.in_flight, 0);
}
