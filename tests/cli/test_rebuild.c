/* test_rebuild.c — rows in memory for `jumun rebuild`: nothing that lies in a topic ends it, and a row finds the
 * rows it refers to, as it would by the load statements. */
#include "cli/rebuild.h"
#include "coupon/coupon.h"
#include "coupon/coupon_fold.h"
#include "tests/cli/any_event.h"
#include "support/world.h"
#include "timeline/timeline_rows.h"
#include "unit_timeline/shelf.h"
#include <criterion/criterion.h>

#define STORIES      60
#define EVENTS       150
#define DEADLINE_S   900
#define COUPON       1 /* in fold_targets */
#define TIMELINE     6
#define ORDER_1      "00000000-0000-7000-8000-000000000001"
#define ORDER_2      "00000000-0000-7000-8000-000000000002"
#define OF(order)    "{\"order_id\":\"" order "\",\"customer_id\":\"c-1\""
#define OF_ORDER_1   OF(ORDER_1)
#define APPLIED(order)   OF(order) ",\"coupon_code\":\"k-1\",\"discount\":100}"
#define CANCELLED(order) OF(order) ",\"reason\":\"CUSTOMER\",\"revision\":0,\"coupon_codes\":[]}"

static struct cli cli;

static void
rebuild_begin(struct rebuild *rebuild, uint32_t service)
{
    cli.settings.order_deadline_s = DEADLINE_S;
    *rebuild = (struct rebuild){ .cli = &cli, .service = service,
                                 .target = &fold_targets[service] };
    rebuild_rows_init(rebuild);
}

/* As a service writes it: partner keeps a digest of the bytes. */
static void
write_again(struct arena *arena, struct event *event)
{
    struct json_writer out;
    json_writer_init(&out, arena, 1024);
    event_write(&out, event);
    event->value = out.bytes;
    event->value_bytes = out.length;
}

static void
decode(struct arena *arena, enum event_type type, const char *json, uint32_t number,
       struct event *out)
{
    struct event_error wrong = { "", "", "" };
    bool ok = event_decode(arena, type, json, strlen(json), out, &wrong);
    cr_assert(ok, "%s: %s %s: %s", topics[type].name, wrong.pointer, wrong.detail, json);
    write_again(arena, out);
    out->type = type;
    memcpy(out->id.bytes, &number, sizeof number);
    out->at_us = WORLD_NOW_US + number;
    out->source = (struct source){ type, (int32_t)(number % 2), number };
}

static enum event_type
any_route(uint64_t *chance, const struct service *by)
{
    for (;;) {
        enum event_type type = by->routes[any_below(chance, by->route_count)].type;
        if (topics[type].has_topic)
            return type;
    }
}

/* ---- nothing ends it ---------------------------------------------------------------------------- */

static void
feed_any(struct rebuild *rebuild, uint64_t *chance, const struct service *by,
         enum event_type type)
{
    static struct event event;
    uint32_t number = any_below(chance, 1000);
    decode(rebuild->arena, type, any_event(rebuild->arena, chance, type), number, &event);
    rebuild_apply(rebuild, by, &event);
    arena_reset(rebuild->arena, 1 << 20);
}

/* Facts come topic by topic, as the fold lists them. */
static void
fold_any(struct rebuild *rebuild, uint64_t *chance)
{
    const struct service *fold = rebuild->target->fold;
    for (uint32_t route = 0; fold && route < fold->route_count; route++)
        for (uint32_t left = any_below(chance, EVENTS / 10); left > 0; left--)
            feed_any(rebuild, chance, fold, fold->routes[route].type);
}

static void
tell_stories(uint32_t service)
{
    uint64_t chance = 0x9e3779b97f4a7c15u + service;
    for (uint32_t story = 0; story < STORIES; story++) {
        struct rebuild rebuild;
        rebuild_begin(&rebuild, service);
        fold_any(&rebuild, &chance);
        for (uint32_t i = 0; i < EVENTS; i++)
            feed_any(&rebuild, &chance, rebuild.target->service,
                     any_route(&chance, rebuild.target->service));
        rebuild_rows_free(&rebuild);
    }
}

