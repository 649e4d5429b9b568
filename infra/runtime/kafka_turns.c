/* kafka_turns.c — in which order a member reads its partitions: what is begun is finished first.
 *
 * Why        librdkafka's one queue hands records out as they were fetched, a thousand and more of one topic at
 *            a time.  Read like that, a member that is behind meets the events of one order far apart: the
 *            read model wrote seven rows for an order where two will do.
 * Order      The last topic of the saga comes first, so that orders leave before new ones are begun.  A record
 *            whose cause lies ready unread in another partition waits for it; so under backlog the events of
 *            an order come together, causes first.  Within a partition the log's own order; between
 *            partitions nobody promises any, so all this is about cost alone.
 * Lateness   what is late anyway may be a little later: where records are asked for by what they caused, the next
 *            ones wait for that too, at most a quarter of the lateness and HOLD_MS_MAX.  So the read model
 *            writes an order of a backlog once, not at each of its steps; with nothing late nothing waits.
 * Fairness   each round first takes a few records of every partition, and another partition number leads: under
 *            backlog a batch's events are of few partitions and make few requests, the next one's of others.
 *
 * Contract   kafka_private.h */
#include "base/instant.h"
#include "runtime/kafka_shares.h"
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROUND_RECORDS 500
#define ROUND_EACH    2 /* every partition gets at least so many */
#define RUN_RECORDS   8 /* of one partition, before those behind it in the saga are looked at again */
#define LATE_MS       2000 /* what begins a chain is older than this when it is read: a backlog */
#define HOLD_MS_MAX   1000
#define HOLD_SHARE    4
#define CHAIN_MAX     16 /* a cause's cause's cause … */

/* ---- causes -------------------------------------------------------------------------------------- */

/* "topic/partition/offset" → the share and the offset; NULL: of none of ours. */
static struct kafka_share *
read_cause(struct kafka_consumer *consumer, const char *cause, size_t bytes, int64_t *offset)
{
    char text[300];
    const char *slash = memchr(cause, '/', bytes);

    if (!slash || bytes >= sizeof text)
        return NULL;
    memcpy(text, cause, bytes);
    text[bytes] = '\0';
    char *topic_end = text + (slash - cause), *rest;
    *topic_end = '\0';
    long partition = strtol(topic_end + 1, &rest, 10);
    *offset = *rest == '/' ? strtoll(rest + 1, NULL, 10) : 0;
    return kafka_share_of(consumer, text, partition);
}

static void
find_cause(struct kafka_consumer *consumer, struct kafka_share *share)
{
    rd_kafka_headers_t *headers;
    const void *value;
    size_t bytes;

    share->cause = NULL;
    if (!share->head->err && !rd_kafka_message_headers(share->head, &headers) &&
        !rd_kafka_header_get_last(headers, "jumun-cause", &value, &bytes) && value)
        share->cause = read_cause(consumer, value, bytes, &share->cause_offset);
}

/* ---- rounds -------------------------------------------------------------------------------------- */

static bool
has_head(struct kafka_consumer *consumer, struct kafka_share *share)
{
    if (share->head)
        return true;
    if (share->ready == 0)
        return false;
    share->head = rd_kafka_consume_queue(share->queue, 0);
    share->ready = share->head ? share->ready - 1 : 0;
    if (share->head)
        find_cause(consumer, share);
    return share->head;
}

/* Waits only for what lies ready: never for something to come. */
static bool
waits_for_cause(const struct kafka_share *share)
{
    const struct kafka_share *cause = share->cause;

    return cause && cause != share && (cause->head || cause->ready > 0) &&
           cause->next <= share->cause_offset;
}

static int64_t
head_age_ms(const struct kafka_consumer *consumer, const struct kafka_share *share)
{
    rd_kafka_timestamp_type_t type;
    int64_t age_ms = consumer->now_ms - rd_kafka_message_timestamp(share->head, &type);

    return age_ms > 0 ? age_ms : 0;
}

/* Its cause is in the log, for it was there first; but not here yet. */
static bool
has_cause_unread(const struct kafka_share *share)
{
    return share->cause && share->cause != share && share->cause->next <= share->cause_offset;
}

/* Waits for its cause, or to be asked for as the records before it were; when that takes long, nothing waits
 * any more. */
static bool
is_held(const struct kafka_consumer *consumer, struct kafka_share *share)
{
    int64_t most_ms = share->asked_age_ms / HOLD_SHARE;

    if (!consumer->is_late || share->head->err || waits_for_cause(share))
        return false;
    if (most_ms > HOLD_MS_MAX || has_cause_unread(share))
        most_ms = HOLD_MS_MAX;
    if (most_ms == 0)
        return false;
    if (share->held_since_ms == 0)
        share->held_since_ms = consumer->now_ms;
    if (consumer->now_ms - share->held_since_ms <= most_ms)
        return true;
    share->asked_age_ms = 0;
    return false;
}

/* What has to be read before this one can be; NULL: it cannot be told now. */
static struct kafka_share *
first_of_chain(struct kafka_consumer *consumer, struct kafka_share *share)
{
    for (uint32_t i = 0; i < CHAIN_MAX; i++) {
        if (!waits_for_cause(share))
            return share;
        share = share->cause;
        if (!has_head(consumer, share))
            return NULL;
        share->asked_age_ms = head_age_ms(consumer, share) + 1;
        share->held_since_ms = 0;
    }
    return NULL;
}

