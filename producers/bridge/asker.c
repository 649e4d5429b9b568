/* asker.c — a list of asks and a thread that answers all of them with one request. */
#include "bridge/asker.h"
#include "base/instant.h"
#include "base/logger.h"
#include "runtime/kafka.h"
#include <unistd.h>

#define ASK_AGAIN_US_MAX   (1 * INT64_C(1000000))
#define ASK_AGAIN_PAUSE_US 20000

const enum event_type ASK_TYPES[ASK_TOPICS] = { EV_ORDER_REQUESTED, EV_COUPON_SELECTED,
                                                EV_SHIPPING_SUBMITTED, EV_PAYMENT_REQUESTED,
                                                EV_CANCEL_REQUESTED };

struct asker {
    struct arena *names; /* of topics */
    struct mailbox *mailbox;
    struct kafka_consumer *reader;
    const char *topics[ASK_TOPICS];
    int32_t partitions;
    struct kafka_partition *at; /* all partitions of all ASK_TOPICS */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct ask *waiting;
    uint32_t count;
    bool stopping;
    pthread_t thread;
};

static void
deliver(struct mail *mail)
{
    struct ask *ask = (struct ask *)mail;

    ask->done(ask);
}

void
asker_ask(struct bridge *bridge, struct ask *ask)
{
    struct asker *asker = bridge->asker;
    bool fits;

    ask->mail.deliver = deliver;
    ask->ok = false;
    pthread_mutex_lock(&asker->lock);
    fits = asker->count < ASKS_MAX && !asker->stopping && ask->partition < asker->partitions;
    if (fits) {
        ask->next = asker->waiting;
        asker->waiting = ask;
        asker->count++;
        pthread_cond_signal(&asker->wake);
    }
    pthread_mutex_unlock(&asker->lock);
    if (!fits)
        mailbox_post(asker->mailbox, &ask->mail);
}

static struct ask *
take_all(struct asker *asker)
{
    struct ask *asks;

    pthread_mutex_lock(&asker->lock);
    while (asker->waiting == NULL && !asker->stopping)
        pthread_cond_wait(&asker->wake, &asker->lock);
    asks = asker->waiting;
    asker->waiting = NULL;
    asker->count = 0;
    pthread_mutex_unlock(&asker->lock);
    return asks;
}

/* The partitions that were asked about, each once. */
static uint32_t
fill_question(struct asker *asker, const struct ask *asks, int32_t *place)
{
    uint32_t count = 0;

    for (int32_t i = 0; i < asker->partitions; i++)
        place[i] = -1;
    for (; asks != NULL; asks = asks->next) {
        if (place[asks->partition] >= 0)
            continue;
        place[asks->partition] = (int32_t)count;
        for (unsigned i = 0; i < ASK_TOPICS; i++)
            asker->at[count++] =
                (struct kafka_partition){ asker->topics[i], asks->partition, KAFKA_OFFSET_NONE };
    }
    return count;
}

static void
answer(struct asker *asker, struct ask *asks, const int32_t *place, bool ok)
{
    while (asks != NULL) {
        struct ask *next = asks->next; /* posting gives the ask away */

        asks->ok = ok;
        for (unsigned i = 0; ok && i < ASK_TOPICS; i++)
            asks->ends[i] = asker->at[(uint32_t)place[asks->partition] + i].offset;
        mailbox_post(asker->mailbox, &asks->mail);
        asks = next;
    }
}

/* Leaders move and metadata grows old: what may be better a moment later is asked again, for a
 * while. */
static bool
ask_broker(struct asker *asker, uint32_t count)
{
    struct error err = { .class = ERROR_NONE };
    int64_t until_us = monotonic_now_us() + ASK_AGAIN_US_MAX;

    while (!kafka_offsets(asker->reader, KAFKA_OFFSET_END, asker->at, count, &err)) {
        if (monotonic_now_us() > until_us) {
            log_failure(LOG_WARN, "the broker does not tell its end offsets", &err);
            return false;
        }
        usleep(ASK_AGAIN_PAUSE_US);
    }
    return true;
}

static void *
answer_for_ever(void *context)
{
    struct asker *asker = context;
    int32_t *place = memory_new((size_t)asker->partitions * sizeof *place);
    struct ask *asks;

    while ((asks = take_all(asker)) != NULL) {
        uint32_t count = fill_question(asker, asks, place);

        answer(asker, asks, place, ask_broker(asker, count));
    }
    memory_free(place);
    kafka_consumer_free(asker->reader);
    return NULL;
}

bool
asker_start(struct bridge *bridge, struct error *err)
{
    struct asker *asker = memory_new(sizeof *asker);
    const struct kafka_settings settings = { .bootstrap = bridge->settings.kafka,
                                             .config_file = bridge->settings.kafka_config,
                                             .client_id = "jumun-bridge-asker" };

    bridge->asker = asker;
    asker->mailbox = &bridge->mailbox;
    asker->names = arena_new(1024);
    asker->partitions = (int32_t)bridge->settings.partitions;
    asker->at = memory_new((size_t)asker->partitions * ASK_TOPICS * sizeof *asker->at);
    for (unsigned i = 0; i < ASK_TOPICS; i++)
        asker->topics[i] = arena_printf(asker->names, "%s%s", bridge->settings.topic_prefix,
                                        topics[ASK_TYPES[i]].name);
    pthread_mutex_init(&asker->lock, NULL);
    pthread_cond_init(&asker->wake, NULL);
    asker->reader = kafka_reader_new(&settings, NULL, err);
    if (asker->reader == NULL)
        return false;
    if (pthread_create(&asker->thread, NULL, answer_for_ever, asker) != 0)
        return error_set(err, ERROR_FATAL, "no thread for asking the broker");
    return true;
}

void
asker_stop(struct bridge *bridge)
{
    struct asker *asker = bridge->asker;

    pthread_mutex_lock(&asker->lock);
    asker->stopping = true;
    pthread_cond_signal(&asker->wake);
    pthread_mutex_unlock(&asker->lock);
    pthread_join(asker->thread, NULL);
    arena_free(asker->names);
}