/* A test each: one that aborts hides no other. */
/* clang-format off */
Test(rebuild, no_event_in_no_order_ends_it_for_stock)    { tell_stories(0); }
Test(rebuild, no_event_in_no_order_ends_it_for_coupon)   { tell_stories(1); }
Test(rebuild, no_event_in_no_order_ends_it_for_order)    { tell_stories(2); }
Test(rebuild, no_event_in_no_order_ends_it_for_payment)  { tell_stories(3); }
Test(rebuild, no_event_in_no_order_ends_it_for_export)   { tell_stories(4); }
Test(rebuild, no_event_in_no_order_ends_it_for_partner)  { tell_stories(5); }
Test(rebuild, no_event_in_no_order_ends_it_for_timeline) { tell_stories(TIMELINE); }
/* clang-format on */

static void
feed(struct rebuild *rebuild, const struct service *by, enum event_type type, const char *json)
{
    static struct event event;
    decode(rebuild->arena, type, json, 1, &event);
    rebuild_apply(rebuild, by, &event);
}

/* That the first gave it back was lost with the database, before it was published. */
Test(rebuild, a_coupon_that_two_orders_have_stays_with_the_one_that_is_not_cancelled)
{
    struct rebuild rebuild;
    struct coupon coupon;
    const struct service *fold = &coupon_fold, *service = &coupon_service;
    rebuild_begin(&rebuild, COUPON);
    feed(&rebuild, fold, EV_COUPON_ISSUED, "{\"coupon_code\":\"k-1\",\"discount\":100}");
    feed(&rebuild, fold, EV_COUPON_APPLIED, APPLIED(ORDER_1));
    feed(&rebuild, fold, EV_COUPON_APPLIED, APPLIED(ORDER_2));
    feed(&rebuild, service, EV_ORDER_CANCELLED, CANCELLED(ORDER_1));
    rebuild_unpack(&service->rows[COUPON_COUPON], rebuild_find(&rebuild, COUPON_COUPON, "k-1"),
                   &coupon);
    cr_assert_eq(coupon.state, COUPON_USED);
    cr_assert_str_eq(coupon.used_by.text, ORDER_2);
    feed(&rebuild, service, EV_ORDER_CANCELLED, CANCELLED(ORDER_2));
    rebuild_unpack(&service->rows[COUPON_COUPON], rebuild_find(&rebuild, COUPON_COUPON, "k-1"),
                   &coupon);
    cr_assert_eq(coupon.state, COUPON_AVAILABLE);
    cr_assert_eq(rebuild.anew, 2, "each gives it back");
    rebuild_rows_free(&rebuild);
}

/* ---- the same rows as by the load statements ---------------------------------------------------- */

/* The service twice: as the rebuild has it, and over a store in memory: the read model's is one that keeps columns
 * as the database does, for some of its columns are written and never loaded. */
struct pair {
    struct rebuild rebuild;
    struct world *world;
    struct shelf *shelf;
};

static void
pair_begin(struct pair *pair, uint32_t service)
{
    rebuild_begin(&pair->rebuild, service);
    pair->world = service == TIMELINE ? NULL : world_new(fold_targets[service].service);
    pair->shelf = service == TIMELINE ? shelf_new(fold_targets[service].service) : NULL;
}

static void
pair_end(struct pair *pair)
{
    rebuild_rows_free(&pair->rebuild);
    if (pair->world)
        world_free(pair->world);
    else
        shelf_free(pair->shelf);
}

static void
feed_both(struct pair *pair, enum event_type type, const char *json, uint32_t number)
{
    static struct event event;
    const struct event *batch = &event;
    decode(pair->rebuild.arena, type, json, number, &event);
    rebuild_apply(&pair->rebuild, pair->rebuild.target->service, &event);
    if (pair->world)
        world_feed(pair->world, &event);
    else
        shelf_batch(pair->shelf, &batch, 1);
}

