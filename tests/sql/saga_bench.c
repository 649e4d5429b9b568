/* saga_bench.c — the saga without a broker: the benchmark's orders through all services, decisions, statements and
 * commits as in production, events handed over in memory.  What is left to gain is the distance to this.
 *
 *     saga_bench CONNINFO [ORDERS [WAVE]]        a migrated database without services; default 20000 1000
 *
 * WAVE orders at once go from OrderRequested to their end: each service has one batch of whatever is there for it,
 * then the next service.  One thread waits for one connection at a time, so that a core is busy at most.
 * Prints one JSON line: µs of an order altogether, of each service, and what two cores could do of it. */
#include "base/instant.h"
#include "emit.h"
#include "load/workload.h"
#include "runtime/store_pg.h"
#include "sql/rows.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMBERS_MAX 8
#define EVENTS_MAX  (1u << 16) /* of one wave */
#define KEEP_BYTES  (64u << 20)

struct member {
    const struct service *service;
    struct store_pg *pg;
    struct store store;
    struct uuid epoch;
    int64_t next[EV_COUNT]; /* offset of each topic */
    uint32_t read;          /* of the wave's events */
    int64_t spent_us;
};

struct saga {
    struct member members[MEMBERS_MAX];
    struct arena *wave, *batch;
    struct event *events[EVENTS_MAX];
    uint32_t event_count;
    int64_t end[EV_COUNT];
    int64_t now_us;
    uint64_t batches;
};

static void
must(bool holds, const struct service *service, const struct error *err)
{
    if (holds)
        return;
    (void)fprintf(stderr, "saga_bench: %s: %s\n", service->name, err->message);
    exit(1);
}

/* ---- the log: what is emitted lies in its topic, partition 0 */

static void
publish(struct saga *saga, const struct emitted *item)
{
    struct event *event = arena_take(saga->wave, sizeof *event);
    const char *value = arena_copy(saga->wave, item->value, item->value_bytes);
    struct event_error err;
    char name[160];

    if (item->dead_letter_reason || saga->event_count == EVENTS_MAX ||
        !event_decode(saga->wave, item->type, value, item->value_bytes, event, &err))
        abort();
    snprintf(name, sizeof name, "%s/%u/%.80s", topics[item->type].name, item->ordinal, item->key);
    event->id = uuid_v5(item->cause->id, name, strlen(name));
    event->at_us = saga->now_us += 100;
    event->source = (struct source){ .topic = item->type, .offset = saga->end[item->type]++ };
    saga->events[saga->event_count++] = event;
}

/* ---- a batch of one service */

struct batch {
    struct event **events;
    uint32_t count;
    struct keys keys;
    struct view view;
    struct emitter out;
};

static void
gather(struct saga *saga, struct member *member, struct batch *batch)
{
    batch->events = arena_take(saga->batch, sizeof(struct event *) * (EVENTS_MAX + 1));
    for (; member->read < saga->event_count; member->read++) {
        struct event *event = saga->events[member->read];
        const struct route *route = service_route(member->service, event->type);
        if (!route || (route->wants && !route->wants(event)))
            continue;
        route->keys(event, &batch->keys);
        batch->events[batch->count++] = event;
    }
}

static void
decide(struct member *member, struct batch *batch)
{
    view_complete(&batch->view, &batch->keys);
    for (uint32_t i = 0; i < batch->count; i++) {
        batch->out.cause = batch->events[i];
        service_route(member->service, batch->events[i]->type)
            ->decide(&batch->view, batch->events[i], &batch->out);
    }
}

