/* service.c — looking things up in a service's tables.  Contract: service.h */
#include "runtime/service.h"
#include <stdio.h>
#include <stdlib.h>

const struct route *
service_route(const struct service *service, enum event_type type)
{
    for (uint32_t i = 0; i < service->route_count; i++)
        if (service->routes[i].type == type)
            return &service->routes[i];
    return NULL;
}

void
service_check_move(const struct service *service, uint8_t from, enum event_type on, uint8_t to)
{
    for (uint32_t i = 0; i < service->transition_count; i++) {
        const struct transition *row = &service->transitions[i];
        if (row->kind == TRANSITION_MOVES && row->from == from && row->on == on && row->to == to)
            return;
    }
    fprintf(stderr, "%s: bug: no transition %s → %s on %s\n", service->name,
            service->state_names[from], service->state_names[to], topics[on].name);
    abort();
}
