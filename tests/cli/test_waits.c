/* What an order waits for: from what is open of it and from its story, and how that is told. */
#include "cli/waits.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define STORY_MAX 8
#define NOW_US    INT64_C(1000000000)

/* A story is one event per step of time; `coupon` marks a StockReserved that carries a code. */
struct wait_case {
    const char *what, *status;
    struct order_open open;
    enum event_type story[STORY_MAX];
    bool coupon;
    const char *service, *event; /* NULL: the shopper, or nothing where it is over */
    enum event_type cause;
};

/* clang-format off */
static const struct wait_case CASES[] = {
    { "requested",                      "REQUESTED", {0},                   { EV_ORDER_REQUESTED }, false, "stock", "StockReserved", EV_ORDER_REQUESTED },
    { "a coupon ordered with",          "RESERVED",  {.coupon = true},      { EV_ORDER_REQUESTED, EV_STOCK_RESERVED }, true, "coupon", "CouponApplied", EV_STOCK_RESERVED },
    { "a coupon selected",              "RESERVED",  {.coupon = true},      { EV_STOCK_RESERVED, EV_COUPON_SELECTED }, false, "order", "CouponRequested", EV_COUPON_SELECTED },
    { "a coupon asked for",             "RESERVED",  {.coupon = true},      { EV_STOCK_RESERVED, EV_COUPON_SELECTED, EV_COUPON_REQUESTED }, false, "coupon", "CouponApplied", EV_COUPON_REQUESTED },
    { "a second code after a refusal",  "RESERVED",  {.coupon = true},      { EV_STOCK_RESERVED, EV_COUPON_REJECTED, EV_COUPON_SELECTED }, true, "order", "CouponRequested", EV_COUPON_SELECTED },
    { "a second code behind the first", "RESERVED",  {.coupon = true},      { EV_STOCK_RESERVED, EV_COUPON_SELECTED }, true, "coupon", "CouponApplied", EV_STOCK_RESERVED },
    { "shipping ordered with",          "RESERVED",  {.shipping = true},    { EV_ORDER_REQUESTED, EV_STOCK_RESERVED }, false, "order", "OrderCreated", EV_STOCK_RESERVED },
    { "shipping, the coupon decided",   "RESERVED",  {.shipping = true},    { EV_STOCK_RESERVED, EV_SHIPPING_SUBMITTED, EV_COUPON_APPLIED }, true, "order", "OrderCreated", EV_COUPON_APPLIED },
    { "shipping once more",             "PENDING",   {.shipping = true},    { EV_ORDER_CREATED, EV_PAYMENT_FAILED, EV_SHIPPING_SUBMITTED }, false, "order", "OrderCreated", EV_SHIPPING_SUBMITTED },
    { "charged by itself",              "PENDING",   {.payment = true},     { EV_ORDER_CREATED }, false, "payment", "PaymentCompleted", EV_ORDER_CREATED },
    { "pay is clicked",                 "PENDING",   {.payment = true},     { EV_ORDER_CREATED, EV_PAYMENT_REQUESTED }, false, "payment", "PaymentCompleted", EV_PAYMENT_REQUESTED },
    { "captured, still open",           "PENDING",   {.payment = true},     { EV_ORDER_CREATED, EV_PAYMENT_REQUESTED, EV_PAYMENT_COMPLETED }, false, "order", "OrderPaid", EV_PAYMENT_COMPLETED },
    { "captured, nothing open",         "PENDING",   {0},                   { EV_ORDER_CREATED, EV_PAYMENT_COMPLETED }, false, "order", "OrderPaid", EV_PAYMENT_COMPLETED },
    { "a failure that cancels",         "PENDING",   {0},                   { EV_ORDER_CREATED, EV_PAYMENT_FAILED }, false, "order", "OrderCancelled", EV_PAYMENT_FAILED },
    { "a cancel",                       "PENDING",   {.cancel = true},      { EV_ORDER_CREATED, EV_CANCEL_REQUESTED }, false, "order", "OrderCancelled", EV_CANCEL_REQUESTED },
    { "reserved, the shopper thinks",   "RESERVED",  {.is_at_rest = true},  { EV_STOCK_RESERVED }, false, NULL, NULL, EV_NONE },
    { "before its deadline",            "PENDING",   {.is_at_rest = true, .deadline_us = NOW_US + 1}, { EV_STOCK_RESERVED, EV_ORDER_CREATED }, false, NULL, NULL, EV_NONE },
    { "its deadline passed",            "PENDING",   {.is_at_rest = true, .deadline_us = NOW_US - 1}, { EV_STOCK_RESERVED, EV_ORDER_CREATED }, false, "order", "OrderCancelled", EV_STOCK_RESERVED },
    { "stock to be given back",         "CANCELLED", {.stock_back = true},  { EV_ORDER_CANCELLED }, false, "stock", "StockReleased", EV_ORDER_CANCELLED },
    { "a coupon to be given back",      "CANCELLED", {.coupon_back = true}, { EV_ORDER_CANCELLED }, false, "coupon", "CouponRestored", EV_ORDER_CANCELLED },
    { "money to be given back",         "CANCELLED", {.payment_back = true}, { EV_ORDER_CANCELLED }, false, "payment", "PaymentVoided", EV_ORDER_CANCELLED },
    { "a code left open by the cancel", "CANCELLED", {.coupon = true, .stock_back = true}, { EV_COUPON_SELECTED, EV_ORDER_CANCELLED }, false, "stock", "StockReleased", EV_ORDER_CANCELLED },
    { "paid, not exported",             "PAID",      {.is_at_rest = true, .export = "NONE"}, { EV_ORDER_PAID }, false, "export", "PartnerOrder", EV_ORDER_PAID },
    { "exported, not acknowledged",     "PAID",      {.is_at_rest = true, .export = "SENT"}, { EV_ORDER_PAID, EV_PARTNER_ORDER }, false, "partner", "ExportAcknowledged", EV_PARTNER_ORDER },
    { "acknowledged",                   "PAID",      {.is_at_rest = true, .export = "ACKNOWLEDGED"}, { EV_ORDER_PAID }, false, NULL, NULL, EV_NONE },
    { "sold out",                       "SOLD_OUT",  {.is_at_rest = true},  { EV_STOCK_REJECTED }, false, NULL, NULL, EV_NONE },
    { "all is given back",              "CANCELLED", {.is_at_rest = true},  { EV_ORDER_CANCELLED }, false, NULL, NULL, EV_NONE },
};
/* clang-format on */