static const char *
row_of_store(struct pair *pair, unsigned row_type, const char *key)
{
    const struct row_type *type = &pair->rebuild.target->service->rows[row_type];
    char *row = arena_take(pair->rebuild.arena, type->row_bytes);
    if (pair->world)
        return world_row(pair->world, row_type, key);
    return shelf_row(pair->shelf, row_type, key, row) ? row : NULL;
}

static bool
is_told(const struct pair *pair, unsigned row_type, const struct column *column)
{
    return column->type != COLUMN_JSON || row_type > 0 || !pair->rebuild.target->keeps_json;
}

static void
expect_same_row(struct pair *pair, unsigned row_type, const struct packed_row *packed)
{
    const struct row_type *type = &pair->rebuild.target->service->rows[row_type];
    char *own = arena_take(pair->rebuild.arena, type->row_bytes);
    const char *other = row_of_store(pair, row_type, packed->bytes);
    rebuild_unpack(type, packed, own);
    cr_assert(other, "%s %s is not in the store", type->name, packed->bytes);
    for (uint32_t i = 0; i < type->column_count; i++) {
        const struct column *column = &type->columns[i];
        cr_assert(!is_told(pair, row_type, column) ||
                      memcmp(own + column->offset, other + column->offset, column->bytes) == 0,
                  "%s %s, %s", type->name, packed->bytes, column->name);
    }
}

/* Rows are never deleted, and each has its key: as many, and the same, are all. */
static void
expect_same_rows(struct pair *pair)
{
    const struct service *service = pair->rebuild.target->service;
    for (unsigned type = 0; type < service->row_type_count; type++) {
        const struct packed_table *table = &pair->rebuild.tables[type];
        for (uint32_t i = 0; i < table->count; i++)
            expect_same_row(pair, type, &table->rows[i]);
        if (pair->world && service->rows[type].guard != ROW_APPENDED)
            cr_assert_eq(table->count, world_row_count(pair->world, type));
    }
}

static void
tell_both(uint32_t service)
{
    uint64_t chance = 0xd1342543de82ef95u + service;
    for (uint32_t story = 0; story < STORIES / 4; story++) {
        struct pair pair;
        pair_begin(&pair, service);
        for (uint32_t i = 0; i < EVENTS; i++) {
            enum event_type type = any_route(&chance, pair.rebuild.target->service);
            feed_both(&pair, type, any_event(pair.rebuild.arena, &chance, type), i);
        }
        expect_same_rows(&pair);
        pair_end(&pair);
    }
}

Test(rebuild, rows_in_memory_are_those_of_a_store)
{
    for (uint32_t service = 0; service < FOLD_TARGETS; service++)
        tell_both(service);
}

Test(rebuild, requests_before_their_order_wait_and_then_count)
{
    struct pair pair;
    pair_begin(&pair, TIMELINE);
    feed_both(&pair, EV_COUPON_SELECTED, OF_ORDER_1 ",\"coupon_code\":\"k-1\"}", 1);
    feed_both(&pair, EV_PAYMENT_REQUESTED, OF_ORDER_1 ",\"attempt\":1,\"revision\":1}", 2);
    feed_both(&pair, EV_CANCEL_REQUESTED, OF_ORDER_1 ",\"reason\":\"CUSTOMER\"}", 3);
    const struct packed_row *early = rebuild_find(&pair.rebuild, TIMELINE_EARLY, ORDER_1);
    struct order_early *waiting = arena_take(pair.rebuild.arena, sizeof *waiting);
    cr_assert(early);
    rebuild_unpack(&timeline_service.rows[TIMELINE_EARLY], early, waiting);
    cr_assert_eq(waiting->intents.count, 3);
    feed_both(&pair, EV_ORDER_REQUESTED,
              OF_ORDER_1 ",\"items\":[{\"product_id\":\"p-1\",\"quantity\":1}]}", 4);
    early = rebuild_find(&pair.rebuild, TIMELINE_EARLY, ORDER_1);
    rebuild_unpack(&timeline_service.rows[TIMELINE_EARLY], early, waiting);
    cr_assert_eq(waiting->intents.count, 0);
    expect_same_rows(&pair);
    pair_end(&pair);
}
