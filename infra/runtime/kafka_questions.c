/* kafka_questions.c — what can be asked of a cluster, and reading a topic whole.  Contract: kafka.h */
#include "runtime/kafka_private.h"
#include <stdio.h>
#include <string.h>

/* ---- offsets ------------------------------------------------------------------------------------ */

static bool
take_offsets(struct kafka_partition *at, uint32_t count,
             const rd_kafka_topic_partition_list_t *list, const char *what, struct error *err)
{
    for (uint32_t i = 0; i < count; i++) {
        const rd_kafka_topic_partition_t *found = &list->elems[i];
        if (found->err) {
            kafka_error(err, found->err, what, NULL);
            return error_wrap(err, "%s/%d", at[i].topic, (int)at[i].partition);
        }
        at[i].offset = found->offset == RD_KAFKA_OFFSET_INVALID ? KAFKA_OFFSET_NONE : found->offset;
    }
    return true;
}

/* A question that went to a former leader is answered with a refusal, and nothing but the next regular
 * refresh, minutes later, would send the next one elsewhere: who leads what is asked now.  Not so when nobody
 * answers at all: that would be waited for a second time. */
static void
ask_for_leaders(struct kafka_consumer *consumer)
{
    const struct rd_kafka_metadata *metadata;

    if (!rd_kafka_metadata(consumer->rk, 0, NULL, &metadata, KAFKA_ASK_MS))
        rd_kafka_metadata_destroy(metadata);
}

/* A time stamp of −1 asks for the end and −2 for the start: one request for all partitions of a broker. */
bool
kafka_offsets(struct kafka_consumer *consumer, int64_t which, struct kafka_partition *at,
              uint32_t count, struct error *err)
{
    for (uint32_t i = 0; i < count; i++)
        at[i].offset = which;
    rd_kafka_topic_partition_list_t *list = kafka_list_new(at, count);
    rd_kafka_resp_err_t code = rd_kafka_offsets_for_times(consumer->rk, list, KAFKA_ASK_MS);
    bool ok = code ? kafka_error(err, code, "list offsets", NULL)
                   : take_offsets(at, count, list, "list offsets", err);
    rd_kafka_topic_partition_list_destroy(list);
    /* The library's own errors are below 0.  This one it says without asking anybody, for as long as it remembers
     * that a partition had no leader once. */
    bool is_answered = code >= 0 || code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
    if (!ok && is_answered)
        ask_for_leaders(consumer);
    return ok;
}

int64_t
kafka_known_end(struct kafka_consumer *consumer, const char *topic, int32_t partition)
{
    int64_t first, end;

    if (rd_kafka_get_watermark_offsets(consumer->rk, topic, partition, &first, &end))
        return KAFKA_OFFSET_NONE;
    return end < 0 ? KAFKA_OFFSET_NONE : end;
}

bool
kafka_committed(struct kafka_consumer *consumer, struct kafka_partition *at, uint32_t count,
                struct error *err)
{
    rd_kafka_topic_partition_list_t *list = kafka_list_new(at, count);
    rd_kafka_resp_err_t code = rd_kafka_committed(consumer->rk, list, KAFKA_ASK_MS);
    bool ok = code ? kafka_error(err, code, "read committed offsets", NULL)
                   : take_offsets(at, count, list, "read committed offsets", err);
    rd_kafka_topic_partition_list_destroy(list);
    return ok;
}

/* ---- topics, groups, cluster --------------------------------------------------------------------- */

static int32_t
count_in(const struct rd_kafka_metadata *metadata, const char *topic)
{
    for (int i = 0; i < metadata->topic_cnt; i++)
        if (strcmp(metadata->topics[i].topic, topic) == 0 && !metadata->topics[i].err)
            return metadata->topics[i].partition_cnt;
    return 0;
}

bool
kafka_partition_count(struct kafka_consumer *consumer, const char *topic, int32_t *out,
                      struct error *err)
{
    const struct rd_kafka_metadata *metadata;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(consumer->rk, topic, NULL);

