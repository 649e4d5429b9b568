/* watch.c — a hash table of watches by order. */
#include "bridge/watch.h"
#include "bridge/tail.h"
#include <string.h>

#define BUCKETS 4096 /* a power of two */

struct watches {
    pthread_mutex_t lock; /* writing, and reading by the tail; the loop alone writes */
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
    pthread_mutex_init(&bridge->watches->lock, NULL);
}

static void
on_position(struct position_wait *position)
{
    struct watch *watch = position->owner;

    watch->changed(watch);
}

void
watch_begin(struct bridge *bridge, struct watch *watch, const char *order_id,
            void (*changed)(struct watch *watch), void *owner)
{
    struct watches *watches = bridge->watches;
    struct watch **bucket = &watches->buckets[bucket_of(order_id, (uint32_t)strlen(order_id))];
    uint32_t count;

    *watch =
        (struct watch){ .bridge = bridge, .watching = true, .changed = changed, .owner = owner };
    strncpy(watch->order_id, order_id, sizeof watch->order_id - 1);
    watch->position = (struct position_wait){ .any = true, .reached = on_position, .owner = watch };
    pthread_mutex_lock(&watches->lock);
    watch->next = *bucket;
    *bucket = watch;
    count = ++watches->count;
    pthread_mutex_unlock(&watches->lock);
    if (count == 1)
        tail_wake(bridge->tail);
}

void
watch_end(struct watch *watch)
{
    struct watches *watches;
    struct watch **at;

    if (!watch->watching)
        return;
    watch->watching = false;
    positions_cancel(watch->bridge, &watch->position);
    watches = watch->bridge->watches;
    pthread_mutex_lock(&watches->lock);
    at = &watches->buckets[bucket_of(watch->order_id, (uint32_t)strlen(watch->order_id))];
    while (*at != watch)
        at = &(*at)->next;
    *at = watch->next;
    watches->count--;
    pthread_mutex_unlock(&watches->lock);
}

static struct watch *
find(struct watch *watch, const char *key, uint32_t key_bytes)
{
    while (watch != NULL &&
           (strlen(watch->order_id) != key_bytes || memcmp(watch->order_id, key, key_bytes) != 0))
        watch = watch->next;
    return watch;
}

bool
watches_wants(struct watches *watches, const char *key, uint32_t key_bytes)
{
    bool found;

    pthread_mutex_lock(&watches->lock);
    found = find(watches->buckets[bucket_of(key, key_bytes)], key, key_bytes) != NULL;
    pthread_mutex_unlock(&watches->lock);
    return found;
}

uint32_t
watches_count(struct watches *watches)
{
    uint32_t count;

    pthread_mutex_lock(&watches->lock);
    count = watches->count;
    pthread_mutex_unlock(&watches->lock);
    return count;
}

void
watches_saw(struct bridge *bridge, const char *order_id, struct target_offset target)
{
    uint32_t bytes = (uint32_t)strlen(order_id);
    struct watch *watch = bridge->watches->buckets[bucket_of(order_id, bytes)], *next;

    for (watch = find(watch, order_id, bytes); watch != NULL; watch = next) {
        next = find(watch->next, order_id, bytes); /* the owner may end its watch */
        positions_add(&watch->position, target);
        positions_wait(bridge, &watch->position);
    }
}

void
watches_missed(struct bridge *bridge)
{
    for (unsigned i = 0; i < BUCKETS; i++)
        for (struct watch *watch = bridge->watches->buckets[i], *next; watch != NULL;
             watch = next) {
            next = watch->next;
            watch->changed(watch);
        }
}
