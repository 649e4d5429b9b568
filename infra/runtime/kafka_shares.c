/* kafka_shares.c — a member's partitions, each with its own queue.
 *
 * Order      as the saga goes, its last topic first; a topic's partitions stand together.
 * Waking     every queue, the group's own too, rings one eventfd when it stops being empty.
 *
 * Contract   kafka_private.h, kafka_shares.h */
#include "runtime/kafka_shares.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

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

static void
find_groups(struct kafka_consumer *consumer)
{
    for (uint32_t at = 0, end; at < consumer->share_count; at = end) {
        for (end = at; end < consumer->share_count &&
                       consumer->shares[end].rank == consumer->shares[at].rank;)
            end++;
        for (uint32_t i = at; i < end; i++) {
            consumer->shares[i].group_at = at;
            consumer->shares[i].group_count = end - at;
        }
    }
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
    find_groups(consumer);
}

static void
forget_head(struct kafka_share *share)
{
    if (share->head)
        rd_kafka_message_destroy(share->head);
    share->head = NULL;
}

struct kafka_share *
kafka_share_of(struct kafka_consumer *consumer, const char *topic, long partition)
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
        struct kafka_share *share = kafka_share_of(consumer, at[i].topic, at[i].partition);
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
