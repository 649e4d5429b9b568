/* arrival.c — see arrival.h */
#include "support/arrival.h"
#include <assert.h>
#include <string.h>

static void
swap(const char **one, const char **other)
{
    const char *kept = *one;
    *one = *other;
    *other = kept;
}

/* Heap's way: every order is one exchange away from the one before. */
uint32_t
arrive_in_every_order(const char *const *steps, uint32_t count,
                      void (*visit)(const char *const *steps, uint32_t count))
{
    const char *order[ARRIVAL_STEPS_MAX];
    uint32_t turn[ARRIVAL_STEPS_MAX] = { 0 }, visited = 1;

    assert(count <= ARRIVAL_STEPS_MAX);
    memcpy(order, steps, count * sizeof *steps);
    visit(order, count);
    for (uint32_t i = 1; i < count;) {
        if (turn[i] == i) {
            turn[i++] = 0;
            continue;
        }
        swap(&order[i % 2 == 0 ? 0 : turn[i]], &order[i]);
        turn[i]++;
        i = 1;
        visit(order, count);
        visited++;
    }
    return visited;
}

uint32_t
text_count(const char *text, const char *piece)
{
    uint32_t count = 0;
    for (const char *at = strstr(text, piece); at != NULL; at = strstr(at + 1, piece))
        count++;
    return count;
}
