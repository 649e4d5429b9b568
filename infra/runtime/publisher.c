/* publisher.c — committed events on their way: sent in order of decision, counted back by reports.
 *
 * Shapes     unit: what one outbox row sent.  A position's units stand in order of offsets; the oldest
 *            one that is not acknowledged holds published_next where it is.
 * Reports    only they count.  A report of an older generation frees its unit and touches nothing else.
 *            A report with an error breaks the producer: see assignment_publish_again.
 * Contract   loop_private.h */
#include "base/logger.h"
#include "runtime/fault.h"
#include "runtime/loop_private.h"
#include "runtime/mutant.h"
#include <stdio.h>

struct unit {
    struct loop *loop;
    struct position *position; /* valid while generation is the publisher's */
    struct unit *next;
    uint64_t generation;
    int64_t first_offset, last_offset;
    uint32_t waiting;   /* events that are not acknowledged */
    uint32_t in_flight; /* events that the producer holds: each brings one report */
    uint64_t bytes;     /* of those waiting */
};

int64_t
position_published_next(const struct position *position)
{
    return MUTANT(PUBLISHED_TOO_EARLY, position->oldest, NULL) ? position->oldest->first_offset
                                                               : position->next_offset;
}

static void
show(const struct loop *loop)
{
    metric_set(loop->telemetry->unpublished, (int64_t)loop->publisher.outstanding);
    metric_set(loop->telemetry->unpublished_bytes, (int64_t)loop->publisher.outstanding_bytes);
}

struct unit *
publisher_unit(struct loop *loop, struct position *position, int64_t first, int64_t last,
               uint32_t events)
{
    struct unit *unit = memory_new(sizeof *unit);

    *unit = (struct unit){ .loop = loop, .position = position, .first_offset = first,
                           .last_offset = last, .waiting = events,
                           .generation = loop->publisher.generation };
    if (loop->publisher.outstanding == 0)
        loop->publisher.report_at_us = now_us(loop);
    if (position->newest)
        position->newest->next = unit;
    else
        position->oldest = unit;
    position->newest = unit;
    loop->publisher.outstanding += events;
    return unit;
}

/* Acknowledged units in front are done with; one in the middle waits for those before it. */
static void
retire(struct position *position)
{
    while (position->oldest && position->oldest->waiting == 0) {
        struct unit *done = position->oldest;
        position->oldest = done->next;
        if (!position->oldest)
            position->newest = NULL;
        memory_free(done);
    }
}

static void
acknowledge(struct loop *loop, struct unit *unit)
{
    uint64_t share = unit->bytes / unit->waiting;

    unit->bytes -= share;
    unit->waiting--;
    loop->publisher.outstanding--;
    loop->publisher.outstanding_bytes -= share;
    retire(unit->position);
}

static void
break_off(struct loop *loop, const struct kafka_delivery *delivery)
{
    if (!loop->publish_again)
        log_warn("an event was not accepted: sending again from what is acknowledged",
                 F_STR("topic", delivery->topic), F_INT("partition", delivery->partition),
                 F_STR("reason", delivery->reason), F_INT("kafka_code", delivery->code));
    loop->publish_again = true;
}

void
publisher_report(void *context, const struct kafka_delivery *delivery)
{
    struct loop *loop = context;
    struct unit *unit = delivery->opaque;

    unit->in_flight--;
    loop->publisher.in_flight--;
    loop->publisher.report_at_us = now_us(loop);
    if (unit->generation != loop->publisher.generation) {
        if (unit->in_flight == 0)
            memory_free(unit);
    } else if (delivery->ok) {
        acknowledge(loop, unit);
    } else {
        break_off(loop, delivery);
    }
}

/* False: the producer is broken; publish_again is set. */
bool
publisher_send(struct loop *loop, const struct frame *frame, struct unit *unit)
{
    char topic[300];
    struct header_room room;
    struct cloudevent_headers headers;
    struct error err = { 0 };

    snprintf(topic, sizeof topic, "%s%s", loop->settings.topic_prefix, topics[frame->type].name);
    headers_write(loop, frame, &headers, &room);
    struct kafka_outgoing out = {
        .topic = topic,
        .partition = frame->partition,
        .key = frame->key,
        .key_bytes = frame->key_bytes,
        .value = frame->value,
        .value_bytes = frame->value_bytes,
        .headers = headers.at,
        .header_count = headers.count,
        .opaque = unit,
    };
    if (loop->publish_again || !loop->log.ops->send(loop->log.self, &out, &err)) {
        if (!loop->publish_again)
            log_failure(LOG_WARN, "sending an event", &err);
        loop->publish_again = true;
        return false;
    }
    unit->in_flight++;
    loop->publisher.in_flight++;
    unit->bytes += frame->value_bytes + 512;
    loop->publisher.outstanding_bytes += frame->value_bytes + 512;
    FAULT_POINT("event_sent");
    return true;
}

/* Units whose events the producer still holds are freed by the last report. */
void
publisher_reset(struct loop *loop)
{
    for (uint32_t i = 0; i < loop->position_count; i++) {
        struct position *position = &loop->positions[i];
        for (struct unit *unit = position->oldest, *next; unit; unit = next) {
            next = unit->next;
            if (unit->in_flight == 0)
                memory_free(unit);
        }
        position->oldest = position->newest = NULL;
    }
    loop->publisher.generation++;
    loop->publisher.outstanding = 0;
    loop->publisher.outstanding_bytes = 0;
    show(loop);
}

bool
publisher_is_ahead(const struct loop *loop)
{
    return loop->publisher.outstanding >= UNPUBLISHED_AHEAD &&
           now_us(loop) - loop->publisher.report_at_us < REPORTS_COME_US;
}

bool
publisher_is_full(const struct loop *loop)
{
    uint32_t events = loop->settings.unpublished_max;
    uint32_t bytes = loop->settings.unpublished_bytes_max;

    show(loop);
    return loop->publisher.outstanding >= (events ? events : UNPUBLISHED_MAX) ||
           loop->publisher.outstanding_bytes >= (bytes ? bytes : UNPUBLISHED_BYTES_MAX);
}
