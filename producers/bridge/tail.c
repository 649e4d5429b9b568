/* tail.c — one reader thread; it decides nothing. */
#include "bridge/tail.h"
#include "base/instant.h"
#include "base/logger.h"
#include "bridge/watch.h"
#include "runtime/kafka.h"
#include <stdatomic.h>
#include <string.h>

#define POLL_MS         20
#define RESTART_US      (5 * INT64_C(1000000)) /* at most so often because of lag */
#define FAILURE_WAIT_US (200 * INT64_C(1000))

struct tail {
    struct arena *memory; /* names of topics */
    struct bridge *bridge;
    struct kafka_consumer *reader;
    struct kafka_partition *ends;
    uint32_t end_count;
    const char *names[EV_COUNT]; /* with the prefix; NULL: not read */
    const char *seen[EV_COUNT];  /* the same as the reader's own pointers */
    bool reading;
    int64_t idle_since_us, started_us;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    atomic_bool stopping;
    atomic_uint mails;
    atomic_bool missed; /* a mail that says so is under way */
    pthread_t thread;
};

struct sighting {
    struct mail mail; /* first: the mailbox hands it over */
    struct tail *tail;
    bool missed;
    char order_id[37];
    struct target_offset target;
};

/* ---- to the loop ----------------------------------------------------------------------------- */

static void
deliver(struct mail *mail)
{
    struct sighting *sighting = (struct sighting *)mail;
    struct tail *tail = sighting->tail;

    atomic_fetch_sub(&tail->mails, 1);
    if (sighting->missed) {
        atomic_store(&tail->missed, false);
        watches_missed(tail->bridge);
    } else {
        watches_saw(tail->bridge, sighting->order_id, sighting->target);
    }
    memory_free(sighting);
}

static struct sighting *
sighting_new(struct tail *tail)
{
    struct sighting *sighting = memory_new(sizeof *sighting);

    sighting->mail.deliver = deliver;
    sighting->tail = tail;
    atomic_fetch_add(&tail->mails, 1);
    return sighting;
}

static void
tell_missed(struct tail *tail)
{
    struct sighting *sighting;

    if (atomic_exchange(&tail->missed, true))
        return;
    sighting = sighting_new(tail);
    sighting->missed = true;
    mailbox_post(&tail->bridge->mailbox, &sighting->mail);
}

/* The reader gives one pointer per topic: names are compared once. */
static enum event_type
type_of(struct tail *tail, const char *topic)
{
    for (unsigned type = 0; type < EV_COUNT; type++)
        if (tail->seen[type] == topic)
            return (enum event_type)type;
    for (unsigned type = 0; type < EV_COUNT; type++)
        if (tail->names[type] != NULL && strcmp(tail->names[type], topic) == 0) {
            tail->seen[type] = topic;
            return (enum event_type)type;
        }
    return EV_NONE;
}

static void
on_record(struct tail *tail, const struct kafka_record *record)
{
    struct sighting *sighting;

    if (record->key == NULL || record->key_bytes != sizeof sighting->order_id - 1 ||
        !watches_wants(tail->bridge->watches, record->key, record->key_bytes))
        return;
    if (atomic_load(&tail->mails) >= TAIL_MAILS_MAX) {
        tell_missed(tail);
        return;
    }
    sighting = sighting_new(tail);
    memcpy(sighting->order_id, record->key, record->key_bytes);
    sighting->target = (struct target_offset){ type_of(tail, record->topic), record->partition,
                                               record->offset + 1 };
    mailbox_post(&tail->bridge->mailbox, &sighting->mail);
}

/* ---- reading --------------------------------------------------------------------------------- */

static void
start_at_end(struct tail *tail)
{
    struct error err = { .class = ERROR_NONE };

    tail->reading = kafka_consumer_start(tail->reader, tail->ends, tail->end_count, &err);
    tail->started_us = tail->idle_since_us = monotonic_now_us();
    if (!tail->reading)
        log_failure(LOG_WARN, "the topics' ends cannot be followed", &err);
    tell_missed(tail);
}

static bool
lags(const struct tail *tail, const struct kafka_record *record)
{
    return instant_now_us() - record->at_ms * 1000 > TAIL_LAG_US &&
           monotonic_now_us() - tail->started_us > RESTART_US;
}

