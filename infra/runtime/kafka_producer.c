/* kafka_producer.c — the idempotent producer, and how it is born again.  Contract: kafka.h
 *
 *   reports    only they count.  An error report or a fatal error (librdkafka 2.0.2 has known ones)
 *              breaks the handle: nothing later may go out before what failed
 *   waves      what is sent to a partition while a large wave of it is not acknowledged waits here for its reports.
 *              librdkafka 2.0.2 takes messages in flight for requests in flight: with five of a partition on their
 *              way it sends none of the next, and asks itself again without a pause until the first are
 *              acknowledged, a core's worth of questions (docs/decisions/0007).
 *              A partition's waves wait for no other partition's (kafka_lanes.h) */
#include "runtime/kafka_lanes.h"
#include "base/instant.h"
#include <stdatomic.h>
#include <string.h>

#define PURGE_MS_MAX  2000
#define PUBLISHED_MAX 64

struct kafka_producer {
    struct kafka_settings settings;
    rd_kafka_t *rk;
    rd_kafka_topic_t *published[PUBLISHED_MAX]; /* held, so that their leaders stay known */
    kafka_report *report;
    void *context;
    atomic_bool is_broken;
    bool is_purging;
    uint32_t reported; /* during one poll */

    bool has_waves;     /* one thread sends and polls (linger_ms > 0) */
    struct kafka_lanes lanes;
};

/* ---- reports ------------------------------------------------------------------------------------- */

static void
on_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
    struct kafka_producer *producer = opaque;
    struct kafka_delivery delivery = {
        .ok = message->err == RD_KAFKA_RESP_ERR_NO_ERROR,
        .code = message->err,
        .reason = rd_kafka_err2str(message->err),
        .topic = rd_kafka_topic_name(message->rkt),
        .partition = message->partition,
        .offset = message->offset,
        .opaque = message->_private,
    };

    (void)rk;
    if (!delivery.ok && !producer->is_purging)
        atomic_store(&producer->is_broken, true);
    producer->reported++;
    if (producer->has_waves)
        kafka_lanes_report(&producer->lanes, rd_kafka_topic_name(message->rkt),
                           message->partition);
    producer->report(producer->context, &delivery);
}

static void
report_failed(struct kafka_producer *producer, const struct kafka_held *held)
{
    struct kafka_delivery delivery = {
        .code = RD_KAFKA_RESP_ERR__PURGE_QUEUE,
        .reason = rd_kafka_err2str(RD_KAFKA_RESP_ERR__PURGE_QUEUE),
        .topic = held->topic,
        .partition = held->partition,
        .opaque = held->opaque,
    };

    producer->reported++;
    producer->report(producer->context, &delivery);
}

static void
forget_held(struct kafka_producer *producer)
{
    for (uint32_t i = 0; i < KAFKA_LANES; i++) {
        struct kafka_lane *lane = &producer->lanes.at[i];
        for (struct kafka_held *held = lane->first; held; held = lane->first) {
            kafka_lane_take(&producer->lanes, lane);
            rd_kafka_headers_destroy(held->headers);
            report_failed(producer, held);
            memory_free(held);
        }
        kafka_lane_free(lane);
    }
}

/* ---- handles ------------------------------------------------------------------------------------- */

static bool
open_handle(struct kafka_producer *producer, struct error *err)
{
    rd_kafka_conf_t *conf = kafka_conf_new(&producer->settings, KAFKA_PRODUCER, NULL, err);

    if (conf) {
        rd_kafka_conf_set_opaque(conf, producer);
        rd_kafka_conf_set_dr_msg_cb(conf, on_report);
    }
    producer->rk = kafka_handle_new(conf, KAFKA_PRODUCER, err);
    atomic_store(&producer->is_broken, producer->rk == NULL);
    if (!producer->rk)
        return false;
    for (uint32_t i = 0; i < producer->settings.publish_count && i < PUBLISHED_MAX; i++)
        producer->published[i] =
            rd_kafka_topic_new(producer->rk, producer->settings.publishes[i], NULL);
    return true;
}