    if (!handle)
        return kafka_error(err, rd_kafka_last_error(), topic, NULL);
    rd_kafka_resp_err_t code = rd_kafka_metadata(consumer->rk, 0, handle, &metadata, KAFKA_ASK_MS);
    rd_kafka_topic_destroy(handle);
    if (code)
        return kafka_error(err, code, "metadata", NULL);
    *out = count_in(metadata, topic);
    rd_kafka_metadata_destroy(metadata);
    return true;
}

bool
kafka_group_members(struct kafka_consumer *consumer, const char *group, uint32_t *out,
                    struct error *err)
{
    const struct rd_kafka_group_list *list = NULL;
    rd_kafka_resp_err_t code = rd_kafka_list_groups(consumer->rk, group, &list, KAFKA_ASK_MS);

    *out = 0;
    for (int i = 0; list && i < list->group_cnt; i++)
        *out += (uint32_t)list->groups[i].member_cnt;
    if (list)
        rd_kafka_group_list_destroy(list);
    return code ? kafka_error(err, code, group, NULL) : true;
}

bool
kafka_cluster_id(struct kafka_consumer *consumer, char *out, size_t out_bytes, struct error *err)
{
    char *id = rd_kafka_clusterid(consumer->rk, KAFKA_ASK_MS);

    if (!id)
        return kafka_error(err, RD_KAFKA_RESP_ERR__TIMED_OUT, "cluster id", NULL);
    snprintf(out, out_bytes, "%s", id);
    rd_kafka_mem_free(consumer->rk, id);
    return true;
}

/* ---- a topic, whole ------------------------------------------------------------------------------ */

struct reading {
    struct kafka_partition *ends;
    int32_t count;
    int32_t open; /* partitions that have not reached their end */
};

/* A partition may end in records that are never handed out (of transactions): its end is believed too. */
static void
mark(struct reading *reading, int32_t partition, int64_t next_offset)
{
    struct kafka_partition *end = &reading->ends[partition];

    if (end->offset == KAFKA_OFFSET_NONE || next_offset < end->offset)
        return;
    end->offset = KAFKA_OFFSET_NONE;
    reading->open--;
}

static bool
read_on(struct kafka_consumer *reader, struct reading *reading,
        bool (*each)(void *, const struct kafka_record *), void *context, struct error *err)
{
    while (reading->open > 0) {
        struct kafka_record record;
        enum kafka_polled polled = kafka_consumer_poll(reader, 1000, &record, err);
        if (polled == KAFKA_FAILED)
            return false;
        if (polled == KAFKA_END)
            mark(reading, record.partition, INT64_MAX);
        if (polled != KAFKA_RECORD)
            continue;
        bool is_before_end = record.offset < reading->ends[record.partition].offset;
        bool go_on = !is_before_end || each(context, &record);
        mark(reading, record.partition, record.offset + 1);
        kafka_record_release(&record);
        if (!go_on)
            break;
    }
    return true;
}

bool
kafka_read_topic(struct kafka_consumer *reader, const char *topic,
                 bool (*each)(void *context, const struct kafka_record *record), void *context,
                 struct error *err)
{
    struct reading reading = { 0 };

    TRY(kafka_partition_count(reader, topic, &reading.count, err));
    if (reading.count == 0)
        return error_set(err, ERROR_REFUSED, "no topic %s", topic);
    reading.open = reading.count;
    size_t bytes = sizeof *reading.ends * (size_t)reading.count;
    reading.ends = memory_new(bytes);
    struct kafka_partition *starts = memory_new(bytes);
    for (int32_t i = 0; i < reading.count; i++)
        reading.ends[i] = starts[i] = (struct kafka_partition){ topic, i, KAFKA_OFFSET_FIRST };
    bool ok = kafka_offsets(reader, KAFKA_OFFSET_FIRST, starts, (uint32_t)reading.count, err) &&
              kafka_offsets(reader, KAFKA_OFFSET_END, reading.ends, (uint32_t)reading.count, err) &&
              kafka_consumer_start(reader, starts, (uint32_t)reading.count, err);
    for (int32_t i = 0; ok && i < reading.count; i++)
        mark(&reading, i, starts[i].offset);
    ok = ok && read_on(reader, &reading, each, context, err);
    memory_free(starts);
    memory_free(reading.ends);
    return ok;
}
