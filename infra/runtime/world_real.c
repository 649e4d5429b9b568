/* world_real.c — see world_real.h */
#include "runtime/world_real.h"
#include "base/instant.h"
#include <sys/random.h>

static int64_t
monotonic(void *self)
{
    (void)self;
    return monotonic_now_us();
}

static int64_t
wall(void *self)
{
    (void)self;
    return instant_now_us();
}

static struct uuid
random_uuid(void *self)
{
    (void)self;
    return uuid_v4();
}

static uint32_t
random_below(void *self, uint32_t below)
{
    uint32_t value = 0;

    (void)self;
    if (getrandom(&value, sizeof value, 0) != sizeof value || below == 0)
        return 0;
    return value % below;
}

struct world
world_real(void)
{
    static const struct world_ops ops = { monotonic, wall, random_uuid, random_below };
    return (struct world){ &ops, NULL };
}
