/* reading.c — opening, polling.  Contract: reading.h */
#include "cli/reading.h"
#include "base/instant.h"
#include <string.h>
#include <time.h>

#define PATIENCE_MS 30000
#define PAUSE_MS    100
/* librdkafka stops fetching for a second whenever its queue is full: a deep one reads three times faster. */
#define PREFETCH_KBYTES (256 * 1024)

/* Fills the partitions of one topic; from is where its first one stands. */
static bool
add_topic(struct cli *cli, struct reading *out, enum event_type type, uint32_t *capacity,
          struct error *err)
{
    int32_t partitions = 0;
    TRY(kafka_partition_count(out->reader, cli_topic(cli, type), &partitions, err));
    if (partitions == 0)
        return error_set(err, ERROR_REFUSED, "there is no topic %s: run `jumun topics create`",
                         cli_topic(cli, type));
    out->first_of[type] = out->count;
    out->partitions_of[type] = (uint32_t)partitions;
    for (int32_t p = 0; p < partitions; p++) {
        if (out->count == *capacity) {
            uint32_t more = *capacity ? *capacity * 2 : 128;
            out->items = arena_resize(cli->arena, out->items, *capacity * sizeof *out->items,
                                      more * sizeof *out->items);
            *capacity = more;
        }
        out->items[out->count++] = (struct reading_partition){ .type = type, .partition = p };
    }
    return true;
}

/* A topic that was made a moment ago has no leader yet: a transient answer is asked for again. */
static bool
patient_offsets(struct kafka_consumer *reader, int64_t which, struct kafka_partition *at,
                uint32_t count, struct error *err)
{
    int64_t until_us = monotonic_now_us() + PATIENCE_MS * INT64_C(1000);
    while (!kafka_offsets(reader, which, at, count, err)) {
        bool is_broker = err->kafka_code > 0; /* below 0: it was not reached at all */
        if (err->class != ERROR_RETRY || !is_broker || monotonic_now_us() > until_us ||
            cli_stopped())
            return false;
        nanosleep(&(struct timespec){ .tv_nsec = PAUSE_MS * 1000000L }, NULL);
    }
    return true;
}

static bool
ask_offsets(struct cli *cli, struct reading *out, int64_t which, struct error *err)
{
    struct kafka_partition *at = arena_take(cli->arena, (out->count + 1) * sizeof *at);
    for (uint32_t i = 0; i < out->count; i++)
        at[i] = (struct kafka_partition){ cli_topic(cli, out->items[i].type),
                                          out->items[i].partition, KAFKA_OFFSET_NONE };
    TRY(patient_offsets(out->reader, which, at, out->count, err));
    for (uint32_t i = 0; i < out->count; i++)
        *(which == KAFKA_OFFSET_END ? &out->items[i].end : &out->items[i].first) = at[i].offset;
    return true;
}

static bool
fill(struct cli *cli, const bool wanted[EV_COUNT], struct reading *out, struct error *err)
{
    uint32_t capacity = 0;
    out->items = arena_take(cli->arena, 1);
    for (unsigned type = 0; type < EV_COUNT; type++)
        if (wanted[type])
            TRY(add_topic(cli, out, (enum event_type)type, &capacity, err));
    TRY(ask_offsets(cli, out, KAFKA_OFFSET_FIRST, err));
    TRY(ask_offsets(cli, out, KAFKA_OFFSET_END, err));
    for (uint32_t i = 0; i < out->count; i++)
        out->items[i].next = out->items[i].first;
    return true;
}

bool
reading_open(struct cli *cli, const bool wanted[EV_COUNT], struct reading *out, struct error *err)
{
    struct kafka_settings kafka = cli_kafka(cli);
    kafka.prefetch_kbytes = PREFETCH_KBYTES;
    *out = (struct reading){ .reader = kafka_reader_new(&kafka, NULL, err) };
    if (!out->reader)
        return false;
    if (fill(cli, wanted, out, err))
        return true;
    reading_close(out);
    return false;
}

bool
reading_start(struct cli *cli, struct reading *reading, struct error *err)
{
    struct kafka_partition *at = arena_take(cli->arena, (reading->count + 1) * sizeof *at);
    reading->open_count = 0;
    for (uint32_t i = 0; i < reading->count; i++) {
        const struct reading_partition *from = &reading->items[i];
        at[i] = (struct kafka_partition){ cli_topic(cli, from->type), from->partition, from->next };
        reading->open_count += from->next < from->end;
    }
    return kafka_consumer_start(reading->reader, at, reading->count, err);
}

struct reading_partition *
reading_find(struct reading *reading, enum event_type type, int32_t partition)
{
    bool exists = partition >= 0 && (uint32_t)partition < reading->partitions_of[type];
    return exists ? &reading->items[reading->first_of[type] + (uint32_t)partition] : NULL;
}

static void
advance(struct reading *reading, struct reading_partition *at, int64_t next)
{
    if (next <= at->next)
        return;
    if (at->next < at->end && next >= at->end)
        reading->open_count--;
    at->next = next;
}

enum kafka_polled
reading_poll(struct cli *cli, struct reading *reading, int wait_ms, struct kafka_record *out,
             enum event_type *type, struct error *err)
{
    enum kafka_polled polled = kafka_consumer_poll(reading->reader, wait_ms, out, err);
    if (polled != KAFKA_RECORD && polled != KAFKA_END)
        return polled;
    if (out->topic != reading->last_topic) {
        reading->last_topic = out->topic;
        reading->last_type = cli_event_of(cli, out->topic);
    }
    *type = reading->last_type;
    struct reading_partition *at = reading_find(reading, *type, out->partition);
    if (at)
        advance(reading, at, polled == KAFKA_END ? out->offset : out->offset + 1);
    return polled;
}

bool
reading_is_done(const struct reading *reading)
{
    return reading->open_count == 0;
}

void
reading_close(struct reading *reading)
{
    if (reading->reader)
        kafka_consumer_free(reading->reader);
    reading->reader = NULL;
}
