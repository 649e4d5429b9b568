/* fuzz_simulation.c — bytes as what happens in a simulated world: who is next, what goes wrong, what shoppers do.
 *
 *   4 bytes  which world: the seed of tests/sim, here for its size and the kinds of its misfortunes
 *   others   one for each choice; when they are used up, chance goes on from the seed
 *
 * A broken promise aborts.  `sim --seed` of the same number is the same kind of world, another story. */
#include "sim/sim.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALM_AFTER    400 /* steps: most of them by the bytes */
#define INSTANCES_MAX 2
#define ORDERS_KEPT   6

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t seed;
    struct outcome outcome;

    if (size < sizeof seed)
        return -1;
    memcpy(&seed, data, sizeof seed);
    struct tape tape = { data + sizeof seed, size - sizeof seed, 0 };
    sim_run(&(struct plan){ .seed = seed,
                            .tape = &tape,
                            .calm_after = CALM_AFTER,
                            .instances_max = INSTANCES_MAX,
                            .orders_off = ~0u << ORDERS_KEPT },
            &outcome);
    if (!outcome.invariant)
        return 0;
    fprintf(stderr, "%s is broken: %s\n", outcome.invariant, outcome.text);
    abort();
}
