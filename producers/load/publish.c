/* publish.c — publishes a workload.  Contract: publish.h */
#include "load/publish.h"
#include "runtime/cloudevents.h"
#include "runtime/kafka.h"
#include "json/json_write.h"
#include <string.h>

enum { POLL_MS = 20, ARENA_BYTES = 1 << 16 };

struct publisher {
    struct kafka_producer *producer;
    struct arena *arena;
    const char *prefix;
    int64_t sent, acknowledged;
    bool refused;
    char why[256];
};

static void
on_report(void *context, const struct kafka_delivery *delivery)
{
    struct publisher *publisher = context;
    publisher->acknowledged++;
    if (delivery->ok || publisher->refused)
        return;
    publisher->refused = true;
    snprintf(publisher->why, sizeof publisher->why, "%s: %s", delivery->topic, delivery->reason);
}

/* Waits until no more than `most` records are unacknowledged. */
static bool
drain(struct publisher *publisher, int64_t most, struct error *err)
{
    int64_t give_up_us = monotonic_now_us() + PUBLISH_ANSWER_S * INT64_C(1000000);

    while (publisher->sent - publisher->acknowledged > most && !publisher->refused) {
        if (kafka_producer_poll(publisher->producer, POLL_MS) > 0)
            give_up_us = monotonic_now_us() + PUBLISH_ANSWER_S * INT64_C(1000000);
        else if (monotonic_now_us() > give_up_us)
            return error_set(err, ERROR_RETRY, "the broker has not acknowledged anything for %d s",
                             PUBLISH_ANSWER_S);
    }
    return !publisher->refused || error_set(err, ERROR_FATAL, "not published: %s", publisher->why);
}

static struct uuid
id_of(const struct event *event, const char *key)
{
    struct uuid namespace = uuid_v5(UUID_NAMESPACE_INTENT, key, strlen(key));
    return uuid_v5(namespace, topics[event->type].name, strlen(topics[event->type].name));
}

static bool
send(struct publisher *publisher, const struct event *event, struct error *err)
{
    struct json_writer body;
    struct cloudevent_headers headers;
    char topic[256];
    const char *key = event_key(event);

    json_writer_init(&body, publisher->arena, 512);
    event_write(&body, event);
    snprintf(topic, sizeof topic, "%s%s", publisher->prefix, topics[event->type].name);
    cloudevent_headers(&(struct cloudevent){ .id = id_of(event, key),
                                             .type = topics[event->type].name,
                                             .source = "/jumun/load",
                                             .at_us = instant_now_us(),
                                             .subject = key,
                                             .subject_bytes = (uint32_t)strlen(key) },
                       &headers);
    TRY(drain(publisher, PUBLISH_UNACKNOWLEDGED_MAX, err));
    while (!kafka_producer_send(publisher->producer,
                                &(struct kafka_outgoing){ .topic = topic,
                                                          .partition = -1,
                                                          .key = key,
                                                          .key_bytes = (uint32_t)strlen(key),
                                                          .value = body.bytes,
                                                          .value_bytes = body.length,
                                                          .headers = headers.at,
                                                          .header_count = headers.count },
                                err)) {
        if (err->class != ERROR_RETRY)
            return false;
        TRY(drain(publisher, publisher->sent - publisher->acknowledged - 1, err));
    }
    publisher->sent++;
    kafka_producer_poll(publisher->producer, 0);
    arena_reset(publisher->arena, ARENA_BYTES);
    return true;
}

static bool
send_catalogue(struct publisher *publisher, const struct workload *load, struct event *event,
               struct error *err)
{
    for (int64_t i = 0; i < load->products; i++) {
        event->type = EV_PRODUCT_LISTED;
        workload_product(load, i, &event->as.product_listed);
        TRY(send(publisher, event, err));
        event->type = EV_STOCK_REPLENISHED;
        workload_stock(load, i, &event->as.stock_replenished);
        TRY(send(publisher, event, err));
    }
    for (int64_t i = 0; i < load->customers; i++) {
        event->type = EV_BALANCE_CREDITED;
        workload_credit(load, i, &event->as.balance_credited);
        TRY(send(publisher, event, err));
    }
    for (int64_t i = 0; i < load->orders; i++) {
        event->type = EV_COUPON_ISSUED;
        if (workload_coupon(load, i, &event->as.coupon_issued))
            TRY(send(publisher, event, err));
    }
    return true;
}

static bool
send_orders(struct publisher *publisher, const struct workload *load, int64_t first,
            struct event *event, struct error *err)
{
    event->type = EV_ORDER_REQUESTED;
    for (int64_t i = first; i < first + load->orders; i++) {
        workload_order(load, i, &event->as.order_requested);
        TRY(send(publisher, event, err));
    }
    return true;
}

static bool
publisher_open(struct publisher *publisher, const struct settings *settings, struct error *err)
{
    const struct kafka_settings kafka = { .bootstrap = settings->kafka,
                                          .config_file = settings->kafka_config,
                                          .client_id = "jumun-load" };
    *publisher = (struct publisher){ .prefix = settings->topic_prefix };
    publisher->producer = kafka_producer_new(&kafka, on_report, publisher, err);
    if (publisher->producer == NULL)
        return false;
    publisher->arena = arena_new(ARENA_BYTES);
    return true;
}

static void
publisher_close(struct publisher *publisher)
{
    kafka_producer_free(publisher->producer);
    arena_free(publisher->arena);
}

static bool
publish(const struct settings *settings, const struct workload *load, int64_t first_order,
        struct published *out, struct error *err)
{
    struct publisher publisher;
    struct event *event = memory_new(sizeof *event);
    int64_t started_us = monotonic_now_us();
    bool ok = publisher_open(&publisher, settings, err);

    if (ok) {
        ok = first_order < 0 ? send_catalogue(&publisher, load, event, err)
                             : send_orders(&publisher, load, first_order, event, err);
        ok = ok && drain(&publisher, 0, err);
        *out = (struct published){ publisher.acknowledged, monotonic_now_us() - started_us };
        publisher_close(&publisher);
    }
    memory_free(event);
    return ok;
}

bool
publish_catalogue(const struct settings *settings, const struct workload *load,
                  struct published *out, struct error *err)
{
    return publish(settings, load, -1, out, err);
}

bool
publish_orders(const struct settings *settings, const struct workload *load, int64_t first,
               struct published *out, struct error *err)
{
    return publish(settings, load, first, out, err);
}
