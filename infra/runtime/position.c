/* position.c — where each source partition stands: in the store, in reading, in publishing.
 *
 *   building   from an assignment: positions, lanes, an index by type and partition
 *   moves      published_next alone; committed offsets as a hint
 *
 * Contract: loop_private.h */
#include "base/logger.h"
#include "runtime/loop_private.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

/* ---- building ------------------------------------------------------------------------------------ */

void
positions_drop(struct loop *loop)
{
    for (uint32_t i = 0; i < loop->position_count; i++)
        if (loop->positions[i].lag)
            metric_set(loop->positions[i].lag, 0);
    memory_free(loop->positions);
    memory_free(loop->by_type);
    memory_free(loop->lanes);
    loop->positions = NULL;
    loop->by_type = NULL;
    loop->lanes = NULL;
    loop->position_count = loop->lane_count = loop->lane_span = 0;
    metric_set(loop->telemetry->partitions, 0);
}

struct position *
position_of(const struct loop *loop, enum event_type type, int32_t partition)
{
    if (partition < 0 || (uint32_t)partition >= loop->lane_span)
        return NULL;
    return loop->by_type[(uint32_t)type * loop->lane_span + (uint32_t)partition];
}

struct lane *
lane_of(const struct loop *loop, int32_t partition)
{
    for (uint32_t i = 0; i < loop->lane_count; i++)
        if (loop->lanes[i].partition == partition)
            return &loop->lanes[i];
    return NULL;
}

/* Timers and redrives of a partition number belong to whoever holds this topic's partition. */
static enum event_type
owner_type(const struct loop *loop)
{
    const struct service *service = loop->settings.service;
    return service->timer ? service->timer->owner : service->routes[0].type;
}

static struct position *
add_position(struct loop *loop, const char *name, const char *topic, enum event_type type,
             int32_t partition)
{
    struct position *position = &loop->positions[loop->position_count++];

    *position = (struct position){ .name = name, .topic = topic, .type = type,
                                   .partition = partition, .hinted = -1 };
    if (type != EV_NONE) {
        char number[16];
        snprintf(number, sizeof number, "%d", (int)partition);
        const struct metric_label *labels =
            LABELS({ "service", loop->settings.service->name }, { "topic", name },
                   { "partition", number });
        position->lag =
            metric_gauge("jumun_lag_events", "records that are not handled yet", labels);
        position->at = metric_gauge("jumun_position_offset", "next offset, as committed", labels);
        loop->by_type[(uint32_t)type * loop->lane_span + (uint32_t)partition] = position;
    }
    return position;
}

void
positions_show(struct loop *loop)
{
    for (uint32_t i = 0; i < loop->position_count; i++) {
        const struct position *position = &loop->positions[i];
        if (!position->topic)
            continue;
        int64_t end = loop->log.ops->known_end(loop->log.self, position->topic,
                                               position->partition);
        int64_t lag = end == KAFKA_OFFSET_NONE ? 0 : end - position->next_offset;
        metric_set(position->lag, lag > 0 ? lag : 0);
        metric_set(position->at, position->next_offset);
    }
    loop->shown_at_us = now_us(loop);
}

static void
add_lane(struct loop *loop, int32_t partition)
{
    struct lane *lane = &loop->lanes[loop->lane_count++];

    *lane = (struct lane){ .partition = partition, .is_dirty = true,
                           .due_max = loop->settings.batch_max };
    lane->is_whole = true;
    for (uint32_t i = 0; i < loop->settings.service->route_count; i++) {
        enum event_type type = loop->settings.service->routes[i].type;
        if (topics[type].has_topic && !position_of(loop, type, partition))
            lane->is_whole = false;
    }
    if (!position_of(loop, owner_type(loop), partition))
        return;
    if (loop->settings.service->timer)
        lane->timer = add_position(loop, SOURCE_TIMER, NULL, EV_NONE, partition);
    lane->redrive = add_position(loop, SOURCE_REDRIVE, NULL, EV_NONE, partition);
}

static bool
check_assigned(struct loop *loop, const struct kafka_partition *assigned, uint32_t count,
               struct error *err)
{
    for (uint32_t i = 0; i < count; i++) {
        if (event_type_of(assigned[i].topic + loop->prefix_bytes) == EV_NONE)
            return error_set(err, ERROR_FATAL, "assigned topic %s is none of ours",
                             assigned[i].topic);
        if (assigned[i].partition >= LANES_MAX)
            return error_set(err, ERROR_FATAL, "topic %s has more than %d partitions",
                             assigned[i].topic, LANES_MAX);
        if ((uint32_t)assigned[i].partition >= loop->lane_span)
            loop->lane_span = (uint32_t)assigned[i].partition + 1;
    }
    return true;
}

/* The loop's own copy of a topic's name: an assignment's does not live long enough. */
static const char *
own_name(const struct loop *loop, const char *topic)
{
    for (uint32_t i = 0; i < loop->topic_count; i++)
        if (strcmp(loop->topics[i], topic) == 0)
            return loop->topics[i];
    return NULL;
}

