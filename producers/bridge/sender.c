/* sender.c — sending from the loop, reports from a thread, rebirth when the broker is silent. */
#include "bridge/sender.h"
#include "base/instant.h"
#include "base/logger.h"
#include "bridge/metering.h"
#include "runtime/cloudevents.h"
#include "runtime/fault.h"
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define POLL_MS          100
#define REBIRTH_PAUSE_US (200 * INT64_C(1000))

struct sender {
    struct arena *names; /* of topics */
    struct mailbox *mailbox;
    const char *topics[EV_COUNT]; /* with the prefix */
    struct kafka_producer *producer;
    pthread_mutex_t producing; /* held while sending, and while the producer is made anew */
    pthread_mutex_t lock;
    struct publication *oldest, *newest; /* unacknowledged */
    uint32_t count;
    pthread_t thread;
    atomic_bool stopping;
};

/* ---- the list of what is unacknowledged ------------------------------------------------------ */

static bool
append(struct sender *sender, struct publication *publication)
{
    bool fits;

    pthread_mutex_lock(&sender->lock);
    fits = sender->count < PUBLICATIONS_MAX;
    if (fits) {
        publication->older = sender->newest;
        publication->newer = NULL;
        if (publication->older != NULL)
            publication->older->newer = publication;
        else
            sender->oldest = publication;
        sender->newest = publication;
        sender->count++;
    }
    pthread_mutex_unlock(&sender->lock);
    return fits;
}

static void
take_out(struct sender *sender, struct publication *publication)
{
    pthread_mutex_lock(&sender->lock);
    if (publication->older != NULL)
        publication->older->newer = publication->newer;
    else
        sender->oldest = publication->newer;
    if (publication->newer != NULL)
        publication->newer->older = publication->older;
    else
        sender->newest = publication->older;
    sender->count--;
    pthread_mutex_unlock(&sender->lock);
}

static bool
is_silent(struct sender *sender)
{
    bool silent;

    pthread_mutex_lock(&sender->lock);
    silent =
        sender->oldest != NULL && monotonic_now_us() - sender->oldest->sent_us > PUBLISH_US_MAX;
    pthread_mutex_unlock(&sender->lock);
    return silent;
}

static uint32_t
outstanding(struct sender *sender)
{
    uint32_t count;

    pthread_mutex_lock(&sender->lock);
    count = sender->count;
    pthread_mutex_unlock(&sender->lock);
    return count;
}

/* ---- the loop's side ------------------------------------------------------------------------- */

static void
deliver(struct mail *mail)
{
    struct publication *publication = (struct publication *)mail;

    metering_published(publication->type, publication->ok,
                       monotonic_now_us() - publication->sent_us);
    publication->done(publication);
}

static void
refuse(struct sender *sender, struct publication *publication, const char *reason)
{
    publication->ok = false;
    snprintf(publication->reason, sizeof publication->reason, "%.127s", reason);
    mailbox_post(sender->mailbox, &publication->mail);
}

static bool
produce(struct sender *sender, struct publication *publication, struct error *err)
{
    struct cloudevent_headers headers;
    const struct cloudevent event = { .id = publication->id,
                                      .type = topics[publication->type].name,
                                      .source = "/jumun/bridge",
                                      .at_us = instant_now_us(),
                                      .subject = publication->key,
                                      .subject_bytes = (uint32_t)strlen(publication->key),
                                      .traceparent = publication->traceparent };

    cloudevent_headers(&event, &headers);
    const struct kafka_outgoing outgoing = {
        .topic = sender->topics[publication->type],
        .partition = -1,
        .key = publication->key,
        .key_bytes = (uint32_t)strlen(publication->key),
        .value = publication->value,
        .value_bytes = publication->value_bytes,
        .headers = headers.at,
        .header_count = headers.count,
        .opaque = publication,
    };

    bool ok = kafka_producer_send(sender->producer, &outgoing, err);
    FAULT_POINT("request_sent");
    return ok;
}

