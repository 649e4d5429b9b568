/* json_names.c — pairwise for few names, sorted for many.  Contract: json_names.h */
#include "json/json_names.h"

#include <string.h>

#define PAIRWISE_NAMES_MAX 32u

static int
compare(const struct json_node *a, const struct json_node *b)
{
    if (a->text_bytes != b->text_bytes)
        return a->text_bytes < b->text_bytes ? -1 : 1;
    return a->text_bytes == 0 ? 0 : memcmp(a->text, b->text, a->text_bytes);
}

static uint32_t
next_name(const struct json_node *nodes, uint32_t name)
{
    return nodes[name + 1].next;
}

static uint32_t
find_pairwise(const struct json_node *nodes, uint32_t object, uint32_t count)
{
    uint32_t later = object + 1;
    for (uint32_t i = 0; i < count; i++, later = next_name(nodes, later)) {
        uint32_t earlier = object + 1;
        for (; earlier < later; earlier = next_name(nodes, earlier))
            if (compare(&nodes[earlier], &nodes[later]) == 0)
                return later;
    }
    return JSON_NONE;
}

static void
sift_down(const struct json_node *nodes, uint32_t *heap, uint32_t at, uint32_t count)
{
    for (uint32_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && compare(&nodes[heap[child]], &nodes[heap[child + 1]]) < 0)
            child++;
        if (compare(&nodes[heap[at]], &nodes[heap[child]]) >= 0)
            return;
        uint32_t swapped = heap[at];
        heap[at] = heap[child];
        heap[child] = swapped;
    }
}

/* Heap sort: n log n in the worst case, whatever names a hostile document chose. */
static void
sort(const struct json_node *nodes, uint32_t *heap, uint32_t count)
{
    for (uint32_t i = count / 2; i-- > 0;)
        sift_down(nodes, heap, i, count);
    for (uint32_t last = count; last-- > 1;) {
        uint32_t largest = heap[0];
        heap[0] = heap[last];
        heap[last] = largest;
        sift_down(nodes, heap, 0, last);
    }
}

static uint32_t
find_sorted(const struct json_node *nodes, uint32_t object, uint32_t count, uint32_t *names)
{
    uint32_t name = object + 1;
    for (uint32_t i = 0; i < count; i++, name = next_name(nodes, name))
        names[i] = name;
    sort(nodes, names, count);
    for (uint32_t i = 1; i < count; i++)
        if (compare(&nodes[names[i - 1]], &nodes[names[i]]) == 0)
            return names[i - 1] > names[i] ? names[i - 1] : names[i];
    return JSON_NONE;
}

uint32_t
json_names_duplicate(struct arena *scratch, const struct json_node *nodes, uint32_t object,
                     uint32_t count)
{
    if (count <= PAIRWISE_NAMES_MAX)
        return find_pairwise(nodes, object, count);
    struct arena_mark mark = arena_mark(scratch);
    uint32_t *names = arena_take_raw(scratch, count * sizeof(*names));
    uint32_t duplicate = find_sorted(nodes, object, count, names);
    arena_rewind(scratch, mark);
    return duplicate;
}
