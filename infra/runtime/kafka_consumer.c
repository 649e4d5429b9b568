/* kafka_consumer.c — members of a group, plain readers, and the records they hand out.
 *
 *   opening    kafka_consumer_new, kafka_reader_new, kafka_consumer_free
 *   rebalance  assign paused, or unassign; count the generation; nothing else
 *   polling    kafka_consumer_poll, records; waking the library
 *   offsets    kafka_consumer_start, _pause, _resume, kafka_commit */
#include "runtime/kafka_private.h"
#include "base/logger.h"
#include <string.h>

/* ---- rebalance ---------------------------------------------------------------------------------- */

rd_kafka_topic_partition_list_t *
kafka_list_new(const struct kafka_partition *at, uint32_t count)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);

    for (uint32_t i = 0; i < count; i++)
        rd_kafka_topic_partition_list_add(list, at[i].topic, at[i].partition)->offset =
            at[i].offset;
    return list;
}

static void
forget(struct kafka_consumer *consumer)
{
    kafka_consumer_resume(consumer); /* a pause would outlast the assignment */
    kafka_shares_drop(consumer);
    if (consumer->list)
        rd_kafka_topic_partition_list_destroy(consumer->list);
    memory_free(consumer->assigned);
    consumer->list = NULL;
    consumer->assigned = NULL;
    consumer->assigned_count = 0;
    consumer->generation++;
}

static void
remember(struct kafka_consumer *consumer, const rd_kafka_topic_partition_list_t *list)
{
    uint32_t count = (uint32_t)list->cnt;

    forget(consumer);
    consumer->list = rd_kafka_topic_partition_list_copy(list);
    consumer->assigned = memory_new(sizeof *consumer->assigned * (count ? count : 1));
    consumer->assigned_count = count;
    for (uint32_t i = 0; i < count; i++)
        consumer->assigned[i] = (struct kafka_partition){ consumer->list->elems[i].topic,
                                                          consumer->list->elems[i].partition,
                                                          KAFKA_OFFSET_NONE };
    if (consumer->is_member)
        kafka_shares_take(consumer);
}

/* rd_kafka_assign comes back before what it took away has stopped, and the next one, or the close, would stop that a
 * second time: the client ends itself then (decision 7).  Its main thread works off one queue in order: whoever has
 * asked it twice comes back behind the stops and their reports.  Never from the rebalance callback: while the
 * consumer closes, nobody answers there. */
static void
await_stops(rd_kafka_t *rk)
{
    for (int i = 0; i < 2; i++) {
        rd_kafka_topic_partition_list_t *list = NULL;
        if (!rd_kafka_assignment(rk, &list))
            rd_kafka_topic_partition_list_destroy(list);
    }
}

/* Waits before, for what the rebalance callback took away, and after, for what this takes away. */
static rd_kafka_resp_err_t
assign(rd_kafka_t *rk, const rd_kafka_topic_partition_list_t *list)
{
    await_stops(rk);
    rd_kafka_resp_err_t code = rd_kafka_assign(rk, list);
    await_stops(rk);
    return code;
}

/* Runs inside consumer_poll.  Nothing is fetched before kafka_consumer_start: the rebalance is answered with
 * nothing assigned.  (Assigned at any offset and paused, a partition sometimes starts behind its first
 * record when it is assigned again with the right one.) */
static void
on_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list,
             void *opaque)
{
    struct kafka_consumer *consumer = opaque;

    consumer->is_joined = code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
    if (consumer->is_joined) {
        rd_kafka_topic_partition_list_t *nothing = rd_kafka_topic_partition_list_new(0);
        remember(consumer, list);
        rd_kafka_assign(rk, nothing);
        rd_kafka_topic_partition_list_destroy(nothing);
    } else {
        forget(consumer);
        rd_kafka_assign(rk, NULL);
    }
}

/* ---- opening ------------------------------------------------------------------------------------ */

static struct kafka_consumer *
open_consumer(const struct kafka_settings *settings, enum kafka_role role, const char *group,
              struct error *err)
{
    rd_kafka_conf_t *conf = kafka_conf_new(settings, role, group, err);

