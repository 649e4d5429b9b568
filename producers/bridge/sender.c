/* sender.c — queued by the loop, sent by a thread in waves, rebirth when the broker is silent.
 *
 *   list     all that is unacknowledged, queued or sent
 *   waves    what is queued while a wave is unacknowledged is the next wave: under load many go in one
 *            request, alone one goes at once (why not all at once: infra/runtime/kafka_producer.c)
 *   reports  and what is done when none come */
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
#define LINGER_MS        5  /* never waited for: a wave ends by saying so */
#define REPORT_MS        5  /* between two looks whether a wave may go although the last one is not acknowledged */
#define WAVE_US_MAX      (100 * INT64_C(1000)) /* a partition without leader does not hold up the others */

struct sender {
    struct arena *names; /* of topics */
    struct mailbox *mailbox;
    const char *topics[EV_COUNT]; /* with the prefix */
    struct kafka_producer *producer;
    pthread_mutex_t lock;
    pthread_cond_t wake;                 /* something is queued, or it is time to stop */
    struct publication *oldest, *newest; /* unacknowledged */
    struct publication *queue, **queue_end;
    uint32_t count;
    pthread_t thread;
    uint32_t in_flight; /* the thread's: sent and not reported */
    int64_t wave_us;    /* … when the last wave went */
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
        publication->next_queued = NULL;
        *sender->queue_end = publication;
        sender->queue_end = &publication->next_queued;
        pthread_cond_signal(&sender->wake);
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

static struct publication *
take_queue(struct sender *sender)
{
    struct publication *queue;

    pthread_mutex_lock(&sender->lock);
    queue = sender->queue;
    sender->queue = NULL;
    sender->queue_end = &sender->queue;
    pthread_mutex_unlock(&sender->lock);
    return queue;
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

void
sender_send(struct bridge *bridge, struct publication *publication)
{
    struct sender *sender = bridge->sender;

    publication->mail.deliver = deliver;
    publication->sender = sender;
    publication->sent_us = monotonic_now_us();
    if (!append(sender, publication))
        refuse(sender, publication, "too many unacknowledged publications");
}

/* ---- waves ----------------------------------------------------------------------------------- */

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

static void
give_back(struct sender *sender, struct publication *publication, const char *reason)
{
    take_out(sender, publication);
    refuse(sender, publication, reason);
}

static bool
may_send(const struct sender *sender)
{
    return sender->in_flight == 0 || monotonic_now_us() - sender->wave_us > WAVE_US_MAX;
}

static void
send_wave(struct sender *sender)
{
    struct publication *next, *queue = may_send(sender) ? take_queue(sender) : NULL;

    if (queue == NULL)
        return;
    for (struct publication *publication = queue; publication != NULL; publication = next) {
        struct error err = { .class = ERROR_NONE };
        next = publication->next_queued; /* its caller may have freed it once it is sent */
        sender->in_flight++;
        if (produce(sender, publication, &err))
            continue;
        sender->in_flight--;
        give_back(sender, publication, err.message);
    }
    sender->wave_us = monotonic_now_us();
    kafka_producer_sent(sender->producer);
}

/* ---- reports --------------------------------------------------------------------------------- */

static void
on_report(void *context, const struct kafka_delivery *delivery)
{
    struct sender *sender = context;
    struct publication *publication = delivery->opaque;

    take_out(sender, publication);
    sender->in_flight--;
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
    if (!kafka_producer_rebirth(sender->producer, &err))
        log_failure(LOG_ERROR, "the producer could not be made anew", &err);
    for (struct publication *next, *waits = take_queue(sender); waits != NULL; waits = next) {
        next = waits->next_queued;
        give_back(sender, waits, "the producer was made anew");
    }
}

/* For reports of what is on its way; else for something to send. */
static void
wait_a_little(struct sender *sender)
{
    struct timespec until;

    if (sender->in_flight > 0) {
        kafka_producer_poll(sender->producer, REPORT_MS);
        return;
    }
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += POLL_MS * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_mutex_lock(&sender->lock);
    if (sender->queue == NULL && !atomic_load(&sender->stopping))
        pthread_cond_timedwait(&sender->wake, &sender->lock, &until);
    pthread_mutex_unlock(&sender->lock);
    kafka_producer_poll(sender->producer, 0);
}

static void *
send_for_ever(void *context)
{
    struct sender *sender = context;
    int64_t reborn_us = 0;

    while (!atomic_load(&sender->stopping)) {
        send_wave(sender);
        wait_a_little(sender);
        if (!kafka_producer_is_broken(sender->producer) && !is_silent(sender))
            continue;
        if (monotonic_now_us() - reborn_us < REBIRTH_PAUSE_US)
            continue;
        begin_anew(sender);
        reborn_us = monotonic_now_us();
    }
    return NULL;
}

static void
open_wake(struct sender *sender)
{
    pthread_condattr_t monotonic;

    pthread_mutex_init(&sender->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&sender->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

static void
stop_thread(struct sender *sender)
{
    atomic_store(&sender->stopping, true);
    pthread_mutex_lock(&sender->lock);
    pthread_cond_signal(&sender->wake);
    pthread_mutex_unlock(&sender->lock);
    pthread_join(sender->thread, NULL);
}

bool
sender_start(struct bridge *bridge, struct error *err)
{
    struct sender *sender = memory_new(sizeof *sender);
    const char *published[EV_COUNT];
    struct kafka_settings settings = { .bootstrap = bridge->settings.kafka,
                                       .config_file = bridge->settings.kafka_config,
                                       .client_id = "jumun-bridge",
                                       .linger_ms = LINGER_MS,
                                       .partitions = (uint32_t)bridge->settings.partitions };

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
    sender->queue_end = &sender->queue;
    open_wake(sender);
    sender->producer = kafka_producer_new(&settings, on_report, sender, err);
    if (sender->producer == NULL)
        return false;
    if (pthread_create(&sender->thread, NULL, send_for_ever, sender) != 0)
        return error_set(err, ERROR_FATAL, "no thread for the sender");
    return true;
}

void
sender_stop(struct bridge *bridge, int64_t until_us)
{
    struct sender *sender = bridge->sender;

    stop_thread(sender);
    while (outstanding(sender) > 0 && monotonic_now_us() < until_us) {
        send_wave(sender);
        kafka_producer_poll(sender->producer, REPORT_MS);
    }
    kafka_producer_free(sender->producer);
    arena_free(sender->names);
}