static rd_kafka_message_t *
hand_out(struct kafka_consumer *consumer, struct kafka_share *share)
{
    rd_kafka_message_t *message = share->head;

    if (!share->cause && !message->err)
        consumer->is_late = head_age_ms(consumer, share) > LATE_MS;
    if (share->cause && !has_cause_unread(share))
        share->held_since_ms = 0;
    share->head = NULL;
    if (!message->err)
        share->next = message->offset + 1;
    consumer->round_left--;
    return message;
}

/* Downstream topics first; of each topic, the partition that leads this round. */
static struct kafka_share *
share_in_turn(struct kafka_consumer *consumer, uint32_t turn)
{
    const struct kafka_share *at = &consumer->shares[turn];

    return &consumer->shares[at->group_at +
                             (turn - at->group_at + consumer->lead) % at->group_count];
}

static rd_kafka_message_t *
next_for_each(struct kafka_consumer *consumer)
{
    for (; consumer->share_at < consumer->share_count * ROUND_EACH; consumer->share_at++) {
        struct kafka_share *share = &consumer->shares[consumer->share_at % consumer->share_count];
        if (has_head(consumer, share) && !waits_for_cause(share) && !is_held(consumer, share)) {
            consumer->share_at++;
            return hand_out(consumer, share);
        }
    }
    return NULL;
}

static rd_kafka_message_t *
next_downstream_first(struct kafka_consumer *consumer)
{
    struct kafka_share *last = consumer->run_of;

    if (last && consumer->run_left > 0 && has_head(consumer, last) && !waits_for_cause(last) &&
        !is_held(consumer, last)) {
        consumer->run_left--;
        return hand_out(consumer, last);
    }
    for (uint32_t i = 0; i < consumer->share_count; i++) {
        struct kafka_share *share = share_in_turn(consumer, i);
        if (!has_head(consumer, share) || is_held(consumer, share))
            continue;
        share = first_of_chain(consumer, share);
        if (!share)
            continue;
        consumer->run_of = share;
        consumer->run_left = RUN_RECORDS - 1;
        return hand_out(consumer, share);
    }
    return NULL;
}

size_t
kafka_consumer_ready(const struct kafka_consumer *consumer)
{
    size_t ready = 0;

    for (uint32_t i = 0; i < consumer->share_count; i++) {
        const struct kafka_share *share = &consumer->shares[i];
        ready += rd_kafka_queue_length(share->queue) + (share->head ? 1 : 0);
    }
    return ready;
}

/* Returns how many records lie ready. */
static size_t
begin_round(struct kafka_consumer *consumer)
{
    size_t ready = 0;

    for (uint32_t i = 0; i < consumer->share_count; i++) {
        struct kafka_share *share = &consumer->shares[i];
        share->ready = (uint32_t)rd_kafka_queue_length(share->queue);
        ready += share->ready + (share->head ? 1 : 0);
    }
    consumer->now_ms = instant_now_us() / 1000;
    consumer->share_at = 0;
    consumer->run_of = NULL;
    consumer->lead++;
    consumer->round_left = ROUND_RECORDS;
    return ready;
}

static rd_kafka_message_t *
next_of_round(struct kafka_consumer *consumer)
{
    if (consumer->round_left == 0 || consumer->share_count == 0)
        return NULL;
    rd_kafka_message_t *message = next_for_each(consumer);
    return message ? message : next_downstream_first(consumer);
}

/* ---- polling ------------------------------------------------------------------------------------- */

static void
wait_for_bell(struct kafka_consumer *consumer, int wait_ms)
{
    struct pollfd bell = { .fd = consumer->bell, .events = POLLIN };
    uint64_t rings;

    if (poll(&bell, 1, wait_ms) > 0 && read(consumer->bell, &rings, sizeof rings) < 0)
        return; /* it was read already */
}

static rd_kafka_message_t *
look(struct kafka_consumer *consumer, size_t *ready)
{
    rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer->rk, 0); /* rebalances happen in here */

    if (message)
        return message;
    *ready = begin_round(consumer);
    return next_of_round(consumer);
}

/* The bell may have been rung for what was read since: that does not end the waiting. */
rd_kafka_message_t *
kafka_shares_poll(struct kafka_consumer *consumer, int wait_ms, size_t *ready)
{
    if (consumer->is_paused) /* heads stay where they are: the library goes on behind them */
        return rd_kafka_consumer_poll(consumer->rk, wait_ms);

    rd_kafka_message_t *message = next_of_round(consumer);
    if (!message)
        message = look(consumer, ready);
    if (message || wait_ms <= 0)
        return message;

    int64_t give_up_us = monotonic_now_us() + wait_ms * INT64_C(1000);
    uint64_t generation = consumer->generation;
    while (!message && wait_ms > 0 && consumer->generation == generation) {
        wait_for_bell(consumer, wait_ms);
        message = look(consumer, ready);
        wait_ms = (int)((give_up_us - monotonic_now_us()) / 1000);
    }
    return message;
}
