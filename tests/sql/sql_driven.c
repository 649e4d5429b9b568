/* sql_driven.c — the whole saga over the real statements: every service's rows in the database,
 * events handed from one to the next in memory, no broker.
 *
 *     sql_driven CONNINFO        a migrated database, with all its constraints
 *
 * After every batch of every service, what was saved is loaded again and must be what was decided:
 * so JSON columns are tried with what decisions really write.  Prints each order's id; test_sql.py
 * looks at the rest. */
#include "sql/rows.h"
#include "unit_timeline/flow.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH_MAX 7
#define QUEUE_MAX 4096

struct saga {
    struct rows rows[8];
    struct arena *arena; /* events */
    struct event *queue[QUEUE_MAX];
    uint32_t first, last;
    int64_t now_us, offset;
    uint32_t dead_letters, compared;
};

static void
fail(const struct rows *rows, const char *what, const char *detail)
{
    (void)fprintf(stderr, "%s: %s: %s\n", rows->service->name, what, detail);
    exit(1);
}

/* ---- the log: one line of events for all */

static void
publish(struct saga *saga, struct event *event)
{
    if (saga->last == QUEUE_MAX)
        abort();
    event->at_us = saga->now_us += 1000;
    event->source.topic = event->type;
    event->source.partition = 0;
    event->source.offset = saga->offset++;
    saga->queue[saga->last++] = event;
}

static void
publish_emitted(struct saga *saga, const struct emitted *item)
{
    struct event *event = arena_take(saga->arena, sizeof *event);
    struct event_error err;
    char name[80];
    if (item->dead_letter_reason != NULL) {
        saga->dead_letters++;
        return;
    }
    const char *value = arena_copy(saga->arena, item->value, item->value_bytes);
    if (!event_decode(saga->arena, item->type, value, item->value_bytes, event, &err)) {
        (void)fprintf(stderr, "%s: %s %s\n", topics[item->type].name, err.pointer, err.detail);
        exit(1);
    }
    (void)snprintf(name, sizeof name, "%s/%u", topics[item->type].name, item->ordinal);
    event->id = uuid_v5(item->cause->id, name, strlen(name));
    publish(saga, event);
}

/* ---- one batch of one service */

static void
compare(struct saga *saga, struct rows *rows, const struct keys *keys, struct view *decided)
{
    struct view again;
    view_init(&again, rows->service, decided->arena, decided->settings);
    rows_load(rows, keys, &again);
    for (unsigned at = 0; at < rows->service->row_type_count; at++) {
        const struct row_type *type = &rows->service->rows[at];
        for (uint32_t i = 0; type->guard != ROW_APPENDED && i < again.tables[at].count; i++) {
            const struct row *row = &again.tables[at].rows[i];
            const void *expected = view_row(decided, at, row->key);
            const void *found = view_row(&again, at, row->key);
            const struct column *column = rows_differ(decided->arena, type, found, expected);
            if (column != NULL)
                fail(rows, type->name, column->name);
            saga->compared++;
        }
    }
}

static void
decide(struct rows *rows, struct event *const *batch, uint32_t count, struct view *view,
       struct emitter *out)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct route *route = service_route(rows->service, batch[i]->type);
        out->cause = batch[i];
        if (route != NULL && (route->wants == NULL || route->wants(batch[i])))
            route->decide(view, batch[i], out);
    }
}

static void
run_batch(struct saga *saga, struct rows *rows, struct event *const *batch, uint32_t count)
{
    struct arena *arena = arena_new(1 << 20);
    struct keys keys;
    struct view view;
    struct emitter out;
    struct error err = { 0 };
    keys_init(&keys, rows->service, arena);
    view_init(&view, rows->service, arena,
              (struct domain_settings){ .order_deadline_us = INT64_C(900000000) });
    emitter_init(&out, arena);
    for (uint32_t i = 0; i < count; i++) {
        const struct route *route = service_route(rows->service, batch[i]->type);
        if (route != NULL && (route->wants == NULL || route->wants(batch[i])))
            route->keys(batch[i], &keys);
    }
    rows_load(rows, &keys, &view);
    decide(rows, batch, count, &view, &out);
    if (!rows_save(rows, &view, &err))
        fail(rows, "a decision is not saved", err.message);
    compare(saga, rows, &keys, &view);
    for (uint32_t i = 0; i < out.count; i++)
        publish_emitted(saga, &out.items[i]);
    arena_free(arena);
}

static void
run_until_quiet(struct saga *saga)
{
    while (saga->first < saga->last) {
        uint32_t count = saga->last - saga->first;
        struct event *const *batch = &saga->queue[saga->first];
        if (count > BATCH_MAX)
            count = BATCH_MAX;
        saga->first += count;
        for (uint32_t i = 0; i < all_services_count; i++)
            run_batch(saga, &saga->rows[i], batch, count);
    }
}

