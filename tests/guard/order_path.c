/* order_path.c — the way of an order through every service, without servers: decode, decide, encode.
 *
 *     order_path ORDERS → {"orders":1000,"over":1000,"messages":7300}
 *
 * The benchmark's shop (producers/load/workload.h), in batches of BATCH.  test_instructions.py runs it under
 * callgrind, which counts in path_decode and path_decide alone: loading, saving and this world are not the path. */
#include "coupon/coupon.h"
#include "export/export.h"
#include "guard/store.h"
#include "json/json_write.h"
#include "load/workload.h"
#include "order/order.h"
#include "partner/partner.h"
#include "payment/payment.h"
#include "stock/stock.h"
#include "timeline/timeline.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH        500
#define MESSAGES_MAX 65536
#define START_US     INT64_C(1800000000000000)

struct message {
    enum event_type type;
    char *value;
    uint32_t value_bytes;
};

struct member {
    const struct service *service;
    struct store *store;
    uint32_t next; /* message */
};

struct world {
    struct message messages[MESSAGES_MAX];
    uint32_t count, over;
};

struct batch {
    struct arena *arena;
    struct event events[BATCH];
    uint32_t count;
    struct keys keys;
    struct view view;
    struct emitter said;
};

void path_decode(struct batch *batch, const struct service *service, const struct message *message,
                 uint32_t offset);
void path_decide(struct batch *batch, const struct service *service);

/* ---- what is counted ---------------------------------------------------------------------------- */

__attribute__((noinline)) void
path_decode(struct batch *batch, const struct service *service, const struct message *message,
            uint32_t offset)
{
    const struct route *route = service_route(service, message->type);
    struct event *event = &batch->events[batch->count];
    struct event_error err;

    if (!event_decode(batch->arena, message->type, message->value, message->value_bytes, event,
                      &err))
        abort();
    event->type = message->type;
    event->at_us = START_US + offset;
    event->source = (struct source){ .topic = message->type, .offset = offset };
    event->value = message->value;
    event->value_bytes = message->value_bytes;
    if (route->wants && !route->wants(event))
        return;
    route->keys(event, &batch->keys);
    batch->count++;
}

__attribute__((noinline)) void
path_decide(struct batch *batch, const struct service *service)
{
    for (uint32_t i = 0; i < batch->count; i++) {
        batch->said.cause = &batch->events[i];
        service_route(service, batch->events[i].type)
            ->decide(&batch->view, &batch->events[i], &batch->said);
    }
}

/* ---- the world around it ------------------------------------------------------------------------ */

static void
add(struct world *world, enum event_type type, const char *value, uint32_t value_bytes)
{
    struct message *message = &world->messages[world->count++];

    if (world->count == MESSAGES_MAX)
        abort();
    *message = (struct message){ .type = type, .value_bytes = value_bytes };
    message->value = memcpy(memory_new(value_bytes), value, value_bytes);
    world->over += type == EV_EXPORT_ACKNOWLEDGED || type == EV_ORDER_CANCELLED;
}

static void
publish(struct world *world, struct arena *arena, const struct event *event)
{
    struct json_writer json;

    json_writer_init(&json, arena, 1024);
    event_write(&json, event);
    add(world, event->type, json.bytes, (uint32_t)json.length);
    arena_reset(arena, 1 << 16);
}

static void
publish_shop(struct world *world, const struct workload *load, struct arena *arena)
{
    struct event *event = memory_new(sizeof *event);

    memset(event, 0, sizeof *event);
    for (int32_t i = 0; i < load->products; i++) {
        event->type = EV_PRODUCT_LISTED;
        workload_product(load, i, &event->as.product_listed);
        publish(world, arena, event);
        event->type = EV_STOCK_REPLENISHED;
        workload_stock(load, i, &event->as.stock_replenished);
        publish(world, arena, event);
    }
    for (int32_t i = 0; i < load->customers; i++) {
        event->type = EV_BALANCE_CREDITED;
        workload_credit(load, i, &event->as.balance_credited);
        publish(world, arena, event);
    }
    for (int64_t i = 0; i < load->orders; i++) {
        event->type = EV_COUPON_ISSUED;
        if (workload_coupon(load, i, &event->as.coupon_issued))
            publish(world, arena, event);
    }
    for (int64_t i = 0; i < load->orders; i++) {
        event->type = EV_ORDER_REQUESTED;
        workload_order(load, i, &event->as.order_requested);
        publish(world, arena, event);
    }
    memory_free(event);
}

static void
hear(struct world *world, const struct emitter *said)
{
    for (uint32_t i = 0; i < said->count; i++) {
        if (said->items[i].dead_letter_reason)
            abort();
        add(world, said->items[i].type, said->items[i].value, said->items[i].value_bytes);
    }
}

/* A batch of what this member has not read yet; false: there is nothing. */
static bool
step(struct world *world, struct member *member, struct batch *batch)
{
    arena_reset(batch->arena, 1 << 22);
    batch->count = 0;
    keys_init(&batch->keys, member->service, batch->arena);
    emitter_init(&batch->said, batch->arena);
    view_init(&batch->view, member->service, batch->arena,
              (struct domain_settings){ .order_deadline_us = INT64_C(900000000) });
    uint32_t begun = member->next;
    for (; member->next < world->count && batch->count < BATCH; member->next++)
        if (service_route(member->service, world->messages[member->next].type))
            path_decode(batch, member->service, &world->messages[member->next], member->next);
    store_load(member->store, &batch->view, &batch->keys);
    view_complete(&batch->view, &batch->keys);
    path_decide(batch, member->service);
    store_save(member->store, &batch->view);
    hear(world, &batch->said);
    return member->next > begun;
}

int
main(int argc, char **argv)
{
    static struct world world;
    static struct batch batch;
    static const struct service *const services[] = { &stock_service,   &coupon_service,
                                                      &order_service,   &payment_service,
                                                      &export_service,  &partner_service,
                                                      &timeline_service };
    struct member members[COUNT_OF(services)];
    const struct workload load = { .run = "guard", .orders = argc > 1 ? atoll(argv[1]) : 1000,
                                   .products = 100, .customers = 1000, .coupon_percent = 30,
                                   .short_percent = 5 };
    bool goes_on = true;

    batch.arena = arena_new(1 << 22);
    publish_shop(&world, &load, batch.arena);
    for (uint32_t i = 0; i < COUNT_OF(services); i++)
        members[i] = (struct member){ services[i], store_new(services[i]), 0 };
    while (goes_on) {
        goes_on = false;
        for (uint32_t i = 0; i < COUNT_OF(services); i++)
            goes_on |= step(&world, &members[i], &batch);
    }
    printf("{\"orders\":%lld,\"over\":%u,\"messages\":%u}\n", (long long)load.orders, world.over,
           world.count);
    return 0;
}
