/* search.h — every reachable state of a world, in breadth, so that the story of a breach is a shortest one.
 *
 * Shapes   search: figures of one world.  States that were visited are kept as 64-bit hashes.
 * Errors   none; a breach is a result.
 * Threads  none. */
#pragma once
#include "exhaustive/saga.h"

struct search {
    const struct world *world;
    uint64_t states, transitions, rests;
    uint64_t crashes; /* among the transitions */
    uint64_t rested[ORDER_STATES]; /* by the order's state */
    uint64_t said[TOPICS];         /* rests whose logs hold the topic */
    uint32_t depth, steps;
    double seconds;
    bool cut;           /* the limit was reached: not all was seen */
    const char *breach; /* NULL: everything holds */
    struct action *story;
    uint32_t story_length;
};

struct search search_world(const struct world *world, uint64_t state_limit);
/* Prints a line of figures, and the story of a breach. */
void search_print(const struct search *search);

/* The first of them are searched by every test run; the others are large. */
#define WORLDS_OF_EVERY_DAY 17
uint32_t world_count(void);
const struct world *world_at(uint32_t position);
const struct world *world_named(const char *name);

void story_print(const struct search *search);
