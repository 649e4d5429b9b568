/* mutants.c — every defect of runtime/mutant.h in turn: how many worlds it takes to find it, and which promise
 * it breaks.  Takes the place of main.c's hook. */
#include "runtime/mutant.h"
#include "sim/run.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum mutant mutant_active;

#define MUTANT_STRING(name, text) { #name, text },
static const struct {
    const char *name, *text;
} mutants[MUTANT_COUNT] = { { "", "" }, MUTANT_LIST(MUTANT_STRING) };
#undef MUTANT_STRING

bool
mutant_choose(const char *name)
{
    for (int i = 1; i < MUTANT_COUNT; i++)
        if (strcasecmp(mutants[i].name, name) == 0) {
            mutant_active = (enum mutant)i;
            return true;
        }
    return false;
}

/* The first world that breaks; 0: none. */
static uint64_t
hunt(uint64_t most, char invariant[16])
{
    for (uint64_t seed = 1; seed <= most; seed++) {
        run_trial(&(struct plan){ .seed = seed }, invariant);
        if (invariant[0])
            return seed;
    }
    return 0;
}

uint32_t
mutants_hunt(uint64_t most)
{
    uint32_t survivors = 0;

    printf("| mutant | what is wrong | breaks | found in world |\n|---|---|---|---|\n");
    for (int i = 1; i < MUTANT_COUNT; i++) {
        char invariant[16];
        mutant_active = (enum mutant)i;
        uint64_t seed = hunt(most, invariant);
        survivors += seed == 0;
        if (seed)
            printf("| `%s` | %s | %s | %llu |\n", mutants[i].name, mutants[i].text, invariant,
                   (unsigned long long)seed);
        else
            printf("| `%s` | %s | nothing in %llu | – |\n", mutants[i].name, mutants[i].text,
                   (unsigned long long)most);
        fflush(stdout);
    }
    mutant_active = MUTANT_NONE;
    return survivors;
}
