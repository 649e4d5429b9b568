/* flow.h — the events of a story, written one per line, as they were published.
 *
 *     OrderRequested items=I shipping=S1 auto_pay=true
 *     StockReserved  items=P subtotal=2000 deadline_at=D shipping=S1 auto_pay=true
 *
 * Shapes   order_id and customer_id (c-1) are added unless the line says otherwise; a value is a
 *          word of the vocabulary (flow.c), a number, true, false, or text without spaces.
 * Time     each line is a millisecond later; an event's id comes from its line.
 * Threads  none. */
#pragma once
#include "events.h"

#define FLOW_EVENTS_MAX 40
#define FLOW_ORDER      "0190c1a0-0000-7000-8000-000000000001"
#define FLOW_START_US   INT64_C(1800000000000000)

struct flow {
    uint32_t count;
    struct event *events[FLOW_EVENTS_MAX];
};

/* Aborts on a line that is no event. */
struct flow flow_of(struct arena *arena, const char *lines);
/* A request: what somebody asks for, unlike what a service answers. */
bool flow_is_request(const struct event *event);
