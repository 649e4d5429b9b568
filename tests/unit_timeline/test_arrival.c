/* test_arrival.c — a story in any order of arrival, with any repeats and batches: the same view.
 *
 * Orders   an event's topic keeps its order, topics overtake each other freely.  "Punctual":
 *          requests and the deadline come no later than they were made; then nothing but a request
 *          or the deadline ends a rest.
 * Seeds    each story is told ARRIVALS times; a failure names story and seed. */
#include "timeline/timeline_parts.h"
#include "unit_timeline/flow.h"
#include "unit_timeline/story.h"
#include "json/json_read.h"
#include <criterion/criterion.h>
#include <string.h>

#define ARRIVALS  200
#define BATCH_MAX 6

struct telling {
    const struct story *story;
    struct flow flow;
    uint64_t seed, random;
    struct arena *arena;
    struct shelf *shelf;
    bool is_delivered[FLOW_EVENTS_MAX];
    uint32_t delivered_count;
};

static uint32_t
below(struct telling *telling, uint32_t bound)
{
    uint64_t z = (telling->random += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ (z >> 31)) % bound);
}

/* What the stories take from is there, so that every row they touch is. */
static const char prelude[] =
    "ProductListed product_id=sku-1 name=Cup unit_price=1000 revision=1\n"
    "StockReplenished replenishment_id=r-1 product_id=sku-1 quantity=10\n"
    "CouponIssued coupon_code=C1 customer_id=c-1 discount=500 revision=1\n"
    "CouponIssued coupon_code=C2 percent=15 revision=1\n"
    "BalanceCredited credit_id=k-1 customer_id=c-1 amount=5000";

static void
tell_in_order(struct shelf *shelf, const struct flow *flow)
{
    for (uint32_t i = 0; i < flow->count; i++)
        shelf_batch(shelf, (const struct event *[]){ flow->events[i] }, 1);
}

static void
begin(struct telling *telling, const struct story *story, uint64_t seed)
{
    *telling = (struct telling){ .story = story, .seed = seed, .random = seed };
    telling->arena = arena_new(1 << 20);
    telling->shelf = shelf_new(&timeline_service);
    telling->flow = flow_of(telling->arena, story->lines);
    struct flow before = flow_of(telling->arena, prelude);
    tell_in_order(telling->shelf, &before);
}

static void
end(struct telling *telling)
{
    shelf_free(telling->shelf);
    arena_free(telling->arena);
}

/* ---- the order of arrival */

/* Somebody asks, or the deadline passes: what alone may end a rest. */
static bool
ends_a_rest(const struct event *event)
{
    return flow_is_request(event) || (event->type == EV_ORDER_CANCELLED &&
                                      event->as.order_cancelled.reason == ORDER_CANCELLED_DEADLINE);
}

static bool
may_come(const struct telling *telling, uint32_t position, bool is_punctual)
{
    const struct flow *flow = &telling->flow;
    if (telling->is_delivered[position])
        return false;
    for (uint32_t i = 0; i < position; i++) {
        bool is_awaited = flow->events[i]->type == flow->events[position]->type ||
                          (is_punctual && ends_a_rest(flow->events[i]));
        if (is_awaited && !telling->is_delivered[i])
            return false;
    }
    return true;
}

static const struct event *
any_of(struct telling *telling, bool are_new, bool is_punctual)
{
    uint32_t found[FLOW_EVENTS_MAX], count = 0;
    for (uint32_t i = 0; i < telling->flow.count; i++)
        if (are_new ? may_come(telling, i, is_punctual) : telling->is_delivered[i])
            found[count++] = i;
    uint32_t chosen = found[below(telling, count)];
    if (are_new) {
        telling->is_delivered[chosen] = true;
        telling->delivered_count++;
    }
    return telling->flow.events[chosen];
}

static uint32_t
next_batch(struct telling *telling, uint32_t size, bool is_punctual,
           const struct event *batch[BATCH_MAX])
{
    uint32_t count = 0;
    while (count < size && telling->delivered_count < telling->flow.count) {
        bool is_repeat = telling->delivered_count > 0 && below(telling, 4) == 0;
        batch[count++] = any_of(telling, !is_repeat, is_punctual);
    }
    return count;
}

/* ---- what must hold whatever came */

static bool
came(const struct telling *telling, enum event_type type)
{
    for (uint32_t i = 0; i < telling->flow.count; i++)
        if (telling->flow.events[i]->type == type && telling->is_delivered[i])
            return true;
    return false;
}

static bool
is_told(const struct telling *telling, enum event_type type)
{
    for (uint32_t i = 0; i < telling->flow.count; i++)
        if (telling->flow.events[i]->type == type)
            return true;
    return false;
}

