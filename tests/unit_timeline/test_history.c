/* test_history.c — an order's events as shown: bytes as they came, nobody else's, early ones. */
#include "timeline/timeline_parts.h"
#include "unit_timeline/flow.h"
#include "unit_timeline/story.h"
#include <criterion/criterion.h>
#include <string.h>

static struct arena *arena;
static struct shelf *shelf;

static void
begin(void)
{
    arena = arena_new(1 << 20);
    shelf = shelf_new(&timeline_service);
}

static void
end(void)
{
    shelf_free(shelf);
    arena_free(arena);
}

static void
tell(const char *lines)
{
    struct flow flow = flow_of(arena, lines);
    for (uint32_t i = 0; i < flow.count; i++)
        shelf_batch(shelf, (const struct event *[]){ flow.events[i] }, 1);
}

/* The whole history, batch after batch. */
static const char *
history(void)
{
    const char *text = "";
    for (uint32_t i = 0; i < shelf_appended_count(shelf, TIMELINE_EVENTS); i++)
        text = arena_printf(arena, "%s%s", text, shelf_appended(shelf, TIMELINE_EVENTS, i));
    return text;
}

static struct order_view *
view(void)
{
    struct order_view *order = arena_take(arena, sizeof *order);
    (void)order_shown_by(shelf, order);
    return order;
}

static bool
shows(const char *text)
{
    return strstr(history(), text) != NULL;
}

TestSuite(history, .init = begin, .fini = end);

Test(history, keeps_an_events_own_bytes)
{
    const char *value =
        "{ \"order_id\":\"" FLOW_ORDER "\",\n\t\"customer_id\":\"c-1\", \"items\":"
        "[{\"quantity\":1,\"product_id\":\"sku-1\",\"gift\":true}], \"since\":1.50 }";
    struct event *in = arena_take(arena, sizeof *in);
    struct event_error err;
    cr_assert(event_decode(arena, EV_ORDER_REQUESTED, value, strlen(value), in, &err));
    in->at_us = FLOW_START_US;
    in->id = UUID_NAMESPACE_RECORD;
    shelf_batch(shelf, (const struct event *[]){ in }, 1);
    char id[UUID_TEXT_BYTES];
    uuid_format(in->id, id);
    const char *expected =
        arena_printf(arena,
                     "[{\"seq\":1,\"event\":\"OrderRequested\",\"event_id\":\"%s\","
                     "\"at\":\"2027-01-15T08:00:00.000Z\",\"data\":%s}]",
                     id, value);
    cr_assert_str_eq(history(), expected);
}

Test(history, appends_one_row_per_order_and_batch)
{
    struct flow flow = flow_of(arena, "OrderRequested items=I\n"
                                      "StockReserved items=P subtotal=2000 deadline_at=D\n"
                                      "CancelRequested reason=CUSTOMER");
    shelf_batch(shelf, (const struct event *const *)flow.events, 2);
    shelf_batch(shelf, (const struct event *const *)flow.events + 1, 2);
    cr_assert_eq(shelf_appended_count(shelf, TIMELINE_EVENTS), 2);
    cr_assert(
        strstr(shelf_appended(shelf, TIMELINE_EVENTS, 0), "\"seq\":2,\"event\":\"StockReserved\""));
    cr_assert(strncmp(shelf_appended(shelf, TIMELINE_EVENTS, 1),
                      "[{\"seq\":3,\"event\":\"CancelRequested\"", 35) == 0);
}

Test(history, shows_an_order_only_when_its_customer_is_named)
{
    tell("PaymentRequested attempt=1 revision=1\nCancelRequested reason=CUSTOMER");
    cr_assert_eq(view()->status, STATUS_UNKNOWN);
    cr_assert_eq(view()->early_count, 2);
    cr_assert_str_eq(history(), "");
    tell("OrderRequested items=I");
    cr_assert_eq(view()->status, STATUS_REQUESTED);
    cr_assert_eq(view()->early_count, 0);
    cr_assert(shows("\"seq\":1,\"event\":\"OrderRequested\""));
    cr_assert(shows("\"seq\":2,\"event\":\"PaymentRequested\""));
    cr_assert(shows("\"seq\":3,\"event\":\"CancelRequested\""));
    cr_assert(view()->shown.cancel_open && view()->shown.payment_open);
}

Test(history, keeps_a_strangers_early_request_until_the_owner_is_decided)
{
    tell("OrderRequested items=I\nCancelRequested customer_id=c-9 reason=CUSTOMER");
    cr_assert_eq(view()->early_count, 1);
    cr_assert(!view()->shown.cancel_open);
    tell("StockReserved items=P subtotal=2000 deadline_at=D");
    cr_assert_eq(view()->early_count, 0);
    cr_assert(!view()->shown.cancel_open && view()->shown.at_rest);
    tell("CancelRequested customer_id=c-9 reason=OPERATOR");
    cr_assert_eq(view()->early_count, 0);
    cr_assert_eq(view()->last_seq, 2);
}

Test(history, forgets_whom_it_took_for_the_owner)
{
    tell("CancelRequested reason=CUSTOMER\n"
         "OrderRequested customer_id=c-9 items=I shipping=S9 coupon_code=C9\n"
         "ShippingSubmitted customer_id=c-9 shipping=S9 revision=4\n"
         "StockReserved items=P subtotal=2000 deadline_at=D");
    const struct order_view *order = view();
    cr_assert_str_eq(order->customer_id.text, "c-1");
    cr_assert_eq(order->status, STATUS_RESERVED);
    cr_assert_eq(order->shown.coupon_status, SHOWN_NO_COUPON);
    cr_assert_eq(order->revision, 0);
    cr_assert_eq(order->last_revision, 0);
    cr_assert(order->shown.cancel_open, "the owner's own request was waiting");
}