    if (!conf)
        return NULL;
    struct kafka_consumer *consumer = memory_new(sizeof *consumer);
    *consumer = (struct kafka_consumer){ .is_member = role == KAFKA_MEMBER, .bell = -1 };
    rd_kafka_conf_set_opaque(conf, consumer);
    if (consumer->is_member)
        rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
    consumer->rk = kafka_handle_new(conf, role, err);
    if (consumer->rk) {
        rd_kafka_poll_set_consumer(consumer->rk);
        consumer->queue = rd_kafka_queue_get_consumer(consumer->rk);
        return consumer;
    }
    memory_free(consumer);
    return NULL;
}

struct kafka_consumer *
kafka_consumer_new(const struct kafka_settings *settings, const char *group,
                   const char *const *topics, uint32_t topic_count, struct error *err)
{
    struct kafka_settings own = *settings;

    own.topic_count = topic_count;
    struct kafka_consumer *consumer = open_consumer(&own, KAFKA_MEMBER, group, err);
    if (!consumer)
        return NULL;
    consumer->topics = topics;
    consumer->topic_count = topic_count;
    if (!kafka_shares_open(consumer, err)) {
        kafka_consumer_free(consumer);
        return NULL;
    }
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)topic_count);
    for (uint32_t i = 0; i < topic_count; i++)
        rd_kafka_topic_partition_list_add(list, topics[i], RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t code = rd_kafka_subscribe(consumer->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (!code)
        return consumer;
    kafka_error(err, code, "subscribe", NULL);
    kafka_consumer_free(consumer);
    return NULL;
}

struct kafka_consumer *
kafka_reader_new(const struct kafka_settings *settings, const char *group, struct error *err)
{
    return open_consumer(settings, KAFKA_READER, group, err);
}

void
kafka_consumer_free(struct kafka_consumer *consumer)
{
    if (!consumer)
        return;
    kafka_shares_close(consumer);
    rd_kafka_queue_destroy(consumer->queue);
    rd_kafka_consumer_close(consumer->rk);
    rd_kafka_destroy(consumer->rk);
    consumer->is_paused = false; /* there is nothing left to resume */
    forget(consumer);
    memory_free(consumer);
}

uint64_t
kafka_consumer_generation(const struct kafka_consumer *consumer)
{
    return consumer->generation;
}

bool
kafka_consumer_is_joined(const struct kafka_consumer *consumer)
{
    return consumer->is_joined;
}

uint32_t
kafka_consumer_assignment(const struct kafka_consumer *consumer, const struct kafka_partition **out)
{
    *out = consumer->assigned;
    return consumer->assigned_count;
}

/* ---- polling ------------------------------------------------------------------------------------ */

static void
fill_record(struct kafka_record *out, rd_kafka_message_t *message)
{
    rd_kafka_timestamp_type_t kind;

    *out = (struct kafka_record){
        .topic = rd_kafka_topic_name(message->rkt),
        .partition = message->partition,
        .offset = message->offset,
        .at_ms = rd_kafka_message_timestamp(message, &kind),
        .key = message->key,
        .key_bytes = (uint32_t)message->key_len,
        .value = message->payload,
        .value_bytes = (uint32_t)message->len,
        .handle = message,
    };
}

static enum kafka_polled
failed(struct kafka_consumer *consumer, rd_kafka_message_t *message, struct kafka_record *out,
       struct error *err)
{
    char reason[256];
    rd_kafka_resp_err_t code = message->err;

    if (code == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        fill_record(out, message);
        rd_kafka_message_destroy(message);
        out->handle = NULL;
        return KAFKA_END;
    }
    if (code == RD_KAFKA_RESP_ERR__FATAL)
        code = rd_kafka_fatal_error(consumer->rk, reason, sizeof reason);
    kafka_error(err, code, message->rkt ? rd_kafka_topic_name(message->rkt) : "consume",
                rd_kafka_message_errstr(message));
    rd_kafka_message_destroy(message);
    return KAFKA_FAILED;
}

/* librdkafka 2.0.2 stops fetching when enough lies ready, and looks again only when its broker thread wakes up,
 * within a second.  A question to the leaders wakes it: asked once each time that half of what lay ready
 * is used up. */
#define POLLS_PER_LOOK 512
#define READY_MIN      200
#define WAKE_MS        1000

static void
keep_fetching(struct kafka_consumer *consumer, size_t ready)
{
    if (ready >= consumer->ready_peak || consumer->ready_peak < READY_MIN) {
        consumer->ready_peak = ready > consumer->ready_peak ? ready : consumer->ready_peak;
        return;
    }
    if (ready > consumer->ready_peak / 2 || !consumer->list)
        return;
    rd_kafka_topic_partition_list_t *ends = rd_kafka_topic_partition_list_copy(consumer->list);
    for (int i = 0; i < ends->cnt; i++)
        ends->elems[i].offset = KAFKA_OFFSET_END;
    (void)rd_kafka_offsets_for_times(consumer->rk, ends, WAKE_MS);
    rd_kafka_topic_partition_list_destroy(ends);
    consumer->ready_peak = 0;
}

static rd_kafka_message_t *
poll_reader(struct kafka_consumer *consumer, int wait_ms, size_t *ready)
{
    rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer->rk, wait_ms);

    if (message && ++consumer->polls % POLLS_PER_LOOK == 0)
        *ready = rd_kafka_queue_length(consumer->queue);
    return message;
}

