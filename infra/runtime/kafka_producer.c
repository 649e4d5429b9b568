/* kafka_producer.c — the idempotent producer, and how it is born again.  Contract: kafka.h
 *
 * Only a delivery report counts.  An error report or a fatal error (librdkafka 2.0.2 has known ones)
 * breaks the handle: nothing later may go out before what failed. */
#include "runtime/kafka_private.h"
#include "base/instant.h"
#include <stdatomic.h>

#define PURGE_MS_MAX 2000

struct kafka_producer {
    struct kafka_settings settings;
    rd_kafka_t *rk;
    kafka_report *report;
    void *context;
    atomic_bool is_broken;
    bool is_purging;
    uint32_t reported; /* during one poll */
};

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
    producer->report(producer->context, &delivery);
}

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
    return producer->rk != NULL;
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
        (struct kafka_producer){ .settings = *settings, .report = report, .context = context };
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

bool
kafka_producer_send(struct kafka_producer *producer, const struct kafka_outgoing *out,
                    struct error *err)
{
    if (atomic_load(&producer->is_broken))
        return error_set(err, ERROR_RETRY, "Kafka: the producer is broken");
    rd_kafka_headers_t *headers = headers_new(out->headers, out->header_count);
    rd_kafka_resp_err_t code = rd_kafka_producev(
        producer->rk, RD_KAFKA_V_TOPIC(out->topic),
        RD_KAFKA_V_PARTITION(out->partition < 0 ? RD_KAFKA_PARTITION_UA : out->partition),
        RD_KAFKA_V_KEY(out->key, out->key_bytes),
        RD_KAFKA_V_VALUE((void *)(uintptr_t)out->value, out->value_bytes),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_OPAQUE(out->opaque), RD_KAFKA_V_END);
    if (!code)
        return true;
    rd_kafka_headers_destroy(headers); /* taken over only on success */
    return kafka_error(err, code, out->topic, NULL);
}

uint32_t
kafka_producer_poll(struct kafka_producer *producer, int wait_ms)
{
    char reason[256];

    producer->reported = 0;
    if (!producer->rk)
        return 0;
    rd_kafka_poll(producer->rk, wait_ms);
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