bool
positions_build(struct loop *loop, struct error *err)
{
    const struct kafka_partition *assigned;
    uint32_t count = loop->log.ops->assignment(loop->log.self, &assigned);

    positions_drop(loop);
    TRY(check_assigned(loop, assigned, count, err));
    size_t slots = (size_t)EV_COUNT * loop->lane_span;
    loop->positions = memory_new(sizeof *loop->positions * (count + 2 * loop->lane_span + 1));
    loop->lanes = memory_new(sizeof *loop->lanes * (loop->lane_span + 1));
    loop->by_type = memory_new(sizeof *loop->by_type * (slots + 1));
    memset(loop->by_type, 0, sizeof *loop->by_type * (slots + 1));
    for (uint32_t i = 0; i < count; i++) {
        enum event_type type = event_type_of(assigned[i].topic + loop->prefix_bytes);
        add_position(loop, topics[type].name, own_name(loop, assigned[i].topic), type,
                     assigned[i].partition);
    }
    for (int32_t p = 0; p < (int32_t)loop->lane_span; p++)
        for (unsigned type = 1; type < EV_COUNT; type++)
            if (position_of(loop, (enum event_type)type, p)) {
                add_lane(loop, p);
                break;
            }
    metric_set(loop->telemetry->partitions, count);
    return true;
}

uint32_t
positions_for_store(struct loop *loop, struct store_position *out)
{
    for (uint32_t i = 0; i < loop->position_count; i++)
        out[i] = (struct store_position){ loop->positions[i].name, loop->positions[i].partition,
                                          loop->positions[i].next_offset,
                                          position_published_next(&loop->positions[i]) };
    return loop->position_count;
}

/* ---- moves --------------------------------------------------------------------------------------- */

uint32_t
positions_published_moves(struct loop *loop, struct store_move *out)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < loop->position_count; i++) {
        const struct position *position = &loop->positions[i];
        int64_t published = position_published_next(position);
        if (published != position->published_stored)
            out[count++] = (struct store_move){ position->name, position->partition,
                                                position->next_offset, position->next_offset,
                                                published };
    }
    return count;
}

/* Positions that moved without a decision (records nobody wanted) are written here as well. */
static uint32_t
all_moves(struct loop *loop, struct store_move *out)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < loop->position_count; i++) {
        const struct position *position = &loop->positions[i];
        int64_t published = position->oldest ? position_published_next(position)
                                             : position->read_next;
        if (published != position->published_stored || position->read_next != position->next_offset)
            out[count++] = (struct store_move){ position->name, position->partition,
                                                position->next_offset, position->read_next,
                                                published };
    }
    return count;
}

/* Whoever was assigned the partitions before us may have been frozen until after we took them, and have taken them
 * then: an owner without work would never learn that its epoch is gone, nor what the other left unpublished. */
static uint32_t
unmoved(struct loop *loop, struct store_move *out)
{
    for (uint32_t i = 0; i < loop->position_count; i++) {
        const struct position *position = &loop->positions[i];
        out[i] = (struct store_move){ position->name, position->partition, position->next_offset,
                                      position->next_offset, position->published_stored };
    }
    return loop->position_count;
}

static void
take_moves(struct loop *loop, const struct store_move *moves, uint32_t count)
{
    uint32_t at = 0;

    for (uint32_t i = 0; i < loop->position_count && at < count; i++) {
        struct position *position = &loop->positions[i];
        if (position->name != moves[at].name || position->partition != moves[at].partition)
            continue;
        position->next_offset = moves[at].next_offset;
        position->published_stored = moves[at].published_next;
        at++;
    }
}

/* Only between batches: what was read and is not in a batch wanted no decision. */
bool
positions_write_published(struct loop *loop, struct error *err)
{
    assert(!batch_is_pending(loop));
    arena_reset(loop->work, ARENA_KEEP_BYTES);
    struct store_move *moves = arena_take(loop->work, sizeof *moves * (loop->position_count + 1));
    struct store_commit commit = { .epoch = loop->epoch, .moves = moves };

    commit.move_count = all_moves(loop, moves);
    loop->moved_at_us = now_us(loop);
    if (commit.move_count == 0 && now_us(loop) - loop->owned_at_us >= OWNED_US)
        commit.move_count = unmoved(loop, moves);
    if (commit.move_count == 0)
        return true;
    TRY(loop->store.ops->commit(loop->store.self, &commit, err));
    loop->owned_at_us = now_us(loop);
    take_moves(loop, moves, commit.move_count);
    return true;
}

bool
positions_hint(struct loop *loop, bool wait, struct error *err)
{
    struct kafka_partition *at = memory_new(sizeof *at * (loop->position_count + 1));
    uint32_t count = 0;

    for (uint32_t i = 0; i < loop->position_count; i++) {
        struct position *position = &loop->positions[i];
        if (!position->topic || position->hinted == position->next_offset)
            continue;
        at[count++] = (struct kafka_partition){ position->topic, position->partition,
                                                position->next_offset };
        position->hinted = position->next_offset;
    }
    loop->hinted_at_us = now_us(loop);
    bool ok = count == 0 || loop->log.ops->commit(loop->log.self, at, count, wait, err);
    memory_free(at);
    return ok;
}
