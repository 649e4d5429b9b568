/* sql_bench.c — what the read model costs with its database: folds, statements, commits; no broker.
 *
 *     sql_bench CONNINFO [ORDERS [BATCH]]        default 60000 500
 *
 * Whole orders per batch is what a backlog looks like once all topics are there; one stage per
 * batch is the worst case: every event of an order comes in a batch of its own.  100 products,
 * 10,000 customers. */
#include "base/instant.h"
#include "runtime/store_pg.h"
#include "timeline/timeline.h"
#include "unit_timeline/flow.h"
#include "unit_timeline/story.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ORDER_OF_STAGES 0x40000000u

struct bench {
    struct store store;
    struct arena *arena, *batch;
    struct uuid epoch;
    int64_t next_offset;
    uint32_t orders, batch_max;
    uint64_t bytes;
};

static void
must(bool holds, const struct error *err)
{
    if (holds)
        return;
    (void)fprintf(stderr, "sql_bench: %s\n", err->message);
    exit(1);
}

/* ---- the events of an order, decoded anew as the loop would */

static const struct flow *
flow_of_order(const struct flow flows[3], uint32_t number)
{
    uint32_t lot = number % 20;
    return lot == 0 ? &flows[2] : lot < 7 ? &flows[0] : &flows[1];
}

static void
put(char *value, const char *old, const char *new)
{
    for (char *at = strstr(value, old); at != NULL; at = strstr(at + 1, old))
        memcpy(at, new, strlen(new));
}

/* Same lengths everywhere, so that ids can be written over ids. */
static struct event *
event_of(struct bench *bench, const struct event *pattern, uint32_t number)
{
    struct event *event = arena_take_raw(bench->batch, sizeof *event);
    struct event_error err;
    char id[9];
    char *value = arena_text(bench->batch, pattern->value, pattern->value_bytes);
    (void)snprintf(id, sizeof id, "%08x", number);
    put(value, "0190c1a0", id);
    (void)snprintf(id, sizeof id, "c-%05u", number % 10000);
    put(value, "c-00000", id);
    (void)snprintf(id, sizeof id, "sku-%02u", number % 100);
    put(value, "sku-00", id);
    must(event_decode(bench->batch, pattern->type, value, pattern->value_bytes, event, &err),
         &(struct error){ .message = "a pattern is no event" });
    event->id = pattern->id;
    event->at_us = pattern->at_us;
    bench->bytes += pattern->value_bytes;
    return event;
}

/* ---- batches */

static void
run_batch(struct bench *bench, struct event *const *events, uint32_t count)
{
    struct keys keys;
    struct view view;
    struct emitter out;
    struct error err = { 0 };
    struct store_waiting waiting = { 0 };
    keys_init(&keys, &timeline_service, bench->batch);
    view_init(&view, &timeline_service, bench->batch, (struct domain_settings){ 0 });
    emitter_init(&out, bench->batch);
    for (uint32_t i = 0; i < count; i++)
        service_route(&timeline_service, events[i]->type)->keys(events[i], &keys);
    must(bench->store.ops->begin(bench->store.self, &keys, &view, &waiting, &err), &err);
    view_complete(&view, &keys);
    for (uint32_t i = 0; i < count; i++)
        service_route(&timeline_service, events[i]->type)->decide(&view, events[i], &out);
    struct store_move move = { .name = "OrderRequested",
                               .expected = bench->next_offset,
                               .next_offset = bench->next_offset + count,
                               .published_next = bench->next_offset + count };
    bench->next_offset += count;
    struct store_commit commit = {
        .view = &view, .epoch = bench->epoch, .moves = &move, .move_count = 1
    };
    must(bench->store.ops->commit(bench->store.self, &commit, &err), &err);
    arena_reset(bench->batch, 64 << 20);
}

static uint32_t
run_whole_orders(struct bench *bench, const struct flow flows[3])
{
    struct event **events = arena_take(bench->arena, bench->batch_max * sizeof(struct event *));
    uint32_t count = 0, total = 0;
    for (uint32_t number = 0; number < bench->orders; number++) {
        const struct flow *flow = flow_of_order(flows, number);
        if (count + flow->count > bench->batch_max) {
            run_batch(bench, events, count);
            count = 0;
        }
        for (uint32_t i = 0; i < flow->count; i++, total++)
            events[count++] = event_of(bench, flow->events[i], number);
    }
    run_batch(bench, events, count);
    return total;
}