static void
close_handle(struct kafka_producer *producer)
{
    int64_t give_up_us = monotonic_now_us() + PURGE_MS_MAX * INT64_C(1000);

    if (!producer->rk)
        return;
    producer->is_purging = true;
    rd_kafka_purge(producer->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    while (rd_kafka_outq_len(producer->rk) > 0 && monotonic_now_us() < give_up_us)
        rd_kafka_poll(producer->rk, 10);
    forget_held(producer);
    for (uint32_t i = 0; i < PUBLISHED_MAX && producer->published[i]; i++) {
        rd_kafka_topic_destroy(producer->published[i]);
        producer->published[i] = NULL;
    }
    rd_kafka_destroy(producer->rk);
    producer->is_purging = false;
    producer->rk = NULL;
}

struct kafka_producer *
kafka_producer_new(const struct kafka_settings *settings, kafka_report *report, void *context,
                   struct error *err)
{
    struct kafka_producer *producer = memory_new(sizeof *producer);

    *producer =
        (struct kafka_producer){ .settings = *settings, .report = report, .context = context,
                                 .has_waves = settings->linger_ms > 0 };
    if (open_handle(producer, err))
        return producer;
    memory_free(producer);
    return NULL;
}

void
kafka_producer_free(struct kafka_producer *producer)
{
    if (!producer)
        return;
    close_handle(producer);
    memory_free(producer);
}

static rd_kafka_headers_t *
headers_new(const struct kafka_header *headers, uint32_t count)
{
    rd_kafka_headers_t *list = rd_kafka_headers_new(count);

    for (uint32_t i = 0; i < count && i < KAFKA_HEADERS_MAX; i++)
        rd_kafka_header_add(list, headers[i].name, -1, headers[i].value,
                            (ssize_t)headers[i].value_bytes);
    return list;
}

static rd_kafka_resp_err_t
produce(struct kafka_producer *producer, const struct kafka_outgoing *out,
        rd_kafka_headers_t *headers)
{
    rd_kafka_resp_err_t code = rd_kafka_producev(
        producer->rk, RD_KAFKA_V_TOPIC(out->topic),
        RD_KAFKA_V_PARTITION(out->partition < 0 ? RD_KAFKA_PARTITION_UA : out->partition),
        RD_KAFKA_V_KEY(out->key, out->key_bytes),
        RD_KAFKA_V_VALUE((void *)(uintptr_t)out->value, out->value_bytes),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_OPAQUE(out->opaque), RD_KAFKA_V_END);

    if (code)
        rd_kafka_headers_destroy(headers); /* taken over only on success */
    return code;
}

/* ---- waves --------------------------------------------------------------------------------------- */

static rd_kafka_resp_err_t
join_wave(struct kafka_producer *producer, struct kafka_lane *lane,
          const struct kafka_outgoing *out, rd_kafka_headers_t *headers)
{
    rd_kafka_resp_err_t code = produce(producer, out, headers);

    if (!code)
        kafka_lane_joined(&producer->lanes, lane, out->value_bytes);
    return code;
}

/* The wave before is acknowledged: what waited goes out.  What the library does not take breaks the
 * handle, as a report with an error does. */
static void
next_wave(struct kafka_producer *producer, struct kafka_lane *lane)
{
    for (struct kafka_held *held = lane->first; held && kafka_lane_fits(lane, held->value_bytes);
         held = lane->first) {
        struct kafka_outgoing out = { .topic = held->topic, .partition = held->partition,
                                      .key = held->key, .key_bytes = held->key_bytes,
                                      .value = held->value, .value_bytes = held->value_bytes,
                                      .opaque = held->opaque };
        kafka_lane_take(&producer->lanes, lane);
        if (join_wave(producer, lane, &out, held->headers)) {
            atomic_store(&producer->is_broken, true);
            report_failed(producer, held);
        }
        memory_free(held);
    }
}

static void
next_waves(struct kafka_producer *producer)
{
    bool is_any = false;

    for (uint32_t i = 0; producer->lanes.held > 0 && i < KAFKA_LANES; i++) {
        struct kafka_lane *lane = &producer->lanes.at[i];
        if (!lane->first || lane->in_flight > 0)
            continue;
        next_wave(producer, lane);
        is_any = true;
    }
    if (is_any)
        kafka_producer_sent(producer);
}

void
kafka_producer_sent(struct kafka_producer *producer)
{
    for (uint32_t i = 0; i < KAFKA_LANES; i++) {
        struct kafka_lane *lane = &producer->lanes.at[i];
        lane->is_wave_out = lane->in_flight > (lane->first ? 0 : KAFKA_WAVE_FREE);
    }
    if (producer->rk && !atomic_load(&producer->is_broken))
        (void)rd_kafka_flush(producer->rk, 1);
}

/* ---- sending, polling ---------------------------------------------------------------------------- */

bool
kafka_producer_send(struct kafka_producer *producer, const struct kafka_outgoing *out,
                    struct error *err)
{
    if (atomic_load(&producer->is_broken))
        return error_set(err, ERROR_RETRY, "Kafka: the producer is broken");
    rd_kafka_headers_t *headers = headers_new(out->headers, out->header_count);
    struct kafka_lane *lane = producer->has_waves
                                  ? kafka_lane_for(&producer->lanes, out,
                                                   producer->settings.partitions) : NULL;
    if (lane && (lane->first || !kafka_lane_fits(lane, out->value_bytes))) {
        kafka_lane_hold(&producer->lanes, lane, out, headers);
        return true;
    }
    rd_kafka_resp_err_t code = lane ? join_wave(producer, lane, out, headers)
                                    : produce(producer, out, headers);
    return code ? kafka_error(err, code, out->topic, NULL) : true;
}

uint32_t
kafka_producer_poll(struct kafka_producer *producer, int wait_ms)
{
    char reason[256];

    producer->reported = 0;
    if (!producer->rk)
        return 0;
    rd_kafka_poll(producer->rk, wait_ms);
    if (producer->has_waves)
        next_waves(producer);
    if (rd_kafka_fatal_error(producer->rk, reason, sizeof reason))
        atomic_store(&producer->is_broken, true);
    return producer->reported;
}

bool
kafka_producer_is_broken(const struct kafka_producer *producer)
{
    return atomic_load(&producer->is_broken);
}

bool
kafka_producer_rebirth(struct kafka_producer *producer, struct error *err)
{
    close_handle(producer);
    return open_handle(producer, err);
}