enum kafka_polled
kafka_consumer_poll(struct kafka_consumer *consumer, int wait_ms, struct kafka_record *out,
                    struct error *err)
{
    size_t ready = SIZE_MAX;
    rd_kafka_message_t *message = consumer->is_member
                                      ? kafka_shares_poll(consumer, wait_ms, &ready)
                                      : poll_reader(consumer, wait_ms, &ready);

    if (!message)
        return KAFKA_NOTHING;
    if (message->err)
        return failed(consumer, message, out, err);
    fill_record(out, message);
    if (ready != SIZE_MAX)
        keep_fetching(consumer, ready);
    return KAFKA_RECORD;
}

void
kafka_record_release(struct kafka_record *record)
{
    if (record->handle)
        rd_kafka_message_destroy(record->handle);
    record->handle = NULL;
}

uint32_t
kafka_record_headers(const struct kafka_record *record, struct kafka_header *out)
{
    rd_kafka_headers_t *headers;
    uint32_t count = 0;

    if (rd_kafka_message_headers(record->handle, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return 0;
    for (; count < KAFKA_HEADERS_MAX; count++) {
        const void *value;
        size_t bytes;
        if (rd_kafka_header_get_all(headers, count, &out[count].name, &value, &bytes))
            break;
        out[count].value = value;
        out[count].value_bytes = (uint32_t)bytes;
    }
    return count;
}

/* ---- offsets ------------------------------------------------------------------------------------ */

bool
kafka_consumer_start(struct kafka_consumer *consumer, const struct kafka_partition *at,
                     uint32_t count, struct error *err)
{
    rd_kafka_topic_partition_list_t *list = kafka_list_new(at, count);

    kafka_consumer_resume(consumer); /* before, not after: resuming goes on from where it was paused */
    kafka_shares_start(consumer, at, count);
    rd_kafka_resp_err_t code = assign(consumer->rk, list);
    if (!code && !consumer->is_member) /* a member's list is its assignment */
        remember(consumer, list);
    rd_kafka_topic_partition_list_destroy(list);
    return code ? kafka_error(err, code, "assign", NULL) : true;
}

void
kafka_consumer_pause(struct kafka_consumer *consumer)
{
    if (consumer->list && !consumer->is_paused)
        rd_kafka_pause_partitions(consumer->rk, consumer->list);
    consumer->is_paused = true;
}

void
kafka_consumer_resume(struct kafka_consumer *consumer)
{
    if (consumer->list && consumer->is_paused)
        rd_kafka_resume_partitions(consumer->rk, consumer->list);
    consumer->is_paused = false;
}

bool
kafka_commit(struct kafka_consumer *consumer, const struct kafka_partition *at, uint32_t count,
             bool wait, struct error *err)
{
    if (count == 0)
        return true;
    rd_kafka_topic_partition_list_t *list = kafka_list_new(at, count);
    rd_kafka_resp_err_t code = rd_kafka_commit(consumer->rk, list, !wait);
    rd_kafka_topic_partition_list_destroy(list);
    return code ? kafka_error(err, code, "commit offsets", NULL) : true;
}
