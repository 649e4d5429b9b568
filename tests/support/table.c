/* table.c — see table.h */
#include "support/table.h"
#include <stdio.h>

uint32_t
service_state_count(const struct service *service)
{
    uint32_t count = 0;
    while (service->state_names[count] != NULL)
        count++;
    return count;
}

bool
table_allows(const struct service *service, uint8_t from, enum event_type on, uint8_t to)
{
    for (uint32_t i = 0; i < service->transition_count; i++) {
        const struct transition *row = &service->transitions[i];
        if (row->from == from && row->on == on && row->to == to)
            return true;
    }
    return false;
}

static bool
has_a_row(const struct service *service, uint8_t from, enum event_type on)
{
    for (uint32_t i = 0; i < service->transition_count; i++)
        if (service->transitions[i].from == from && service->transitions[i].on == on)
            return true;
    return false;
}

uint32_t
table_missing(const struct service *service, enum key_kind key)
{
    uint32_t missing = 0;
    for (uint8_t state = 0; state < service_state_count(service); state++)
        for (uint32_t i = 0; i < service->route_count; i++) {
            enum event_type on = service->routes[i].type;
            if (topics[on].key != key || has_a_row(service, state, on))
                continue;
            fprintf(stderr, "%s: no row for %s × %s\n", service->name, service->state_names[state],
                    topics[on].name);
            missing++;
        }
    return missing;
}