void
sender_send(struct bridge *bridge, struct publication *publication)
{
    struct sender *sender = bridge->sender;
    struct error err = { .class = ERROR_NONE };
    bool ok;

    publication->mail.deliver = deliver;
    publication->sender = sender;
    publication->sent_us = monotonic_now_us();
    /* The loop never waits: while the producer is being made anew the broker is as good as away. */
    if (pthread_mutex_trylock(&sender->producing) != 0) {
        refuse(sender, publication, "the producer is being made anew");
        return;
    }
    if (!append(sender, publication)) {
        pthread_mutex_unlock(&sender->producing);
        refuse(sender, publication, "too many unacknowledged publications");
        return;
    }
    ok = produce(sender, publication, &err);
    if (!ok)
        take_out(sender, publication);
    pthread_mutex_unlock(&sender->producing);
    if (!ok)
        refuse(sender, publication, err.message);
}

/* ---- the thread's side ----------------------------------------------------------------------- */

static void
on_report(void *context, const struct kafka_delivery *delivery)
{
    struct sender *sender = context;
    struct publication *publication = delivery->opaque;

    take_out(sender, publication);
    publication->ok = delivery->ok;
    publication->partition = delivery->partition;
    publication->offset = delivery->offset;
    if (!delivery->ok)
        snprintf(publication->reason, sizeof publication->reason, "%.127s",
                 delivery->reason != NULL ? delivery->reason : "not acknowledged");
    if (delivery->ok)
        FAULT_POINT("request_acknowledged");
    mailbox_post(sender->mailbox, &publication->mail);
}

static void
begin_anew(struct sender *sender)
{
    struct error err = { .class = ERROR_NONE };

    log_warn("the broker does not acknowledge: what is in flight is given up",
             F_INT("publications", outstanding(sender)));
    pthread_mutex_lock(&sender->producing);
    if (!kafka_producer_rebirth(sender->producer, &err))
        log_failure(LOG_ERROR, "the producer could not be made anew", &err);
    pthread_mutex_unlock(&sender->producing);
}

static void *
report_for_ever(void *context)
{
    struct sender *sender = context;
    int64_t reborn_us = 0;

    while (!atomic_load(&sender->stopping)) {
        kafka_producer_poll(sender->producer, POLL_MS);
        if (!kafka_producer_is_broken(sender->producer) && !is_silent(sender))
            continue;
        if (monotonic_now_us() - reborn_us < REBIRTH_PAUSE_US)
            continue;
        begin_anew(sender);
        reborn_us = monotonic_now_us();
    }
    return NULL;
}

bool
sender_start(struct bridge *bridge, struct error *err)
{
    struct sender *sender = memory_new(sizeof *sender);
    const char *published[EV_COUNT];
    struct kafka_settings settings = { .bootstrap = bridge->settings.kafka,
                                       .config_file = bridge->settings.kafka_config,
                                       .client_id = "jumun-bridge" };

    bridge->sender = sender;
    sender->mailbox = &bridge->mailbox;
    sender->names = arena_new(4096);
    for (unsigned type = 0; type < EV_COUNT; type++) {
        if (topics[type].name == NULL)
            continue;
        sender->topics[type] = arena_printf(sender->names, "%s%s", bridge->settings.topic_prefix,
                                            topics[type].name);
        if (topics[type].has_topic && topics[type].producers & PARTY_BRIDGE)
            published[settings.publish_count++] = sender->topics[type];
    }
    settings.publishes = arena_copy(sender->names, published,
                                    sizeof *published * settings.publish_count);
    pthread_mutex_init(&sender->producing, NULL);
    pthread_mutex_init(&sender->lock, NULL);
    sender->producer = kafka_producer_new(&settings, on_report, sender, err);
    if (sender->producer == NULL)
        return false;
    if (pthread_create(&sender->thread, NULL, report_for_ever, sender) != 0)
        return error_set(err, ERROR_FATAL, "no thread for the sender");
    return true;
}

void
sender_stop(struct bridge *bridge, int64_t until_us)
{
    struct sender *sender = bridge->sender;

    atomic_store(&sender->stopping, true);
    pthread_join(sender->thread, NULL);
    while (outstanding(sender) > 0 && monotonic_now_us() < until_us)
        kafka_producer_poll(sender->producer, POLL_MS);
    kafka_producer_free(sender->producer);
    arena_free(sender->names);
}