static void
pause_after_failure(struct tail *tail)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += FAILURE_WAIT_US * 1000;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&tail->lock);
    if (!atomic_load(&tail->stopping))
        pthread_cond_timedwait(&tail->wake, &tail->lock, &until);
    pthread_mutex_unlock(&tail->lock);
}

static void
read_once(struct tail *tail)
{
    struct error err = { .class = ERROR_NONE };
    struct kafka_record record;
    bool behind;

    switch (kafka_consumer_poll(tail->reader, POLL_MS, &record, &err)) {
    case KAFKA_RECORD:
        on_record(tail, &record);
        behind = lags(tail, &record);
        kafka_record_release(&record);
        if (behind)
            start_at_end(tail);
        return;
    case KAFKA_FAILED:
        tail->reading = false; /* begins again at the end */
        pause_after_failure(tail);
        return;
    case KAFKA_NOTHING:
    case KAFKA_END:
        return;
    }
}

static bool
is_wanted(struct tail *tail)
{
    int64_t now_us = monotonic_now_us();

    if (watches_count(tail->bridge->watches) > 0)
        tail->idle_since_us = now_us;
    return now_us - tail->idle_since_us < TAIL_REST_US;
}

static void
rest(struct tail *tail)
{
    if (tail->reading)
        kafka_consumer_pause(tail->reader);
    tail->reading = false;
    pthread_mutex_lock(&tail->lock);
    while (!atomic_load(&tail->stopping) && watches_count(tail->bridge->watches) == 0)
        pthread_cond_wait(&tail->wake, &tail->lock);
    pthread_mutex_unlock(&tail->lock);
    tail->idle_since_us = monotonic_now_us();
}

static void *
read_for_ever(void *context)
{
    struct tail *tail = context;

    while (!atomic_load(&tail->stopping)) {
        if (!is_wanted(tail))
            rest(tail);
        else if (!tail->reading)
            start_at_end(tail);
        if (tail->reading)
            read_once(tail);
    }
    /* The reader is left to the end of the process: librdkafka 2.0.2 sometimes never comes back from
     * closing one that reads from the end, and it holds nothing that would have to be written. */
    return NULL;
}

void
tail_wake(struct tail *tail)
{
    pthread_mutex_lock(&tail->lock);
    pthread_cond_signal(&tail->wake);
    pthread_mutex_unlock(&tail->lock);
}

static void
list_ends(struct tail *tail)
{
    int32_t partitions = (int32_t)tail->bridge->settings.partitions;

    tail->ends = memory_new((size_t)partitions * EV_COUNT * sizeof *tail->ends);
    for (unsigned type = 0; type < EV_COUNT; type++) {
        if (!topics[type].has_topic || topics[type].key != KEY_ORDER)
            continue;
        tail->names[type] = arena_printf(tail->memory, "%s%s", tail->bridge->settings.topic_prefix,
                                         topics[type].name);
        for (int32_t partition = 0; partition < partitions; partition++)
            tail->ends[tail->end_count++] =
                (struct kafka_partition){ tail->names[type], partition, KAFKA_OFFSET_END };
    }
}

bool
tail_start(struct bridge *bridge, struct error *err)
{
    struct tail *tail = memory_new(sizeof *tail);
    const struct kafka_settings settings = { .bootstrap = bridge->settings.kafka,
                                             .config_file = bridge->settings.kafka_config,
                                             .client_id = "jumun-bridge-tail" };

    bridge->tail = tail;
    tail->bridge = bridge;
    pthread_mutex_init(&tail->lock, NULL);
    pthread_cond_init(&tail->wake, NULL);
    tail->memory = arena_new(4096);
    list_ends(tail);
    tail->reader = kafka_reader_new(&settings, NULL, err);
    if (tail->reader == NULL)
        return false;
    tail->idle_since_us = monotonic_now_us() - TAIL_REST_US;
    if (pthread_create(&tail->thread, NULL, read_for_ever, tail) != 0)
        return error_set(err, ERROR_FATAL, "no thread for the tail");
    return true;
}

void
tail_stop(struct bridge *bridge)
{
    struct tail *tail = bridge->tail;

    atomic_store(&tail->stopping, true);
    tail_wake(tail);
    pthread_join(tail->thread, NULL);
    arena_free(tail->memory);
}