static struct waits
waits_of(struct arena *arena, const struct wait_case *one, struct traced story[STORY_MAX])
{
    struct waits waits = { .open = one->open, .trace = { .items = story } };

    waits.open.status = one->status;
    waits.open.export = one->open.export ? one->open.export : "NONE";
    for (uint32_t i = 0; i < STORY_MAX && one->story[i] != EV_NONE; i++) {
        bool carries = one->coupon && one->story[i] == EV_STOCK_RESERVED;
        const char *data = carries ? "{\"coupon_code\":\"TEN\"}" : "{\"subtotal\":1}";
        story[i] = (struct traced){ .type = one->story[i], .at_us = i + 1, .data = data,
                                    .data_bytes = (uint32_t)strlen(data) };
        waits.trace.count++;
    }
    waits_find(&waits, arena, NOW_US);
    return waits;
}

Test(waits, whoever_owes_the_next_answer_is_named_with_what_caused_it)
{
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct wait_case *one = &CASES[i];
        struct arena *arena = arena_new(1 << 12);
        struct traced story[STORY_MAX];
        struct waits waits = waits_of(arena, one, story);
        const struct wait *first = &waits.items[0];
        bool may_go_on =
            strcmp(one->status, "RESERVED") == 0 || strcmp(one->status, "PENDING") == 0;

        if (one->service == NULL) {
            cr_expect_eq(waits.count, may_go_on ? 1 : 0, "%s", one->what);
            cr_expect_eq(waits.is_over, !may_go_on, "%s", one->what);
            cr_expect(!may_go_on || first->answer == NULL, "%s", one->what);
        } else {
            cr_assert_eq(waits.count, 1, "%s: %u", one->what, waits.count);
            cr_expect_str_eq(first->answer->service, one->service, "%s", one->what);
            cr_expect_str_eq(topics[first->answer->events[0]].name, one->event, "%s", one->what);
            cr_expect_eq(first->cause->type, one->cause, "%s", one->what);
        }
        arena_free(arena);
    }
}

Test(waits, a_cancel_waits_for_all_who_give_back)
{
    struct arena *arena = arena_new(1 << 12);
    struct traced story[STORY_MAX];
    const struct wait_case cancelled = {
        .status = "CANCELLED",
        .open = { .stock_back = true, .coupon_back = true, .payment_back = true },
        .story = { EV_ORDER_CANCELLED },
    };
    struct waits waits = waits_of(arena, &cancelled, story);

    cr_assert_eq(waits.count, 3);
    cr_expect_str_eq(waits.items[0].answer->service, "stock");
    cr_expect_str_eq(waits.items[1].answer->service, "coupon");
    cr_expect_str_eq(waits.items[2].answer->service, "payment");
    arena_free(arena);
}