/* Values one behind the other; production's frames have some thirty bytes more for each. */
static struct store_outbox
outbox_of(struct saga *saga, const struct batch *batch, enum event_type source, int64_t first,
          int64_t last)
{
    struct store_outbox row = { .name = topics[source].name,
                                .first_offset = first,
                                .last_offset = last };
    uint32_t bytes = 0;

    for (uint32_t i = 0; i < batch->out.count; i++)
        if (batch->out.items[i].cause->type == source)
            bytes += batch->out.items[i].value_bytes;
    char *at = arena_take_raw(saga->batch, bytes + 1);
    row.frames = at;
    row.frames_bytes = bytes;
    for (uint32_t i = 0; i < batch->out.count; i++) {
        const struct emitted *item = &batch->out.items[i];
        if (item->cause->type != source)
            continue;
        memcpy(at, item->value, item->value_bytes);
        at += item->value_bytes;
        row.event_count++;
    }
    return row;
}

static void
commit(struct saga *saga, struct member *member, struct batch *batch)
{
    struct store_move moves[EV_COUNT];
    struct store_outbox outbox[EV_COUNT];
    struct store_commit all = { .view = &batch->view, .epoch = member->epoch,
                                .moves = moves, .outbox = outbox };
    struct error err = { 0 };

    for (enum event_type type = 0; type < EV_COUNT; type++) {
        if (!service_route(member->service, type) || member->next[type] == saga->end[type])
            continue;
        struct store_outbox row =
            outbox_of(saga, batch, type, member->next[type], saga->end[type] - 1);
        moves[all.move_count++] = (struct store_move){ .name = topics[type].name,
                                                       .expected = member->next[type],
                                                       .next_offset = saga->end[type],
                                                       .published_next = saga->end[type] };
        member->next[type] = saga->end[type];
        if (row.event_count)
            outbox[all.outbox_count++] = row;
    }
    must(member->store.ops->commit(member->store.self, &all, &err), member->service, &err);
}

static void
run_batch(struct saga *saga, struct member *member)
{
    struct batch batch = { 0 };
    struct store_waiting nobody = { 0 };
    struct error err = { 0 };

    keys_init(&batch.keys, member->service, saga->batch);
    view_init(&batch.view, member->service, saga->batch,
              (struct domain_settings){ .order_deadline_us = INT64_C(900000000) });
    emitter_init(&batch.out, saga->batch);
    gather(saga, member, &batch);
    if (batch.count) {
        int64_t from_us = monotonic_now_us();
        must(member->store.ops->begin(member->store.self, &batch.keys, &batch.view, &nobody, &err),
             member->service, &err);
        decide(member, &batch);
        commit(saga, member, &batch);
        member->spent_us += monotonic_now_us() - from_us;
        saga->batches++;
    }
    for (uint32_t i = 0; i < batch.out.count; i++)
        publish(saga, &batch.out.items[i]);
    arena_reset(saga->batch, KEEP_BYTES);
}

/* What is emitted from outside, and all that comes of it. */
static void
run_all(struct saga *saga, const struct emitter *from)
{
    for (uint32_t i = 0; i < from->count; i++)
        publish(saga, &from->items[i]);
    for (bool quiet = false; !quiet;) {
        uint32_t before = saga->event_count;
        for (uint32_t i = 0; i < all_services_count; i++)
            run_batch(saga, &saga->members[i]);
        quiet = saga->event_count == before;
    }
    for (uint32_t i = 0; i < all_services_count; i++)
        saga->members[i].read = 0;
    saga->event_count = 0;
    arena_reset(saga->wave, KEEP_BYTES);
}

/* ---- the shop */

/* What comes from outside has no cause of its own. */
static const struct event outside;

static void
outside_init(struct emitter *out, struct saga *saga)
{
    emitter_init(out, saga->wave);
    out->cause = &outside;
}

static void
stock_up(struct saga *saga, const struct workload *load)
{
    struct emitter out;

    outside_init(&out, saga);
    for (int64_t i = 0; i < load->products; i++) {
        struct product_listed product;
        struct stock_replenished stock;
        workload_product(load, i, &product);
        workload_stock(load, i, &stock);
        emit_product_listed(&out, &product);
        emit_stock_replenished(&out, &stock);
    }
    for (int64_t i = 0; i < load->customers; i++) {
        struct balance_credited credit;
        workload_credit(load, i, &credit);
        emit_balance_credited(&out, &credit);
    }
    run_all(saga, &out);
}