Test(history, ignores_what_names_another_customer_than_the_owner)
{
    tell("StockReserved items=P subtotal=2000 deadline_at=D\n"
         "OrderRequested customer_id=c-9 items=I shipping=S9\n"
         "OrderCancelled customer_id=c-9 reason=CUSTOMER revision=0 coupon_codes=N");
    cr_assert_eq(view()->status, STATUS_RESERVED);
    cr_assert_eq(view()->last_seq, 1);
}

Test(history, bounds_what_waits)
{
    for (int attempt = 1; attempt <= EARLY_INTENTS_MAX + 5; attempt++)
        tell(arena_printf(arena, "PaymentRequested attempt=%d revision=1", attempt));
    cr_assert_eq(view()->early_count, EARLY_INTENTS_MAX);
    tell("PaymentRequested attempt=1 revision=1");
    cr_assert_eq(view()->early_count, EARLY_INTENTS_MAX);
    tell("StockReserved items=P subtotal=2000 deadline_at=D");
    cr_assert_eq(view()->last_seq, EARLY_INTENTS_MAX + 1);
    cr_assert_eq(view()->last_attempt, EARLY_INTENTS_MAX);
}

Test(history, bounds_codes_attempts_and_revisions)
{
    tell("StockReserved items=P subtotal=2000 deadline_at=D");
    for (int i = 1; i <= ORDER_CODES_MAX + 3; i++)
        tell(arena_printf(arena, "CouponSelected coupon_code=C%d", i));
    cr_assert_eq(view()->last_seq, 1 + ORDER_CODES_MAX);
    for (int i = PAYMENT_ATTEMPT_MAX; i >= 1; i--)
        tell(arena_printf(arena, "PaymentRequested attempt=%d revision=1", i));
    cr_assert_eq(view()->last_seq, 1 + ORDER_CODES_MAX + PAYMENT_ATTEMPT_MAX);
    cr_assert_eq(view()->last_attempt, PAYMENT_ATTEMPT_MAX);
    for (int i = 1; i <= PAYMENT_ATTEMPT_MAX; i++) {
        cr_assert(view()->shown.payment_open);
        tell(arena_printf(arena, "PaymentFailed attempt=%d revision=1 reason=UNKNOWN_CUSTOMER", i));
    }
    cr_assert(!view()->shown.payment_open);
    tell(arena_printf(arena, "ShippingSubmitted shipping=S1 revision=%d", REVISION_MAX));
    cr_assert_eq(view()->last_revision, REVISION_MAX);
}

static const struct order_place *
place(uint32_t position)
{
    return shelf_appended_row(shelf, TIMELINE_PLACE, position);
}

static const char *
codes(uint32_t position)
{
    return shelf_appended(shelf, TIMELINE_PLACE, position);
}

static const struct order_tally *
tally(uint32_t position)
{
    return shelf_appended_row(shelf, TIMELINE_TALLY, position);
}

Test(history, tells_one_change_of_place_per_batch_and_none_where_nothing_changed)
{
    struct flow flow = flow_of(arena, "OrderRequested items=I coupon_code=C1\n"
                                      "StockReserved items=P subtotal=2000 deadline_at=D "
                                      "coupon_code=C1\n"
                                      "CouponRejected coupon_code=C1 reason=EXPIRED\n"
                                      "CouponSelected coupon_code=C2");
    shelf_batch(shelf, (const struct event *const *)flow.events, 2);
    shelf_batch(shelf, (const struct event *const *)flow.events + 1, 1);
    cr_assert_eq(shelf_appended_count(shelf, TIMELINE_PLACE), 1);
    cr_expect(place(0)->was_open_at_us == 0 && place(0)->open_at_us == FLOW_START_US);
    cr_expect_str_eq(codes(0), "[\"C1\"]");
    cr_assert_eq(shelf_appended_count(shelf, TIMELINE_TALLY), 1);
    cr_expect(tally(0)->requested == 0 && tally(0)->reserved == 1 && tally(0)->moving == 1);
    shelf_batch(shelf, (const struct event *const *)flow.events + 2, 1);
    cr_assert_eq(shelf_appended_count(shelf, TIMELINE_PLACE), 1);
    cr_assert_eq(shelf_appended_count(shelf, TIMELINE_TALLY), 2);
    cr_expect(tally(1)->reserved == 0 && tally(1)->moving == -1);
    shelf_batch(shelf, (const struct event *const *)flow.events + 3, 1);
    cr_assert_eq(shelf_appended_count(shelf, TIMELINE_PLACE), 2);
    cr_expect_eq(place(1)->was_open_at_us, place(1)->open_at_us);
    cr_expect_str_eq(codes(1), "[\"C1\",\"C2\"]");
}

Test(history, tells_the_codes_of_the_owner_who_was_not_taken_for_it)
{
    tell("OrderRequested customer_id=c-9 items=I coupon_code=C9\n"
         "StockReserved items=P subtotal=2000 deadline_at=D coupon_code=C1");
    cr_assert_eq(shelf_appended_count(shelf, TIMELINE_PLACE), 2);
    cr_expect_str_eq(codes(0), "[\"C9\"]");
    cr_expect_str_eq(codes(1), "[\"C1\"]");
    cr_expect(tally(1)->requested == -1 && tally(1)->reserved == 1 && tally(1)->moving == 0);
}
