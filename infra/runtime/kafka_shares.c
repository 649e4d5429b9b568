/* kafka_shares.c — in which order a member reads its partitions: what is begun is finished first.
 *
 * Why        librdkafka's one queue hands records out as they were fetched, a thousand and more of one topic at
 *            a time.  Read like that, a member that is behind meets the events of one order far apart: the
 *            read model wrote seven rows for an order where two will do.
 * Order      The last topic of the saga comes first, so that orders leave before new ones are begun.  A record
 *            whose cause lies ready unread in another partition waits for it; so under backlog the events of
 *            an order come together, causes first.  Within a partition the log's own order; between
 *            partitions nobody promises any, so all this is about cost alone.
 * Fairness   each round first takes a few records of every partition.
 * Waking     every queue, the group's own too, rings one eventfd when it stops being empty.
 *
 * Contract   kafka_private.h */
#include "base/instant.h"
#include "runtime/kafka_private.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define ROUND_RECORDS 500
#define ROUND_EACH    2 /* every partition gets at least so many */
#define RUN_RECORDS   8 /* of one partition, before those behind it in the saga are looked at again */

struct kafka_share {
    rd_kafka_queue_t *queue;
    const char *topic; /* owned by the consumer's list */
    int32_t partition;
    uint32_t rank;            /* of its topic in the saga */
    rd_kafka_message_t *head; /* taken from the queue, not handed out yet */
    int64_t next;             /* behind the last record handed out, or where reading begins */
    uint32_t ready;           /* lie in the queue, as of the beginning of the round */
    struct kafka_share *cause; /* of head: read by this member too; NULL: none */
    int64_t cause_offset;
};

static const uint64_t one = 1;

static void
ring_when_filled(struct kafka_consumer *consumer, rd_kafka_queue_t *queue)
{
    rd_kafka_queue_io_event_enable(queue, consumer->bell, &one, sizeof one);
}

bool
kafka_shares_open(struct kafka_consumer *consumer, struct error *err)
{
    consumer->bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (consumer->bell < 0)
        return error_set(err, ERROR_FATAL, "eventfd: %s", strerror(errno));
    ring_when_filled(consumer, consumer->queue);
    return true;
}

static uint32_t
rank_of(const struct kafka_consumer *consumer, const char *topic)
{
    uint32_t rank = 0;

    while (rank < consumer->topic_count && strcmp(consumer->topics[rank], topic) != 0)
        rank++;
    return rank;
}

static int
by_rank_downstream_first(const void *a, const void *b)
{
    const struct kafka_share *x = a, *y = b;

    if (x->rank != y->rank)
        return x->rank < y->rank ? 1 : -1;
    return x->partition < y->partition ? -1 : x->partition > y->partition;
}

/* Before the partitions are assigned: a queue that the application has taken stays its own. */
void
kafka_shares_take(struct kafka_consumer *consumer)
{
    uint32_t count = consumer->assigned_count;

    consumer->shares = memory_new(sizeof *consumer->shares * (count + 1));
    consumer->share_count = count;
    for (uint32_t i = 0; i < count; i++) {
        const struct kafka_partition *at = &consumer->assigned[i];
        rd_kafka_queue_t *queue =
            rd_kafka_queue_get_partition(consumer->rk, at->topic, at->partition);
        consumer->shares[i] = (struct kafka_share){ .queue = queue, .topic = at->topic,
                                                    .partition = at->partition,
                                                    .rank = rank_of(consumer, at->topic) };
        rd_kafka_queue_forward(queue, NULL);
        ring_when_filled(consumer, queue);
    }
    qsort(consumer->shares, count, sizeof *consumer->shares, by_rank_downstream_first);
}

static void
forget_head(struct kafka_share *share)
{
    if (share->head)
        rd_kafka_message_destroy(share->head);
    share->head = NULL;
}

static struct kafka_share *
share_of(struct kafka_consumer *consumer, const char *topic, long partition)
{
    for (uint32_t i = 0; i < consumer->share_count; i++) {
        struct kafka_share *share = &consumer->shares[i];
        if (share->partition == partition && strcmp(share->topic, topic) == 0)
            return share;
    }
    return NULL;
}

void
kafka_shares_start(struct kafka_consumer *consumer, const struct kafka_partition *at,
                   uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct kafka_share *share = share_of(consumer, at[i].topic, at[i].partition);
        if (!share)
            continue;
        forget_head(share);
        share->next = at[i].offset;
        share->ready = 0;
    }
}

void
kafka_shares_drop(struct kafka_consumer *consumer)
{
    for (uint32_t i = 0; i < consumer->share_count; i++) {
        forget_head(&consumer->shares[i]);
        rd_kafka_queue_io_event_enable(consumer->shares[i].queue, -1, NULL, 0);
        rd_kafka_queue_destroy(consumer->shares[i].queue);
    }
    memory_free(consumer->shares);
    consumer->shares = NULL;
    consumer->share_count = 0;
}

void
kafka_shares_close(struct kafka_consumer *consumer)
{
    kafka_shares_drop(consumer);
    if (consumer->bell < 0)
        return;
    rd_kafka_queue_io_event_enable(consumer->queue, -1, NULL, 0);
    close(consumer->bell);
    consumer->bell = -1;
}

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
    return share_of(consumer, text, partition);
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

static rd_kafka_message_t *
hand_out(struct kafka_consumer *consumer, struct kafka_share *share)
{
    rd_kafka_message_t *message = share->head;

    share->head = NULL;
    if (!message->err)
        share->next = message->offset + 1;
    consumer->round_left--;
    return message;
}

static rd_kafka_message_t *
next_for_each(struct kafka_consumer *consumer)
{
    for (; consumer->share_at < consumer->share_count * ROUND_EACH; consumer->share_at++) {
        struct kafka_share *share = &consumer->shares[consumer->share_at % consumer->share_count];
        if (has_head(consumer, share) && !waits_for_cause(share)) {
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

    if (last && consumer->run_left > 0 && has_head(consumer, last) && !waits_for_cause(last)) {
        consumer->run_left--;
        return hand_out(consumer, last);
    }
    for (uint32_t i = 0; i < consumer->share_count; i++) {
        struct kafka_share *share = &consumer->shares[i];
        if (!has_head(consumer, share) || waits_for_cause(share))
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
    consumer->share_at = 0;
    consumer->run_of = NULL;
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
