/* chance.c — splitmix64.  Contract: chance.h */
#include "sim/chance.h"

static uint64_t
taped(struct tape *tape, uint64_t drawn)
{
    if (!tape || tape->at == tape->count)
        return drawn;
    return (uint64_t)tape->bytes[tape->at++] << 56 | drawn >> 8;
}

uint64_t
chance_next(struct chance *chance)
{
    uint64_t mixed = chance->state += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return taped(chance->tape, mixed ^ (mixed >> 31));
}

struct chance
chance_of(uint64_t seed, uint64_t stream)
{
    struct chance first = { .state = seed };
    struct chance second = { .state = chance_next(&first) ^
                                      (stream * UINT64_C(0xd1342543de82ef95)) };

    return (struct chance){ .state = chance_next(&second) };
}

uint32_t
chance_below(struct chance *chance, uint32_t below)
{
    return (uint32_t)(((chance_next(chance) >> 32) * below) >> 32);
}

int64_t
chance_between(struct chance *chance, int64_t least, int64_t most)
{
    return least + (int64_t)(chance_next(chance) % (uint64_t)(most - least + 1));
}

bool
chance_of_1000(struct chance *chance, uint32_t thousandths)
{
    return thousandths > 0 && chance_below(chance, 1000) < thousandths;
}

bool
chance_half(struct chance *chance)
{
    return chance_next(chance) >> 63;
}
