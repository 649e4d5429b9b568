/* positions.h — how far the read model has come, watched only while somebody waits for it.
 *
 * Shapes   target: a record that must have been folded.  position_wait: up to TARGETS_MAX targets; told when all
 *          are reached.
 * Watching every commit of the read model tells its positions (subscriber.h).  One query for all who wait looks
 *          beside it, seldom; every few milliseconds while nothing is heard, slower for what waits long.
 * Invariant  what is known only grows, and was committed by timeline before it became known here.
 * Errors   while the read model is away nothing is reached: who waits has a deadline of its own.
 * Threads  the loop's.
 * Source   consumer_position in schema jumun_timeline. */
#pragma once
#include "bridge/bridge.h"
#include "events.h"

#define TARGETS_MAX 8

struct target_offset {
    enum event_type type;
    int32_t partition;
    int64_t next_offset; /* reached when the read model's next offset is at least this */
};

struct position_wait {
    struct position_wait *previous, *next;
    bool waiting;
    uint32_t count;
    struct target_offset targets[TARGETS_MAX];
    int64_t since_us;
    void (*reached)(struct position_wait *wait);
    void *owner;
};

void positions_open(struct bridge *bridge);
bool positions_are_past(const struct positions *positions, const struct target_offset *target);
/* A target beyond TARGETS_MAX takes the last one's place: told late, never lost, since later is
 * farther. */
void positions_add(struct position_wait *wait, struct target_offset target);
/* reached is called from the loop, later or at once; exactly once unless cancelled. */
void positions_wait(struct bridge *bridge, struct position_wait *wait);
void positions_cancel(struct bridge *bridge, struct position_wait *wait);
/* The read model says how far it has come; positions_tell then tells who waited for that. */
void positions_learn(struct positions *positions, enum event_type type, int32_t partition,
                     int64_t next_offset);
void positions_tell(struct positions *positions);
/* Something may have been missed: the next tick asks. */
void positions_ask(struct positions *positions);
/* Milliseconds until positions_tick wants to be called; −1: not at all. */
int positions_next_ms(const struct positions *positions, int64_t now_us);
void positions_tick(struct bridge *bridge, int64_t now_us);
