/* plan.c — what a seed draws.  Contract: plan.h */
#include "sim/plan.h"

#define FAULT_TEXT(name, text) text,
const char *const fault_names[FAULT_COUNT] = { FAULT_LIST(FAULT_TEXT) };
#undef FAULT_TEXT
#define ACT_TEXT(name, text) text,
const char *const act_names[ACT_COUNT] = { ACT_LIST(ACT_TEXT) };
#undef ACT_TEXT

static void
draw_faults(struct swarm *swarm, struct chance *chance)
{
    static const uint32_t often[] = { 2, 5, 10, 25, 60 };
    bool is_quiet = chance_of_1000(chance, 60); /* some worlds have shoppers alone */
    bool is_storm = chance_of_1000(chance, 60); /* and some have everything */

    for (int fault = 0; fault < FAULT_COUNT; fault++) {
        uint32_t rate = often[chance_below(chance, sizeof often / sizeof *often)];
        bool is_on = is_storm || chance_of_1000(chance, 400);
        swarm->per_mille[fault] = is_on && !is_quiet ? rate : 0;
    }
    swarm->per_mille[FAULT_FOREIGN] *= 8; /* of what shoppers publish, not of every step */
    /* a topic with gaps by nature is not read again for each, so a reader's own gaps would be believed */
    if (swarm->per_mille[FAULT_GAP])
        swarm->per_mille[FAULT_SKIP] = 0;
}

static void
draw_acts(struct swarm *swarm, struct chance *chance)
{
    for (int act = 0; act < ACT_COUNT; act++)
        if (chance_of_1000(chance, 550))
            swarm->acts |= 1u << act;
}

static uint32_t
draw_orders(struct chance *chance)
{
    uint32_t most = chance_of_1000(chance, 250) ? SWARM_ORDERS_MAX : 12;

    return 1 + chance_below(chance, most);
}

struct swarm
swarm_of(const struct plan *plan)
{
    struct chance chance = chance_of(plan->seed, 1);
    struct swarm swarm = { 0 };
    static const uint32_t batches[] = { 1, 1, 3, 10, 100 };

    draw_faults(&swarm, &chance);
    draw_acts(&swarm, &chance);
    swarm.partitions = 1 + chance_below(&chance, 3);
    swarm.orders = draw_orders(&chance);
    swarm.products = 1 + chance_below(&chance, SWARM_PRODUCTS_MAX);
    swarm.coupons = 1 + chance_below(&chance, SWARM_COUPONS_MAX);
    swarm.customers = 1 + chance_below(&chance, SWARM_CUSTOMERS_MAX);
    bool is_alone = chance_of_1000(&chance, 350);
    for (int i = 0; i < 8; i++) {
        uint32_t drawn = 1 + chance_below(&chance, chance_half(&chance) ? 2 : SWARM_INSTANCES_MAX);
        swarm.instances[i] = is_alone ? 1 : drawn;
        if (plan->instances_max && swarm.instances[i] > plan->instances_max)
            swarm.instances[i] = plan->instances_max;
    }
    swarm.batch_max = batches[chance_below(&chance, sizeof batches / sizeof *batches)];
    swarm.unpublished_max = chance_of_1000(&chance, 200) ? 3 : 0;
    swarm.steps_max = 2000 + chance_below(&chance, 4000) + swarm.orders * 400;
    swarm.has_timeline = chance_of_1000(&chance, 100) || plan->with_timeline;
    for (int fault = 0; fault < FAULT_COUNT; fault++)
        if (plan->faults_off >> fault & 1)
            swarm.per_mille[fault] = 0;
    swarm.acts &= ~plan->acts_off;
    if (plan->calm_after)
        swarm.steps_max = plan->calm_after;
    return swarm;
}