static void
issue_coupons(struct saga *saga, const struct workload *load, int64_t first, int64_t end)
{
    struct emitter out;
    struct coupon_issued coupon;

    outside_init(&out, saga);
    for (int64_t i = first; i < end; i++)
        if (workload_coupon(load, i, &coupon))
            emit_coupon_issued(&out, &coupon);
    run_all(saga, &out);
}

static void
order(struct saga *saga, const struct workload *load, int64_t first, int64_t end)
{
    struct emitter out;
    struct order_requested request;

    outside_init(&out, saga);
    for (int64_t i = first; i < end; i++) {
        workload_order(load, i, &request);
        emit_order_requested(&out, &request);
    }
    run_all(saga, &out);
}

/* ---- members */

static void
member_open(struct member *member, const struct service *service, const char *conninfo)
{
    struct store_position positions[EV_COUNT];
    char role[64];
    uint32_t count = 0;
    struct error err = { 0 };

    snprintf(role, sizeof role, "jumun_%s", service->name);
    *member = (struct member){ .service = service, .epoch = uuid_v4() };
    member->pg = store_pg_new(&(struct pg_settings){ .conninfo = conninfo, .user = role,
                                                     .search_path = role },
                              service);
    member->store = store_pg_seam(member->pg);
    for (enum event_type type = 0; type < EV_COUNT; type++)
        if (service_route(service, type))
            positions[count++] = (struct store_position){ .name = topics[type].name };
    must(member->store.ops->open(member->store.self, &err), service, &err);
    must(member->store.ops->take(member->store.self, NULL, member->epoch, positions, count, &err),
         service, &err);
}

static void
tell(const struct saga *saga, int64_t orders, int64_t batches)
{
    double all_us = 0;

    for (uint32_t i = 0; i < all_services_count; i++)
        all_us += (double)saga->members[i].spent_us / (double)orders;
    printf("{\"orders\":%lld,\"batches\":%lld,\"us_per_order\":%.1f,\"two_cores_per_s\":%.0f",
           (long long)orders, (long long)batches, all_us, 2e6 / all_us);
    for (uint32_t i = 0; i < all_services_count; i++)
        printf(",\"%s_us\":%.1f", saga->members[i].service->name,
               (double)saga->members[i].spent_us / (double)orders);
    printf("}\n");
}

int
main(int argc, char **argv)
{
    struct saga *saga = calloc(1, sizeof *saga);
    struct workload load = { .run = "sql", .products = 100, .customers = 10000,
                             .coupon_percent = 30, .short_percent = 5 };
    int64_t wave = argc > 3 ? strtoll(argv[3], NULL, 10) : 1000;
    load.orders = argc > 2 ? strtoll(argv[2], NULL, 10) : 20000;
    if (!saga || argc < 2 || wave < 1 || wave > 5000 || load.orders < wave) {
        (void)fprintf(stderr, "usage: saga_bench CONNINFO [ORDERS [WAVE]]\n");
        return 2;
    }
    saga->wave = arena_new(1 << 20);
    saga->batch = arena_new(1 << 20);
    saga->now_us = instant_now_us();
    for (uint32_t i = 0; i < all_services_count; i++)
        member_open(&saga->members[i], all_services[i], argv[1]);
    stock_up(saga, &load);
    for (int64_t first = 0; first < load.orders; first += wave)
        issue_coupons(saga, &load, first, first + wave);
    for (uint32_t i = 0; i < all_services_count; i++)
        saga->members[i].spent_us = 0;
    saga->batches = 0;
    for (int64_t first = 0; first < load.orders; first += wave)
        order(saga, &load, first, first + wave);
    tell(saga, load.orders, (int64_t)saga->batches);
    for (uint32_t i = 0; i < all_services_count; i++)
        store_pg_free(saga->members[i].pg);
    arena_free(saga->batch);
    arena_free(saga->wave);
    free(saga);
    return 0;
}
