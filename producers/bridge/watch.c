/* watch.c — a hash table of watches by order. */
#include "bridge/watch.h"
#include "base/arena.h"
#include <string.h>

#define BUCKETS 4096 /* a power of two */

struct watches {
    struct watch *buckets[BUCKETS];
    uint32_t count;
};

static uint32_t
bucket_of(const char *key, uint32_t bytes)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (uint32_t i = 0; i < bytes; i++)
        hash = (hash ^ (uint8_t)key[i]) * 16777619u;
    return (hash ^ hash >> 15) & (BUCKETS - 1);
}

void
watches_open(struct bridge *bridge)
{
    bridge->watches = memory_new(sizeof *bridge->watches);
}

void
watch_begin(struct bridge *bridge, struct watch *watch, const char *order_id,
            void (*changed)(struct watch *watch, enum watch_news news), void *owner)
{
    struct watches *watches = bridge->watches;
    struct watch **bucket = &watches->buckets[bucket_of(order_id, (uint32_t)strlen(order_id))];

    *watch =
        (struct watch){ .bridge = bridge, .watching = true, .changed = changed, .owner = owner };
    strncpy(watch->order_id, order_id, sizeof watch->order_id - 1);
    watch->next = *bucket;
    *bucket = watch;
    watches->count++;
}

void
watch_end(struct watch *watch)
{
    struct watches *watches;
    struct watch **at;

    if (!watch->watching)
        return;
    watch->watching = false;
    watches = watch->bridge->watches;
    at = &watches->buckets[bucket_of(watch->order_id, (uint32_t)strlen(watch->order_id))];
    while (*at != watch)
        at = &(*at)->next;
    *at = watch->next;
    watches->count--;
}

static struct watch *
find(struct watch *watch, const char *key, uint32_t key_bytes)
{
    while (watch != NULL &&
           (strlen(watch->order_id) != key_bytes || memcmp(watch->order_id, key, key_bytes) != 0))
        watch = watch->next;
    return watch;
}

uint32_t
watches_count(const struct watches *watches)
{
    return watches->count;
}

void
watches_told(struct bridge *bridge, const char *order_id, enum watch_news news)
{
    uint32_t bytes = (uint32_t)strlen(order_id);
    struct watch *watch = bridge->watches->buckets[bucket_of(order_id, bytes)], *next;

    for (watch = find(watch, order_id, bytes); watch != NULL; watch = next) {
        next = find(watch->next, order_id, bytes); /* the owner may end its watch */
        watch->changed(watch, news);
    }
}

void
watches_missed(struct bridge *bridge)
{
    for (unsigned i = 0; i < BUCKETS; i++)
        for (struct watch *watch = bridge->watches->buckets[i], *next; watch != NULL;
             watch = next) {
            next = watch->next;
            watch->changed(watch, WATCH_UNKNOWN);
        }
}
