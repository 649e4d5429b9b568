/* kafka_producer.c — the idempotent producer, and how it is born again.  Contract: kafka.h
 *
 *   reports    only they count.  An error report or a fatal error (librdkafka 2.0.2 has known ones)
 *              breaks the handle: nothing later may go out before what failed
 *   waves      what is sent while a large wave is not acknowledged waits here for its reports.  librdkafka
 *              2.0.2 takes messages in flight for requests in flight: with five of a partition on their way it
 *              sends none of the next, and asks itself again without a pause until the first are
 *              acknowledged, a core's worth of questions (docs/decisions/0007) */
#include "runtime/kafka_private.h"
#include "base/instant.h"
#include <stdatomic.h>
#include <string.h>

#define PURGE_MS_MAX  2000
#define PUBLISHED_MAX 64
#define WAVE_FREE    64     /* so few in flight hold nothing back */
#define WAVE_BYTES   160000 /* of one partition: below batch.size, so that it goes out as one request */
#define WAVE_PARTS   64     /* partitions whose bytes are counted; of more, some share a count */
#define RECORD_EXTRA 512    /* headers and framing of a record, about */

struct held { /* a message that waits for the wave before it */
    struct held *next;
    rd_kafka_headers_t *headers;
    void *opaque;
    int32_t partition;
    uint32_t key_bytes, value_bytes;
    char *key, *value; /* behind the topic; key NULL: none */
    char topic[];
};

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
    uint64_t in_flight; /* with the library, not reported */
    bool is_wave_out;   /* a large one, or a full one */
    uint32_t wave_bytes[WAVE_PARTS];
    struct held *first, *last;
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
        producer->in_flight--;
    producer->report(producer->context, &delivery);
}

static void
report_failed(struct kafka_producer *producer, const struct held *held)
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
take_held(struct kafka_producer *producer)
{
    producer->first = producer->first->next;
    if (!producer->first)
        producer->last = NULL;
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
    for (struct held *held = producer->first; held; held = producer->first) {
        take_held(producer);
        rd_kafka_headers_destroy(held->headers);
        report_failed(producer, held);
        memory_free(held);
    }
    for (uint32_t i = 0; i < PUBLISHED_MAX && producer->published[i]; i++) {
        rd_kafka_topic_destroy(producer->published[i]);
        producer->published[i] = NULL;
    }
    rd_kafka_destroy(producer->rk);
    producer->in_flight = 0;
    producer->is_wave_out = false;
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
    else if (producer->has_waves)
        producer->in_flight++;
    return code;
}

/* ---- waves --------------------------------------------------------------------------------------- */

static void
hold(struct kafka_producer *producer, const struct kafka_outgoing *out,
     rd_kafka_headers_t *headers)
{
    size_t topic_bytes = strlen(out->topic) + 1;
    struct held *held =
        memory_new(sizeof *held + topic_bytes + out->key_bytes + out->value_bytes);

    *held = (struct held){ .headers = headers, .opaque = out->opaque,
                           .partition = out->partition, .key_bytes = out->key_bytes,
                           .value_bytes = out->value_bytes };
    memcpy(held->topic, out->topic, topic_bytes);
    held->key = out->key ? held->topic + topic_bytes : NULL;
    held->value = out->value ? held->topic + topic_bytes + out->key_bytes : NULL;
    if (held->key)
        memcpy(held->key, out->key, out->key_bytes);
    if (held->value)
        memcpy(held->value, out->value, out->value_bytes);
    if (producer->last)
        producer->last->next = held;
    else
        producer->first = held;
    producer->last = held;
}

/* Bytes of this wave for the partition of out; partitions without a number share a count per topic. */
static uint32_t *
wave_bytes_of(struct kafka_producer *producer, const struct kafka_outgoing *out)
{
    uint32_t hash = (uint32_t)out->partition * 7;

    for (const char *c = out->topic; *c; c++)
        hash = hash * 31 + (unsigned char)*c;
    return &producer->wave_bytes[hash % WAVE_PARTS];
}

static bool
fits_wave(struct kafka_producer *producer, const struct kafka_outgoing *out)
{
    uint32_t *bytes = wave_bytes_of(producer, out), wanted = out->value_bytes + RECORD_EXTRA;

    if (producer->is_wave_out || (*bytes > 0 && *bytes + wanted > WAVE_BYTES))
        return false;
    *bytes += wanted;
    return true;
}

/* The wave before is acknowledged: what waited goes out.  What the library does not take breaks the
 * handle, as a report with an error does. */
static void
next_wave(struct kafka_producer *producer)
{
    if (producer->in_flight > 0)
        return;
    memset(producer->wave_bytes, 0, sizeof producer->wave_bytes);
    producer->is_wave_out = false;
    for (struct held *held = producer->first; held; held = producer->first) {
        struct kafka_outgoing out = { .topic = held->topic, .partition = held->partition,
                                      .key = held->key, .key_bytes = held->key_bytes,
                                      .value = held->value, .value_bytes = held->value_bytes,
                                      .opaque = held->opaque };
        if (!fits_wave(producer, &out))
            break;
        take_held(producer);
        if (produce(producer, &out, held->headers)) {
            atomic_store(&producer->is_broken, true);
            report_failed(producer, held);
        }
        memory_free(held);
    }
    if (producer->in_flight > 0)
        kafka_producer_sent(producer);
}

void
kafka_producer_sent(struct kafka_producer *producer)
{
    producer->is_wave_out = producer->first || producer->in_flight > WAVE_FREE;
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
    if (producer->has_waves && (producer->first || !fits_wave(producer, out))) {
        producer->is_wave_out = true;
        hold(producer, out, headers);
        return true;
    }
    rd_kafka_resp_err_t code = produce(producer, out, headers);
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
        next_wave(producer);
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
