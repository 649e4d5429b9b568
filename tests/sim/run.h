/* run.h — many worlds in several processes, and the one that fails told as short as possible.
 *
 * Shapes     run: which seeds, how many at once, how long.  tally: what a run counted.
 * Processes  each worker is a child, and so is every trial of a shorter story: what aborts is a failure
 *            like any other. */
#pragma once
#include "sim/sim.h"

#define RUN_FAILURES_MAX 8

struct run {
    uint64_t first, last;
    uint32_t jobs;
    uint32_t seconds_max; /* 0: until the last seed */
};

struct tally {
    uint64_t seeds, sagas, events, steps;
    uint64_t worlds[SOMETIMES_COUNT]; /* that reached it */
    uint32_t failures;
    struct {
        uint64_t seed;
        char invariant[16];
    } failed[RUN_FAILURES_MAX];
};

void run_all(const struct run *run, struct tally *out);
/* The invariant that breaks in this world, or "" — never in this process. */
void run_trial(const struct plan *plan, char invariant[16]);
/* The shortest story found that breaks the same invariant. */
struct plan run_shrink(const struct plan *plan, const char *invariant);
/* Tells it, in this process; returns whether something broke. */
bool run_tell(const struct plan *plan);

/* mutants.c, in sim_mutants alone: one defect for all that follows; or each in turn, as a table. */
bool mutant_choose(const char *name);
uint32_t mutants_hunt(uint64_t most);
