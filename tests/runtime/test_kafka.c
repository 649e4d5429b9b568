/* What kafka.h promises of a member's order of reading and of a producer's waves. */
#include "runtime/kafka.h"
#include "runtime/fixture.h"
#include "base/instant.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT_US (20 * INT64_C(1000000))

TestSuite(kafka, .init = open_stage, .fini = close_stage, .timeout = 120);

/* ---- reading ---------------------------------------------------------------------------------------- */

#define ORDERS    100
#define ALL_READY (2 * ORDERS + 2 * STAGE_PARTITIONS) /* every partition's end is told as well */

static void
send_effect(int order, int64_t cause_offset)
{
    char cause[64];
    int bytes = snprintf(cause, sizeof cause, "StockReserved/0/%lld", (long long)cause_offset);
    const struct kafka_header header = { "jumun-cause", cause, (uint32_t)bytes };

    stage_send(&stage, EV_PAYMENT_VOIDED, 0, stage_order(order), "{}", &header, 1);
}

static void
send_causes_and_effects(void)
{
    for (int i = 0; i < ORDERS; i++)
        stage_send(&stage, EV_STOCK_RESERVED, 0, stage_order(i), "{}", NULL, 0);
    for (int i = 0; i < ORDERS; i++)
        send_effect(i, i);
}

/* A member that has all partitions and has not handed anything out. */
static struct kafka_consumer *
member_at_the_start(const char *const *names, uint32_t count)
{
    struct error err = { 0 };
    struct kafka_record record;
    const struct kafka_partition *assigned;
    int64_t give_up_us = monotonic_now_us() + WAIT_US;
    struct kafka_consumer *member =
        kafka_consumer_new(&stage.kafka, "kafka-test", names, count, &err);

    cr_assert_not_null(member, "%s", err.message);
    while (kafka_consumer_assignment(member, &assigned) == 0) {
        cr_assert_lt(monotonic_now_us(), give_up_us, "nothing was assigned");
        cr_assert_neq(kafka_consumer_poll(member, 50, &record, &err), KAFKA_FAILED, "%s",
                      err.message);
    }
    uint32_t partitions = kafka_consumer_assignment(member, &assigned);
    struct kafka_partition at[2 * STAGE_PARTITIONS];
    cr_assert_leq(partitions, 2 * STAGE_PARTITIONS);
    for (uint32_t i = 0; i < partitions; i++)
        at[i] = (struct kafka_partition){ assigned[i].topic, assigned[i].partition, 0 };
    cr_assert(kafka_consumer_start(member, at, partitions, &err), "%s", err.message);
    return member;
}

static void
wait_until_ready(const struct kafka_consumer *member, size_t records)
{
    int64_t give_up_us = monotonic_now_us() + WAIT_US;

    while (kafka_consumer_ready(member) < records) {
        cr_assert_lt(monotonic_now_us(), give_up_us, "%zu records lie ready",
                     kafka_consumer_ready(member));
        usleep(1000);
    }
}

Test(kafka, a_member_that_is_behind_reads_causes_first_and_effects_soon_after)
{
    static const char *const names[] = { "StockReserved", "PaymentVoided" };
    int at = 0, cause_at[ORDERS], effect_at[ORDERS];
    struct kafka_record record;
    struct error err = { 0 };

    send_causes_and_effects();
    struct kafka_consumer *member = member_at_the_start(names, 2);
    wait_until_ready(member, ALL_READY);
    while (at < 2 * ORDERS) {
        enum kafka_polled polled = kafka_consumer_poll(member, 100, &record, &err);
        cr_assert_neq(polled, KAFKA_FAILED, "%s", err.message);
        if (polled != KAFKA_RECORD)
            continue;
        bool is_cause = strcmp(record.topic, names[0]) == 0;
        (is_cause ? cause_at : effect_at)[record.offset] = at++;
        kafka_record_release(&record);
    }
    for (int i = 0; i < ORDERS; i++) {
        cr_expect_lt(cause_at[i], effect_at[i], "effect %d came before its cause", i);
        cr_expect_leq(effect_at[i] - cause_at[i], 20, "effect %d came %d records later", i,
                      effect_at[i] - cause_at[i]);
    }
    kafka_consumer_free(member);
}

