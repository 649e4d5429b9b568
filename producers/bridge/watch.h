/* watch.h — being told that an order may have changed in the read model.
 *
 * Shapes   watch: one order, one function.  watches: all of them by order.
 * Flow     each commit of the read model tells which orders it changed and whether they rest (subscriber.h).  A
 *          watch is told too often rather than not: what may have been missed tells every watch.
 * Limits   those of the requests: each has at most one watch.
 * Threads  the loop's. */
#pragma once
#include "bridge/bridge.h"

enum watch_news {
    WATCH_UNKNOWN, /* it may have changed */
    WATCH_MOVING,  /* it has, and more is on its way */
    WATCH_AT_REST, /* it has, and nothing more is */
};

struct watch {
    struct watch *next; /* in its bucket */
    struct bridge *bridge;
    char order_id[37];
    bool watching;
    void (*changed)(struct watch *watch, enum watch_news news);
    void *owner;
};

void watches_open(struct bridge *bridge);
void watch_begin(struct bridge *bridge, struct watch *watch, const char *order_id,
                 void (*changed)(struct watch *watch, enum watch_news news), void *owner);
void watch_end(struct watch *watch);

uint32_t watches_count(const struct watches *watches);
void watches_told(struct bridge *bridge, const char *order_id, enum watch_news news);
/* Something may have been missed: every watch is told. */
void watches_missed(struct bridge *bridge);
