/* timeline_bench.c — what the folds cost in memory: every story, many orders, batch after batch.
 *
 *     timeline_bench [ORDERS [BATCH]]        default 20000 500
 *
 * Per order: its keys, fresh rows with their pristine copies, the folds, the comparison of rows. */
#include "base/instant.h"
#include "timeline/timeline.h"
#include "unit_timeline/flow.h"
#include "unit_timeline/story.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bench {
    struct arena *batch;
    struct flow flow;
    uint64_t events, changed_rows;
};

/* The same events under another order's id: decided on, not decoded again. */
static void
rename_order(struct event *event, uint32_t number)
{
    char *order_id = (char *)(uintptr_t)event_key(event);
    (void)snprintf(order_id, UUID_TEXT_BYTES, "%08x-0000-7000-8000-000000000001", number);
}

static void
run_batch(struct bench *bench, struct event *const *events, uint32_t count)
{
    struct keys keys;
    struct view view;
    struct emitter out;
    keys_init(&keys, &timeline_service, bench->batch);
    view_init(&view, &timeline_service, bench->batch, (struct domain_settings){ 0 });
    emitter_init(&out, bench->batch);
    for (uint32_t i = 0; i < count; i++)
        service_route(&timeline_service, events[i]->type)->keys(events[i], &keys);
    view_complete(&view, &keys);
    for (uint32_t i = 0; i < count; i++)
        service_route(&timeline_service, events[i]->type)->decide(&view, events[i], &out);
    for (unsigned type = 0; type < TIMELINE_ROW_TYPES; type++)
        for (uint32_t i = 0; i < view.tables[type].count; i++)
            if (row_changed(&timeline_service.rows[type], &view.tables[type].rows[i]))
                bench->changed_rows++;
    bench->events += count;
    arena_reset(bench->batch, SIZE_MAX);
}

static int64_t
run_orders(struct bench *bench, struct event **events, uint32_t orders, uint32_t batch_max)
{
    uint32_t orders_per_batch = batch_max / bench->flow.count, number = 0;
    int64_t spent_us = 0;
    while (number < orders) {
        uint32_t count = 0;
        for (uint32_t i = 0; i < orders_per_batch; i++, number++)
            for (uint32_t k = 0; k < bench->flow.count; k++)
                rename_order(events[count++], number);
        int64_t from_us = monotonic_now_us();
        run_batch(bench, events, count);
        spent_us += monotonic_now_us() - from_us;
    }
    return spent_us;
}

static struct event **
copies_of(struct arena *arena, const struct flow *flow, uint32_t batch_max)
{
    struct event **events = arena_take(arena, batch_max * sizeof(struct event *));
    for (uint32_t i = 0; i < batch_max; i++)
        events[i] = arena_copy(arena, flow->events[i % flow->count], sizeof(struct event));
    return events;
}

int
main(int argc, char **argv)
{
    uint32_t orders = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 20000;
    uint32_t batch_max = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 500;
    for (uint32_t i = 0; i < story_count; i++) {
        struct arena *arena = arena_new(1 << 20);
        struct bench bench = { .batch = arena_new(1 << 20) };
        bench.flow = flow_of(arena, stories[i].lines);
        struct event **events = copies_of(arena, &bench.flow, batch_max);
        int64_t spent_us = run_orders(&bench, events, orders, batch_max);
        (void)printf("%6.0f ns/event %6.2f us/order %4.1f rows/order  %s\n",
                     1000.0 * (double)spent_us / (double)bench.events, (double)spent_us / orders,
                     (double)bench.changed_rows / orders, stories[i].name);
        arena_free(bench.batch);
        arena_free(arena);
    }
    return 0;
}
