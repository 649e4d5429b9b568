/* story.h — every way an order can go: its events as they were published, and how the view ends.
 *
 * Shapes   story: events in one causal order (flow.h), and the last view in one line: status, at
 *          rest, over or neither, next, subtotal − discount = amount, coupon, shown revision,
 * payment, compensation (stock/coupon/payment), export, why. Threads  none. */
#pragma once
#include "unit_timeline/shelf.h"

struct order_view;

struct story {
    const char *name;
    const char *lines;
    const char *ends; /* as summary_of tells it */
    uint32_t shown;   /* events in the order's history: all but strangers' */
};

extern const struct story stories[];
extern const uint32_t story_count;

/* The row of FLOW_ORDER with all that is shown; false where there is none. */
bool order_shown_by(struct shelf *shelf, struct order_view *order);
/* The view of FLOW_ORDER in one line; "" where there is none. */
const char *summary_of(struct shelf *shelf, struct arena *arena);
