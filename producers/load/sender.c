/* sender.c — Contract: sender.h */
#include "load/sender.h"
#include "runtime/cloudevents.h"
#include "runtime/kafka.h"
#include "json/json_write.h"
#include <string.h>

enum { POLL_MS = 20, ARENA_BYTES = 1 << 16 };

struct sender {
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
    struct sender *sender = context;
    sender->acknowledged++;
    if (delivery->ok || sender->refused)
        return;
    sender->refused = true;
    snprintf(sender->why, sizeof sender->why, "%s: %s", delivery->topic, delivery->reason);
}

/* Waits until no more than `most` records are unacknowledged. */
bool
sender_drain(struct sender *sender, int64_t most, struct error *err)
{
    int64_t give_up_us = monotonic_now_us() + SENDER_ANSWER_S * INT64_C(1000000);

    while (sender->sent - sender->acknowledged > most && !sender->refused) {
        if (kafka_producer_poll(sender->producer, POLL_MS) > 0)
            give_up_us = monotonic_now_us() + SENDER_ANSWER_S * INT64_C(1000000);
        else if (monotonic_now_us() > give_up_us)
            return error_set(err, ERROR_RETRY, "the broker has not acknowledged anything for %d s",
                             SENDER_ANSWER_S);
    }
    return !sender->refused || error_set(err, ERROR_FATAL, "not published: %s", sender->why);
}

/* The load's own orders have one event of a type each. */
static struct uuid
id_of(const struct event *event, const char *key)
{
    struct uuid namespace = uuid_v5(UUID_NAMESPACE_INTENT, key, strlen(key));
    return uuid_v5(namespace, topics[event->type].name, strlen(topics[event->type].name));
}

bool
sender_send(struct sender *sender, const struct event *event, struct error *err)
{
    struct json_writer body;
    struct cloudevent_headers headers;
    char topic[256];
    const char *key = event_key(event);

    json_writer_init(&body, sender->arena, 512);
    event_write(&body, event);
    snprintf(topic, sizeof topic, "%s%s", sender->prefix, topics[event->type].name);
    cloudevent_headers(&(struct cloudevent){ .id = id_of(event, key),
                                             .type = topics[event->type].name,
                                             .source = "/jumun/load",
                                             .at_us = instant_now_us(),
                                             .subject = key,
                                             .subject_bytes = (uint32_t)strlen(key) },
                       &headers);
    TRY(sender_drain(sender, SENDER_UNACKNOWLEDGED_MAX, err));
    while (!kafka_producer_send(sender->producer,
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
        TRY(sender_drain(sender, sender->sent - sender->acknowledged - 1, err));
    }
    sender->sent++;
    kafka_producer_poll(sender->producer, 0);
    arena_reset(sender->arena, ARENA_BYTES);
    return true;
}

struct sender *
sender_open(const struct settings *settings, struct error *err)
{
    const struct kafka_settings kafka = { .bootstrap = settings->kafka,
                                          .config_file = settings->kafka_config,
                                          .client_id = "jumun-load" };
    struct sender *sender = memory_new(sizeof *sender);

    *sender = (struct sender){ .prefix = settings->topic_prefix };
    sender->producer = kafka_producer_new(&kafka, on_report, sender, err);
    if (sender->producer) {
        sender->arena = arena_new(ARENA_BYTES);
        return sender;
    }
    memory_free(sender);
    return NULL;
}

void
sender_close(struct sender *sender)
{
    kafka_producer_free(sender->producer);
    arena_free(sender->arena);
    memory_free(sender);
}

int64_t
sender_acknowledged(const struct sender *sender)
{
    return sender->acknowledged;
}
