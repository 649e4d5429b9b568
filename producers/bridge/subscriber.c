/* subscriber.c — one connection that listens and a thread that waits for it; it decides nothing. */
#include "bridge/subscriber.h"
#include "base/instant.h"
#include "base/logger.h"
#include "bridge/positions.h"
#include "bridge/watch.h"
#include "runtime/news.h"
#include "runtime/pg.h"
#include <stdatomic.h>
#include <string.h>

#define CHANNEL       "jumun_timeline" /* TIMELINE_CHANNEL, which the read model's header describes */
#define WAIT_MS       200 /* for what is told; then it is looked whether to stop */
#define SILENCE_US    (5 * INT64_C(1000000)) /* after that the server is asked whether it is still there */
#define RECONNECT_MS  300
#define ANSWER_MS_MAX 5000

struct subscriber {
    struct bridge *bridge;
    struct pg *pg;
    int64_t heard_us;
    bool has_complained;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    atomic_bool stopping, is_listening;
    atomic_bool missed; /* a mail that says so is under way */
    atomic_uint mails;
    pthread_t thread;
};

enum word_kind { WORD_NEWS, WORD_MISSED };

struct word {
    struct mail mail; /* first: the mailbox hands it over */
    struct subscriber *subscriber;
    enum word_kind kind;
    char payload[];
};

/* ---- on the loop ----------------------------------------------------------------------------- */

static void
take_news(struct bridge *bridge, const char *payload)
{
    struct news_line line;

    while ((line = news_next(&payload)).kind != NEWS_NONE)
        if (line.kind == NEWS_ROW)
            watches_told(bridge, line.key, line.is_at_rest ? WATCH_AT_REST : WATCH_MOVING);
        else
            positions_learn(bridge->positions, line.type, line.partition, line.next_offset);
    positions_tell(bridge->positions);
}

static void
deliver(struct mail *mail)
{
    struct word *word = (struct word *)mail;
    struct subscriber *subscriber = word->subscriber;

    atomic_fetch_sub(&subscriber->mails, 1);
    if (word->kind == WORD_NEWS) {
        take_news(subscriber->bridge, word->payload);
    } else {
        atomic_store(&subscriber->missed, false);
        positions_ask(subscriber->bridge->positions);
        watches_missed(subscriber->bridge);
    }
    memory_free(word);
}

/* ---- to the loop ----------------------------------------------------------------------------- */

static void
post(struct subscriber *subscriber, enum word_kind kind, const char *payload)
{
    size_t bytes = strlen(payload) + 1;
    struct word *word = memory_new(sizeof *word + bytes);

    word->mail.deliver = deliver;
    word->subscriber = subscriber;
    word->kind = kind;
    memcpy(word->payload, payload, bytes);
    atomic_fetch_add(&subscriber->mails, 1);
    mailbox_post(&subscriber->bridge->mailbox, &word->mail);
}

static void
post_missed(struct subscriber *subscriber)
{
    if (!atomic_exchange(&subscriber->missed, true))
        post(subscriber, WORD_MISSED, "");
}

static void
on_payload(void *context, const char *payload)
{
    struct subscriber *subscriber = context;

    subscriber->heard_us = monotonic_now_us();
    if (atomic_load(&subscriber->mails) < SUBSCRIBER_MAILS_MAX)
        post(subscriber, WORD_NEWS, payload);
    else
        post_missed(subscriber);
}

/* ---- listening ------------------------------------------------------------------------------- */

/* What a listener does not take is kept by the server for as long as the listener is there. */
static const char server_gives_up[] = "SET tcp_user_timeout = '60s'";

static bool
begin_listening(struct subscriber *subscriber, struct error *err)
{
    if (pg_is_open(subscriber->pg))
        return true;
    TRY(pg_open(subscriber->pg, err));
    if (!pg_run(subscriber->pg, server_gives_up, NULL, PG_NOTHING, NULL, err) ||
        !pg_listen(subscriber->pg, CHANNEL, err)) {
        pg_close(subscriber->pg);
        return false;
    }
    if (subscriber->has_complained)
        log_info("the read model's news are heard again");
    subscriber->has_complained = false;
    subscriber->heard_us = monotonic_now_us();
    atomic_store(&subscriber->is_listening, true);
    post_missed(subscriber);
    return true;
}

/* A server that is gone without a farewell looks like one that has nothing to tell. */
static bool
is_there(struct subscriber *subscriber, struct error *err)
{
    if (monotonic_now_us() - subscriber->heard_us < SILENCE_US)
        return true;
    subscriber->heard_us = monotonic_now_us();
    return pg_run(subscriber->pg, "SELECT 1", NULL, PG_ROW, NULL, err);
}

static void
pause_after_failure(struct subscriber *subscriber)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += RECONNECT_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&subscriber->lock);
    if (!atomic_load(&subscriber->stopping))
        pthread_cond_timedwait(&subscriber->wake, &subscriber->lock, &until);
    pthread_mutex_unlock(&subscriber->lock);
}

static void
give_up(struct subscriber *subscriber, const struct error *err)
{
    atomic_store(&subscriber->is_listening, false);
    pg_close(subscriber->pg);
    if (!subscriber->has_complained)
        log_failure(LOG_WARN, "the read model's news are not heard: who waits asks instead", err);
    subscriber->has_complained = true;
    pause_after_failure(subscriber);
}

static void *
hear_for_ever(void *context)
{
    struct subscriber *subscriber = context;

    while (!atomic_load(&subscriber->stopping)) {
        struct error err = { .class = ERROR_NONE };

        if (!begin_listening(subscriber, &err) ||
            !pg_notified(subscriber->pg, WAIT_MS, on_payload, subscriber, &err) ||
            !is_there(subscriber, &err))
            give_up(subscriber, &err);
    }
    pg_free(subscriber->pg);
    return NULL;
}

bool
subscriber_is_listening(const struct subscriber *subscriber)
{
    return atomic_load(&subscriber->is_listening);
}

bool
subscriber_start(struct bridge *bridge, struct error *err)
{
    struct subscriber *subscriber = memory_new(sizeof *subscriber);
    const struct pg_settings settings = { .conninfo = bridge->settings.pg,
                                          .user = "jumun_bridge",
                                          .application = "jumun-bridge-subscriber",
                                          .answer_ms_max = ANSWER_MS_MAX,
                                          .read_only = true };

    bridge->subscriber = subscriber;
    subscriber->bridge = bridge;
    pthread_mutex_init(&subscriber->lock, NULL);
    pthread_cond_init(&subscriber->wake, NULL);
    subscriber->pg = pg_new(&settings);
    if (pthread_create(&subscriber->thread, NULL, hear_for_ever, subscriber) != 0)
        return error_set(err, ERROR_FATAL, "no thread to hear the read model's news");
    return true;
}

void
subscriber_stop(struct bridge *bridge)
{
    struct subscriber *subscriber = bridge->subscriber;

    atomic_store(&subscriber->stopping, true);
    pthread_mutex_lock(&subscriber->lock);
    pthread_cond_signal(&subscriber->wake);
    pthread_mutex_unlock(&subscriber->lock);
    pthread_join(subscriber->thread, NULL);
}
