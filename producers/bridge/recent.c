/* recent.c — a hash table with a list in order of use, both by index in one array. */
#include "bridge/recent.h"
#include <string.h>

#define BUCKETS (RECENT_MAX * 2)
#define NONE    UINT32_MAX

struct slot {
    char order_id[37];
    uint32_t next;         /* in its bucket */
    uint32_t newer, older; /* in order of use */
    struct memory memory;
};

struct recent {
    uint32_t used, newest, oldest;
    uint32_t buckets[BUCKETS];
    struct slot slots[RECENT_MAX];
};

void
recent_open(struct bridge *bridge)
{
    struct recent *recent = memory_new(sizeof *recent);

    recent->newest = recent->oldest = NONE;
    memset(recent->buckets, 0xff, sizeof recent->buckets);
    bridge->recent = recent;
}

static uint32_t *
bucket_of(struct recent *recent, const char *order_id)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (; *order_id != 0; order_id++)
        hash = (hash ^ (uint8_t)*order_id) * 16777619u;
    return &recent->buckets[(hash ^ hash >> 15) % BUCKETS];
}

static void
link_newest(struct recent *recent, uint32_t i)
{
    recent->slots[i].older = recent->newest;
    recent->slots[i].newer = NONE;
    if (recent->newest != NONE)
        recent->slots[recent->newest].newer = i;
    else
        recent->oldest = i;
    recent->newest = i;
}

static void
unlink_slot(struct recent *recent, uint32_t i)
{
    struct slot *slot = &recent->slots[i];

    if (slot->newer != NONE)
        recent->slots[slot->newer].older = slot->older;
    else
        recent->newest = slot->older;
    if (slot->older != NONE)
        recent->slots[slot->older].newer = slot->newer;
    else
        recent->oldest = slot->newer;
}

static uint32_t
find(struct recent *recent, const char *order_id)
{
    uint32_t i = *bucket_of(recent, order_id);

    while (i != NONE && strcmp(recent->slots[i].order_id, order_id) != 0)
        i = recent->slots[i].next;
    return i;
}

struct memory *
recent_find(struct recent *recent, const char *order_id)
{
    uint32_t i = find(recent, order_id);

    return i == NONE ? NULL : &recent->slots[i].memory;
}

/* A slot that is in no list: a fresh one, or the longest unused. */
static uint32_t
take_slot(struct recent *recent)
{
    uint32_t i, *at;

    if (recent->used < RECENT_MAX)
        return recent->used++;
    i = recent->oldest;
    unlink_slot(recent, i);
    for (at = bucket_of(recent, recent->slots[i].order_id); *at != i;)
        at = &recent->slots[*at].next;
    *at = recent->slots[i].next;
    return i;
}

struct memory *
recent_keep(struct recent *recent, const char *order_id)
{
    uint32_t i = find(recent, order_id), *bucket;

    if (i != NONE) {
        unlink_slot(recent, i);
        link_newest(recent, i);
        return &recent->slots[i].memory;
    }
    i = take_slot(recent);
    recent->slots[i] = (struct slot){ .next = NONE };
    strncpy(recent->slots[i].order_id, order_id, sizeof recent->slots[i].order_id - 1);
    bucket = bucket_of(recent, order_id);
    recent->slots[i].next = *bucket;
    *bucket = i;
    link_newest(recent, i);
    return &recent->slots[i].memory;
}