/* The whole story is known here: what it takes must have come back before the view may say at rest.
 */
static void
check_nothing_is_out(const struct telling *telling, const struct order_view *order)
{
    static const enum event_type taken_and_back[][2] = {
        {EV_STOCK_RESERVED,     EV_STOCK_RELEASED  },
        { EV_COUPON_APPLIED,    EV_COUPON_RESTORED },
        { EV_PAYMENT_COMPLETED, EV_PAYMENT_REFUNDED},
    };
    if (order->status != STATUS_CANCELLED || !order->shown.at_rest)
        return;
    for (size_t i = 0; i < COUNT_OF(taken_and_back); i++)
        cr_assert(!is_told(telling, taken_and_back[i][0]) || came(telling, taken_and_back[i][1]),
                  "%s, seed %lu: at rest before %s", telling->story->name,
                  (unsigned long)telling->seed, topics[taken_and_back[i][1]].name);
}

static bool
is_terminal(enum shown_status status)
{
    return status == STATUS_PAID || status == STATUS_CANCELLED || status == STATUS_SOLD_OUT;
}

static void
check_step(const struct telling *telling, const struct order_view *before,
           const struct order_view *after)
{
    check_nothing_is_out(telling, after);
    cr_assert(!is_terminal(before->status) || before->status == after->status,
              "%s, seed %lu: a terminal status changes", telling->story->name,
              (unsigned long)telling->seed);
    cr_assert(!after->shown.at_rest || after->status > STATUS_REQUESTED);
}

/* Only what somebody asks afterwards, and a question that order had put to coupon, may still
 * follow. */
static void
check_over(const struct telling *telling, const struct order_view *order)
{
    for (uint32_t i = 0; order->shown.is_over && i < telling->flow.count; i++)
        cr_assert(telling->is_delivered[i] || ends_a_rest(telling->flow.events[i]) ||
                      telling->flow.events[i]->type == EV_COUPON_REQUESTED,
                  "%s, seed %lu: over, and %s is to come", telling->story->name,
                  (unsigned long)telling->seed, topics[telling->flow.events[i]->type].name);
}

static const char *
shown(struct telling *telling)
{
    struct shelf *shelf = telling->shelf;
    return arena_printf(telling->arena, "%s\n%s\n%s\n%s\n%s", summary_of(shelf, telling->arena),
                        shelf_json(shelf, TIMELINE_ORDER, FLOW_ORDER, "items"),
                        shelf_json(shelf, TIMELINE_ORDER, FLOW_ORDER, "shipping"),
                        shelf_json(shelf, TIMELINE_ORDER, FLOW_ORDER, "rejection_lines"),
                        shelf_facts(shelf));
}

/* ---- one telling */

static void
tell(struct telling *telling, bool is_punctual)
{
    struct order_view *before = arena_take(telling->arena, sizeof *before);
    struct order_view *after = arena_take(telling->arena, sizeof *after);
    while (telling->delivered_count < telling->flow.count) {
        const struct event *batch[BATCH_MAX];
        uint32_t size = is_punctual ? 1 : 1 + below(telling, BATCH_MAX);
        uint32_t count = next_batch(telling, size, is_punctual, batch);
        shelf_batch(telling->shelf, batch, count);
        (void)order_shown_by(telling->shelf, after);
        check_step(telling, before, after);
        if (is_punctual)
            check_over(telling, after);
        cr_assert(!is_punctual || !before->shown.at_rest || after->shown.at_rest ||
                      ends_a_rest(batch[0]),
                  "%s, seed %lu: %s ends a rest", telling->story->name,
                  (unsigned long)telling->seed, topics[batch[0]->type].name);
        memcpy(before, after, sizeof *before);
    }
}

/* The row's text is long: from a little before the first difference on. */
static const char *
from_difference(const char *text, const char *other)
{
    size_t at = 0;
    while (text[at] != '\0' && text[at] == other[at])
        at++;
    return text + (at < 40 ? 0 : at - 40);
}

static void
check_same_view(const struct story *story, bool is_punctual)
{
    struct telling straight, shuffled;
    begin(&straight, story, 0);
    tell_in_order(straight.shelf, &straight.flow);
    const char *expected = shown(&straight);
    for (uint64_t seed = 1; seed <= ARRIVALS; seed++) {
        begin(&shuffled, story, seed * 7919 + (is_punctual ? 1 : 0));
        tell(&shuffled, is_punctual);
        const char *is = shown(&shuffled);
        cr_assert_str_eq(is, expected, "%s, seed %lu: … %.200s\n  expected … %.200s", story->name,
                         (unsigned long)shuffled.seed, from_difference(is, expected),
                         from_difference(expected, is));
        end(&shuffled);
    }
    end(&straight);
}

