/* watch.h — being told that an order may have changed in the read model.
 *
 * Shapes   watch: one order, one function.  watches: all of them by order.
 * Flow     the tail sees a record of the order at the broker; when the read model has come past that record
 *          the watch is told, and its owner reads.  A watch is told too often rather than not: what
 *          the tail may have missed tells every watch.
 * Limits   those of the requests: each has at most one watch.
 * Threads  the loop's; watches_wants is the tail's question, under a lock. */
#pragma once
#include "bridge/positions.h"

struct watch {
    struct watch *next; /* in its bucket */
    struct bridge *bridge;
    char order_id[37];
    bool watching;
    struct position_wait position;
    void (*changed)(struct watch *watch);
    void *owner;
};

void watches_open(struct bridge *bridge);
void watch_begin(struct bridge *bridge, struct watch *watch, const char *order_id,
                 void (*changed)(struct watch *watch), void *owner);
void watch_end(struct watch *watch);

/* Any thread. */
bool watches_wants(struct watches *watches, const char *key, uint32_t key_bytes);
uint32_t watches_count(struct watches *watches);
/* The loop, from the tail's mail: a record of this order lies at this place. */
void watches_saw(struct bridge *bridge, const char *order_id, struct target_offset target);
/* The tail has missed records: every watch is told once the read model may have changed. */
void watches_missed(struct bridge *bridge);
