/* loop_topics.c — which topics a service reads and which it publishes to, by the tables.  Contract: loop.h */
#include "runtime/loop.h"
#include <stdio.h>
#include <string.h>

static char *
prefixed(const char *prefix, const char *name)
{
    size_t bytes = strlen(prefix) + strlen(name) + 1;
    char *both = memory_new(bytes);

    snprintf(both, bytes, "%s%s", prefix, name);
    return both;
}

uint32_t
loop_topics_new(const struct service *service, const char *prefix, const char ***out)
{
    uint32_t count = 0;

    *out = memory_new(sizeof **out * (service->route_count + 1));
    for (uint32_t i = 0; i < service->route_count; i++) {
        enum event_type type = service->routes[i].type;
        if (topics[type].has_topic)
            (*out)[count++] = prefixed(prefix, topics[type].name);
    }
    return count;
}

uint32_t
loop_published_new(const struct service *service, const char *prefix, const char ***out)
{
    uint32_t count = 0;

    *out = memory_new(sizeof **out * EV_COUNT);
    for (unsigned type = 1; type < EV_COUNT; type++)
        if (topics[type].has_topic && topics[type].producers & service->party)
            (*out)[count++] = prefixed(prefix, topics[type].name);
    return count;
}

void
loop_topics_free(const char **names, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        memory_free((void *)(uintptr_t)names[i]);
    memory_free(names);
}