static void
tell(struct saga *saga, const char *lines)
{
    struct flow flow = flow_of(saga->arena, lines);
    for (uint32_t i = 0; i < flow.count; i++)
        publish(saga, flow.events[i]);
    run_until_quiet(saga);
}

/* The internal event of an order's deadline. */
static void
pass_deadline(struct saga *saga, const char *order_id)
{
    struct event *event = arena_take(saga->arena, sizeof *event);
    event->type = EV_ORDER_DEADLINE_PASSED;
    event->id = uuid_v5(UUID_NAMESPACE_RECORD, order_id, strlen(order_id));
    memcpy(event->as.order_deadline_passed.order_id.text, order_id, strlen(order_id));
    saga->now_us += INT64_C(3600000000);
    publish(saga, event);
    run_until_quiet(saga);
}

/* ---- the story */

#define ORDER(n) "order_id=0190c1a0-0000-7000-8000-00000000000" #n " "

/* clang-format off */
static const char catalogue[] =
    "ProductListed product_id=sku-1 name=Cup unit_price=1000\n"
    "StockReplenished replenishment_id=r-1 product_id=sku-1 quantity=15\n"
    "StockReplenished replenishment_id=r-1 product_id=sku-1 quantity=15\n"
    "CouponIssued coupon_code=C1 customer_id=c-1 discount=500\n"
    "CouponIssued coupon_code=C2 percent=15 minimum_amount=1000\n"
    "CouponIssued coupon_code=C3 customer_id=c-7 discount=500\n"
    "BalanceCredited credit_id=k-1 customer_id=c-1 amount=5500\n"
    "BalanceCredited credit_id=k-2 customer_id=c-2 amount=100\n";

static const char first_orders[] =
    "OrderRequested " ORDER(1) "items=I coupon_code=C1 shipping=S1 auto_pay=true request_digest=d-1\n"
    "OrderRequested " ORDER(2) "customer_id=c-2 items=I shipping=S1 auto_pay=true on_payment_failure=cancel coupon_code=C2\n"
    "CancelRequested " ORDER(3) "reason=CUSTOMER\n"
    "CancelRequested " ORDER(3) "customer_id=c-9 reason=OPERATOR\n"
    "OrderRequested " ORDER(3) "items=I\n"
    "ShippingSubmitted " ORDER(4) "shipping=S1 revision=1 coupon_code=C3\n"
    "ShippingSubmitted " ORDER(4) "customer_id=c-9 shipping=S9 revision=3\n"
    "PaymentRequested " ORDER(4) "attempt=1 revision=1 expected_amount=2000\n"
    "PaymentRequested " ORDER(4) "customer_id=c-9 attempt=2 revision=1\n"
    "CouponSelected " ORDER(4) "customer_id=c-9 coupon_code=C2\n"
    "OrderRequested " ORDER(4) "items=I\n"
    "OrderRequested " ORDER(5) "items=B shipping=S1\n"
    "OrderRequested " ORDER(6) "customer_id=c-3 items=I shipping=S1 pay_within_s=60\n";

static const char second_orders[] =
    "CouponSelected " ORDER(4) "coupon_code=C2\n"
    "OrderRequested " ORDER(7) "customer_id=c-2 items=I coupon_code=C3 shipping=S1\n"
    "ShippingSubmitted " ORDER(7) "customer_id=c-2 shipping=S2 revision=2\n"
    "PaymentRequested " ORDER(7) "customer_id=c-2 attempt=1 revision=2\n";

static const char last_words[] =
    "BalanceCredited credit_id=k-3 customer_id=c-2 amount=9000\n"
    "ShippingSubmitted " ORDER(7) "customer_id=c-2 shipping=S1 revision=3\n"
    "PaymentRequested " ORDER(7) "customer_id=c-2 attempt=2 revision=3\n"
    "PaymentRequested " ORDER(7) "customer_id=c-2 attempt=3 revision=3\n"
    "CancelRequested " ORDER(1) "reason=CUSTOMER\n";
/* clang-format on */

int
main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "usage: sql_driven CONNINFO\n");
        return 2;
    }
    struct arena *arena = arena_new(1 << 20);
    struct saga *saga = arena_take(arena, sizeof *saga);
    saga->arena = arena;
    saga->now_us = FLOW_START_US;
    for (uint32_t i = 0; i < all_services_count; i++)
        saga->rows[i] = rows_open(all_services[i], argv[1]);
    tell(saga, catalogue);
    tell(saga, first_orders);
    tell(saga, second_orders);
    pass_deadline(saga, "0190c1a0-0000-7000-8000-000000000006");
    tell(saga, last_words);
    for (uint32_t i = 0; i < all_services_count; i++)
        rows_close(&saga->rows[i]);
    (void)printf("%u events, %u rows compared, %u dead letters\n", saga->last, saga->compared,
                 saga->dead_letters);
    arena_free(arena);
    return 0;
}