/* Every record was read without waiting: what rang for them must not end the next wait. */
Test(kafka, waiting_for_more_lasts_as_long_as_asked)
{
    static const char *const names[] = { "StockReserved", "PaymentVoided" };
    int left = 2 * ORDERS;
    struct kafka_record record;
    struct error err = { 0 };

    send_causes_and_effects();
    struct kafka_consumer *member = member_at_the_start(names, 2);
    wait_until_ready(member, ALL_READY);
    while (left > 0) {
        if (kafka_consumer_poll(member, 0, &record, &err) != KAFKA_RECORD)
            continue;
        kafka_record_release(&record);
        left--;
    }
    enum kafka_polled polled = KAFKA_END;
    int64_t asked_us = 0;
    while (polled == KAFKA_END) {
        asked_us = monotonic_now_us();
        polled = kafka_consumer_poll(member, 60, &record, &err);
    }
    cr_expect_eq(polled, KAFKA_NOTHING);
    cr_expect_geq(monotonic_now_us() - asked_us, 55000, "came back after %lld us",
                  (long long)(monotonic_now_us() - asked_us));
    kafka_consumer_free(member);
}

/* An effect was looked at, and waits for its cause, when reading is paused. */
Test(kafka, a_paused_member_hands_out_nothing_and_loses_nothing)
{
    static const char *const names[] = { "StockReserved", "PaymentVoided" };
    int64_t next[2] = { 0, 0 };
    bool is_paused = false;
    struct kafka_record record;
    struct error err = { 0 };
    int64_t give_up_us = monotonic_now_us() + WAIT_US;

    send_causes_and_effects();
    struct kafka_consumer *member = member_at_the_start(names, 2);
    wait_until_ready(member, ALL_READY);
    while (next[0] + next[1] < 2 * ORDERS) {
        cr_assert_lt(monotonic_now_us(), give_up_us, "%d records", (int)(next[0] + next[1]));
        enum kafka_polled polled = kafka_consumer_poll(member, 20, &record, &err);
        cr_assert_neq(polled, KAFKA_FAILED, "%s", err.message);
        cr_assert(!is_paused || polled != KAFKA_RECORD, "a record while reading is paused");
        if (is_paused)
            kafka_consumer_resume(member);
        is_paused = false;
        if (polled != KAFKA_RECORD)
            continue;
        int topic = strcmp(record.topic, names[0]) != 0;
        cr_assert_eq(record.offset, next[topic]++);
        kafka_record_release(&record);
        if ((next[0] + next[1]) % 30 == 1)
            kafka_consumer_pause(member);
        is_paused = (next[0] + next[1]) % 30 == 1;
    }
    kafka_consumer_free(member);
}

Test(kafka, an_effect_whose_cause_is_not_there_is_not_waited_for)
{
    static const char *const names[] = { "StockReserved", "PaymentVoided" };
    struct kafka_record record;
    struct error err = { 0 };
    int got = 0;
    int64_t give_up_us = monotonic_now_us() + WAIT_US;

    send_effect(1, 1000000);
    struct kafka_consumer *member = member_at_the_start(names, 2);
    while (got == 0) {
        cr_assert_lt(monotonic_now_us(), give_up_us);
        enum kafka_polled polled = kafka_consumer_poll(member, 100, &record, &err);
        if (polled != KAFKA_RECORD)
            continue;
        got++;
        cr_expect_str_eq(record.topic, names[1]);
        kafka_record_release(&record);
    }
    kafka_consumer_free(member);
}

/* What is older is a backlog to a member (LATE_MS of kafka_turns.c). */
static void
wait_until_late(void)
{
    int64_t until_us = monotonic_now_us() + 2200000;

    while (monotonic_now_us() < until_us)
        usleep(10000);
}

Test(kafka, what_is_late_is_read_order_by_order)
{
    static const char *const names[] = { "StockReserved", "PaymentVoided" };
    struct kafka_record record;
    struct error err = { 0 };
    int at = 0, cause_at[ORDERS], effect_at[ORDERS];
    int64_t give_up_us = monotonic_now_us() + WAIT_US;

    send_causes_and_effects();
    wait_until_late();
    struct kafka_consumer *member = member_at_the_start(names, 2);
    wait_until_ready(member, ALL_READY);
    while (at < 2 * ORDERS) {
        cr_assert_lt(monotonic_now_us(), give_up_us, "%d records", at);
        if (kafka_consumer_poll(member, 100, &record, &err) != KAFKA_RECORD)
            continue;
        (strcmp(record.topic, names[0]) == 0 ? cause_at : effect_at)[record.offset] = at++;
        kafka_record_release(&record);
    }
    for (int i = 0; i < ORDERS; i++)
        cr_expect(effect_at[i] > cause_at[i] && effect_at[i] - cause_at[i] <= 5,
                  "effect %d came %d records behind its cause", i, effect_at[i] - cause_at[i]);
    kafka_consumer_free(member);
}