Test(arrival, gives_the_same_view_in_any_order_of_arrival)
{
    for (uint32_t i = 0; i < story_count; i++)
        check_same_view(&stories[i], false);
}

Test(arrival, only_a_request_or_the_deadline_ends_a_rest)
{
    for (uint32_t i = 0; i < story_count; i++)
        check_same_view(&stories[i], true);
}

/* ---- the history: dense, each event once, nobody else's */

static void
check_history(struct telling *telling)
{
    uint32_t seq = 0;
    for (uint32_t i = 0; i < shelf_appended_count(telling->shelf, TIMELINE_EVENTS); i++) {
        const char *text = shelf_appended(telling->shelf, TIMELINE_EVENTS, i);
        struct json_doc doc;
        struct json_error err;
        cr_assert(json_parse(telling->arena, text, strlen(text), &doc, &err));
        uint32_t at = 1;
        for (uint32_t k = 0; k < doc.nodes[0].count; k++, at = doc.nodes[at].next) {
            cr_assert_eq(doc.nodes[json_member(&doc, at, "seq")].integer, ++seq);
            uint32_t data = json_member(&doc, at, "data");
            uint32_t customer = json_member(&doc, data, "customer_id");
            cr_assert(customer == JSON_NONE || memcmp(doc.nodes[customer].text, "c-1", 3) == 0);
        }
    }
    cr_assert_eq(seq, telling->story->shown, "%s, seed %lu: %u events are shown, not %u",
                 telling->story->name, (unsigned long)telling->seed, seq, telling->story->shown);
}

/* ---- the places: what each batch tells fits what was told before, and adds up to the view */

static void
check_open(const struct telling *telling, const struct order_view *order)
{
    bool has_ended = order->status == STATUS_SOLD_OUT || order->status == STATUS_PAID ||
                     order->status == STATUS_CANCELLED;
    int64_t open_at_us = 0;
    for (uint32_t i = 0; i < shelf_appended_count(telling->shelf, TIMELINE_PLACE); i++) {
        const struct order_place *place = shelf_appended_row(telling->shelf, TIMELINE_PLACE, i);
        cr_assert_eq(place->was_open_at_us, open_at_us, "%s, seed %lu", telling->story->name,
                     (unsigned long)telling->seed);
        open_at_us = place->open_at_us;
    }
    cr_assert_eq(open_at_us, has_ended && order->shown.at_rest ? 0 : order->created_at_us,
                 "%s, seed %lu", telling->story->name, (unsigned long)telling->seed);
}

static void
check_tally(const struct telling *telling, const struct order_view *order)
{
    int64_t sums[STATUS_CANCELLED + 1] = { 0 }, moving = 0;
    for (uint32_t i = 0; i < shelf_appended_count(telling->shelf, TIMELINE_TALLY); i++) {
        const struct order_tally *tally = shelf_appended_row(telling->shelf, TIMELINE_TALLY, i);
        sums[STATUS_REQUESTED] += tally->requested;
        sums[STATUS_SOLD_OUT] += tally->sold_out;
        sums[STATUS_RESERVED] += tally->reserved;
        sums[STATUS_PENDING] += tally->pending;
        sums[STATUS_PAID] += tally->paid;
        sums[STATUS_CANCELLED] += tally->cancelled;
        moving += tally->moving;
    }
    for (int status = STATUS_REQUESTED; status <= STATUS_CANCELLED; status++)
        cr_assert_eq(sums[status], (int)order->status == status, "%s, seed %lu",
                     telling->story->name, (unsigned long)telling->seed);
    cr_assert_eq(moving, !order->shown.at_rest);
}

static void
check_places(const struct telling *telling)
{
    struct order_view order;
    cr_assert(order_shown_by(telling->shelf, &order));
    check_open(telling, &order);
    check_tally(telling, &order);
}

Test(arrival, tells_where_an_order_stands_without_a_gap)
{
    for (uint32_t i = 0; i < story_count; i++)
        for (uint64_t seed = 1; seed <= ARRIVALS; seed++) {
            struct telling telling;
            begin(&telling, &stories[i], seed);
            tell(&telling, seed % 2 == 0);
            check_places(&telling);
            tell_in_order(telling.shelf, &telling.flow);
            check_places(&telling);
            end(&telling);
        }
}

Test(arrival, shows_every_event_once_and_in_dense_order)
{
    for (uint32_t i = 0; i < story_count; i++)
        for (uint64_t seed = 1; seed <= ARRIVALS / 5; seed++) {
            struct telling telling;
            begin(&telling, &stories[i], seed);
            tell(&telling, false);
            check_history(&telling);
            tell_in_order(telling.shelf, &telling.flow);
            check_history(&telling);
            end(&telling);
        }
}