Test(waits, what_a_service_is_said_to_do_follows_from_where_it_stands)
{
    static const struct answer PAYMENT = { .service = "payment" };
    const struct traced found = { .is_found = true, .offset = 10 }, lost = { .is_found = false };
    static const struct {
        int64_t next, members;
        bool parked, is_found;
        const char *says;
        int64_t behind;
    } at[] = {
        { 7, 1, false, true, "not_read", 4 },   { 10, 1, false, true, "not_read", 1 },
        { 11, 1, false, true, "read", 0 },      { 99, 1, false, true, "read", 0 },
        { 7, 0, false, true, "no_members", 4 }, { 11, 0, true, true, "parked", 0 },
        { 11, -1, false, true, "read", 0 },     { -1, 1, false, true, "not_read", -1 },
        { 11, 1, false, false, "not_read", -1 },
    };
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        struct wait wait = { .answer = &PAYMENT, .cause = at[i].is_found ? &found : &lost,
                             .next_offset = at[i].next, .members = at[i].members,
                             .is_parked = at[i].parked };
        cr_expect_str_eq(wait_says(&wait), at[i].says, "%zu", i);
        cr_expect_eq(wait_behind(&wait), at[i].behind, "%zu", i);
    }
    cr_expect_str_eq(wait_says(&(struct wait){ 0 }), "shopper");
}

static const char *
put(struct cli *cli, const struct waits *waits)
{
    struct error err = { 0 };
    struct json_writer json;
    json_writer_init(&json, cli->arena, 64);
    cr_assert(waits_put(&json, cli, waits, &err), "%s", err.message);
    return arena_printf(cli->arena, "%.*s", (int)json.length, json.bytes);
}

Test(waits, an_order_that_waits_for_nothing_is_told_too)
{
    struct cli cli = { .arena = arena_new(1 << 12) };
    const struct waits waits = { .trace.order_id = "o-1", .open.is_at_rest = true,
                                 .is_over = true };

    cr_expect_str_eq(put(&cli, &waits),
                     "{\"order_id\":\"o-1\",\"at_rest\":true,\"waits_for\":[]}");
    arena_free(cli.arena);
}

Test(waits, places_are_told_as_this_broker_names_them_and_null_where_they_are_not_known)
{
    static const struct answer PAYMENT = { "payment",
                                           { EV_PAYMENT_COMPLETED, EV_PAYMENT_FAILED },
                                           { EV_ORDER_CREATED } };
    struct cli cli = { .arena = arena_new(1 << 12) };
    const struct traced created = { .type = EV_ORDER_CREATED, .event_id = "e-1", .is_found = true,
                                    .partition = 2, .offset = 17 };
    struct waits waits = { .trace.order_id = "o-1", .count = 2 };

    snprintf(cli.settings.topic_prefix, sizeof cli.settings.topic_prefix, "test-");
    waits.items[0] = (struct wait){ .answer = &PAYMENT, .cause = &created, .next_offset = 15,
                                    .end_offset = 20, .members = 1 };
    waits.items[1] = (struct wait){ .next_offset = -1, .end_offset = -1, .members = -1 };
    cr_expect_str_eq(
        put(&cli, &waits),
        "{\"order_id\":\"o-1\",\"at_rest\":false,\"waits_for\":["
        "{\"event\":\"PaymentCompleted\",\"events\":[\"PaymentCompleted\",\"PaymentFailed\"],"
        "\"service\":\"payment\",\"group\":\"test-jumun-payment\",\"says\":\"not_read\","
        "\"parked\":false,\"since\":null,\"caused_by\":{\"event\":\"OrderCreated\","
        "\"topic\":\"test-OrderCreated\",\"partition\":2,\"offset\":17,\"event_id\":\"e-1\"},"
        "\"position\":{\"next_offset\":15,\"end_offset\":20,\"behind\":3,\"members\":1},"
        "\"deadline_at\":null},"
        "{\"event\":null,\"events\":[],\"service\":null,\"group\":null,\"says\":\"shopper\","
        "\"parked\":false,\"since\":null,\"caused_by\":null,\"position\":null,"
        "\"deadline_at\":null}]}");
    arena_free(cli.arena);
}