/* The last half waits to be asked for as the first half was, and nobody asks. */
Test(kafka, what_is_late_and_has_no_effect_is_read_all_the_same)
{
    static const char *const names[] = { "StockReserved", "PaymentVoided" };
    struct kafka_record record;
    struct error err = { 0 };
    int at = 0, last_cause = -1;
    int64_t give_up_us = monotonic_now_us() + WAIT_US;

    for (int i = 0; i < ORDERS; i++)
        stage_send(&stage, EV_STOCK_RESERVED, 0, stage_order(i), "{}", NULL, 0);
    for (int i = 0; i < ORDERS / 2; i++)
        send_effect(i, i);
    send_effect(0, 1000000); /* its cause never comes */
    wait_until_late();
    struct kafka_consumer *member = member_at_the_start(names, 2);
    while (at < ORDERS + ORDERS / 2 + 1) {
        cr_assert_lt(monotonic_now_us(), give_up_us, "%d records", at);
        if (kafka_consumer_poll(member, 100, &record, &err) != KAFKA_RECORD)
            continue;
        at++;
        if (strcmp(record.topic, names[0]) == 0)
            cr_assert_eq(record.offset, ++last_cause);
        kafka_record_release(&record);
    }
    cr_expect_eq(last_cause, ORDERS - 1);
    kafka_consumer_free(member);
}

/* ---- producing -------------------------------------------------------------------------------------- */

#define MANY       1500
#define BATCH      250
#define VALUE_SIZE 1200

static uint32_t delivered, failed;

static void
count_report(void *context, const struct kafka_delivery *delivery)
{
    (void)context;
    delivered += delivery->ok;
    failed += !delivery->ok;
}

static void
send_number(struct kafka_producer *producer, int number)
{
    static char value[VALUE_SIZE];
    struct error err = { 0 };

    memset(value, 'x', sizeof value);
    snprintf(value, sizeof value, "%d", number);
    const struct kafka_outgoing out = { .topic = "StockReserved", .partition = 2, .key = "k",
                                        .key_bytes = 1, .value = value,
                                        .value_bytes = sizeof value };
    cr_assert(kafka_producer_send(producer, &out, &err), "%s", err.message);
}

/* More than one request holds: later waves wait for the first, and all arrive, once, in order. */
Test(kafka, a_producer_sends_waves_in_order)
{
    struct error err = { 0 };
    struct kafka_settings settings = stage.kafka;
    int64_t give_up_us = monotonic_now_us() + WAIT_US;

    settings.linger_ms = 50;
    struct kafka_producer *producer = kafka_producer_new(&settings, count_report, NULL, &err);
    cr_assert_not_null(producer, "%s", err.message);
    for (int i = 0; i < MANY; i++) {
        send_number(producer, i);
        if (i % BATCH == BATCH - 1)
            kafka_producer_sent(producer);
    }
    while (delivered + failed < MANY) {
        cr_assert_lt(monotonic_now_us(), give_up_us, "%u of %d reports", delivered, MANY);
        kafka_producer_poll(producer, 10);
    }
    cr_expect_eq(failed, 0);
    struct said_list *list = stage_said(&stage, EV_STOCK_RESERVED);
    cr_assert_eq(list->count, MANY);
    for (int i = 0; i < MANY; i++)
        cr_assert_eq(atoi(list->at[i].value), i);
    stage_forget(list);
    kafka_producer_free(producer);
}

/* Every send gets exactly one report, also what never reached the library. */
Test(kafka, what_waits_in_a_wave_is_reported_when_the_producer_ends)
{
    struct error err = { 0 };
    struct kafka_settings settings = stage.kafka;

    settings.linger_ms = 50;
    struct kafka_producer *producer = kafka_producer_new(&settings, count_report, NULL, &err);
    cr_assert_not_null(producer, "%s", err.message);
    for (int i = 0; i < MANY; i++)
        send_number(producer, i);
    kafka_producer_free(producer);
    cr_expect_eq(delivered + failed, MANY, "%u delivered, %u failed", delivered, failed);
}

/* What is assigned again before its fetch has stopped would be stopped twice: the client ends the process. */
Test(kafka, a_reader_is_sent_elsewhere_and_closed_at_once)
{
    struct error err = { 0 };
    struct kafka_partition at[STAGE_PARTITIONS];

    send_causes_and_effects();
    for (int round = 0; round < 20; round++) {
        struct kafka_consumer *reader = kafka_reader_new(&stage.kafka, NULL, &err);
        cr_assert_not_null(reader, "%s", err.message);
        for (int start = 0; start < 20; start++) {
            for (int32_t i = 0; i < STAGE_PARTITIONS; i++)
                at[i] = (struct kafka_partition){ "StockReserved", i, start % 2 };
            cr_assert(kafka_consumer_start(reader, at, STAGE_PARTITIONS, &err), "%s", err.message);
        }
        kafka_consumer_free(reader);
    }
}