static uint32_t
run_stages(struct bench *bench, const struct flow flows[3])
{
    struct event **events = arena_take(bench->arena, bench->batch_max * sizeof(struct event *));
    uint32_t total = 0;
    for (uint32_t first = 0; first < bench->orders; first += bench->batch_max)
        for (uint32_t stage = 0; stage < FLOW_EVENTS_MAX; stage++) {
            uint32_t count = 0;
            for (uint32_t i = first; i < first + bench->batch_max && i < bench->orders; i++)
                if (stage < flow_of_order(flows, i)->count)
                    events[count++] = event_of(bench, flow_of_order(flows, i)->events[stage],
                                               i + FIRST_ORDER_OF_STAGES);
            if (count > 0)
                run_batch(bench, events, count);
            total += count;
        }
    return total;
}

static void
measure(struct bench *bench, const char *name, const struct flow flows[3],
        uint32_t (*run)(struct bench *, const struct flow *))
{
    bench->bytes = 0;
    int64_t from_us = monotonic_now_us();
    uint32_t events = run(bench, flows);
    double spent_us = (double)(monotonic_now_us() - from_us);
    (void)printf(
        "%-22s %6.1f us/order %5.1f us/event %7.0f orders/s (%.1f events, %.0f bytes per order)\n",
        name, spent_us / bench->orders, spent_us / events, 1e6 * bench->orders / spent_us,
        (double)events / bench->orders, (double)bench->bytes / bench->orders);
    (void)fflush(stdout);
}

/* The value with every old text replaced by a longer one. */
static void
widen(struct arena *arena, struct event *event, const char *old, const char *new)
{
    char *value = arena_take(arena, event->value_bytes * 2), *to = value;
    const char *end = event->value + event->value_bytes;
    for (const char *from = event->value; from < end;) {
        bool is_old = (size_t)(end - from) >= strlen(old) && memcmp(from, old, strlen(old)) == 0;
        size_t bytes = is_old ? strlen(new) : 1;
        memcpy(to, is_old ? new : from, bytes);
        to += bytes;
        from += is_old ? strlen(old) : 1;
    }
    event->value = value;
    event->value_bytes = (uint32_t)(to - value);
}

/* Ids wide enough for many products and customers. */
static struct flow
pattern_of(struct arena *arena, const char *lines)
{
    struct flow flow = flow_of(arena, lines);
    for (uint32_t i = 0; i < flow.count; i++) {
        widen(arena, flow.events[i], "sku-1", "sku-00");
        widen(arena, flow.events[i], "\"c-1\"", "\"c-00000\"");
    }
    return flow;
}

static const char *
lines_of_story(const char *name)
{
    for (uint32_t i = 0; i < story_count; i++)
        if (strcmp(stories[i].name, name) == 0)
            return stories[i].lines;
    abort();
}

int
main(int argc, char **argv)
{
    struct bench bench = { .arena = arena_new(1 << 20), .batch = arena_new(1 << 20) };
    struct error err = { 0 };
    if (argc < 2)
        return 2;
    bench.orders = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 60000;
    bench.batch_max = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 500;
    struct store_pg *pg = store_pg_new(&(struct pg_settings){ .conninfo = argv[1],
                                                              .user = "jumun_timeline",
                                                              .search_path = "jumun_timeline" },
                                       &timeline_service);
    bench.store = store_pg_seam(pg);
    bench.epoch = uuid_v4();
    struct store_position position = { .name = "OrderRequested" };
    must(bench.store.ops->open(bench.store.self, &err), &err);
    must(bench.store.ops->take(bench.store.self, NULL, bench.epoch, &position, 1, &err), &err);
    bench.next_offset = position.next_offset;
    struct flow flows[3] = {
        pattern_of(bench.arena, lines_of_story("completed in one call, with a coupon")),
        pattern_of(bench.arena, lines_of_story("completed in one call")),
        pattern_of(bench.arena, lines_of_story("payment failed, the order cancels itself")),
    };
    measure(&bench, "whole orders per batch", flows, run_whole_orders);
    measure(&bench, "one stage per batch", flows, run_stages);
    store_pg_free(pg);
    arena_free(bench.batch);
    arena_free(bench.arena);
    return 0;
}
