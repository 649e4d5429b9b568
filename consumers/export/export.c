/* export.c — hands every paid order to the partner platform, once.  Contract: export.h */
#include "emit.h"
#include "export/export_parts.h"
#include "runtime/mutant.h"
#include <stdio.h>
#include <string.h>

static void keys_of_paid(const struct event *in, struct keys *keys);
static void keys_of_acknowledged(const struct event *in, struct keys *keys);
static void on_order_paid(struct view *view, const struct event *in, struct emitter *out);
static void on_export_acknowledged(struct view *view, const struct event *in, struct emitter *out);

/* clang-format off */
static const struct route routes[] = {
    { EV_ORDER_PAID,          keys_of_paid,         on_order_paid,          NULL },
    { EV_EXPORT_ACKNOWLEDGED, keys_of_acknowledged, on_export_acknowledged, NULL },
};
/* clang-format on */

static const struct transition transitions[] = {
    MOVES(EXPORT_NONE, EV_ORDER_PAID, EXPORT_SENT, "PartnerOrder, the next of its feed"),
    ANSWERED(EXPORT_NONE, EV_EXPORT_ACKNOWLEDGED, "dead letter: it was never sent"),
    REPEATED(EXPORT_SENT, EV_ORDER_PAID, "it was sent"),
    MOVES(EXPORT_SENT, EV_EXPORT_ACKNOWLEDGED, EXPORT_ACKNOWLEDGED, "the partner has it"),
    REPEATED(EXPORT_ACKNOWLEDGED, EV_ORDER_PAID, "the partner has it"),
    REPEATED(EXPORT_ACKNOWLEDGED, EV_EXPORT_ACKNOWLEDGED, "recorded once"),
};

const struct service export_service = {
    .name = "export",
    .party = PARTY_EXPORT,
    .rows = export_rows,
    .row_type_count = EXPORT_ROW_TYPES,
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .state_names = export_states,
    .may_wait = EVENT_BIT(EV_ORDER_PAID) | EVENT_BIT(EV_EXPORT_ACKNOWLEDGED),
    .transitions = transitions,
    .transition_count = COUNT_OF(transitions),
};

static void
export_enter(struct export_order *order, enum export_state to, const struct event *in)
{
    service_check_move(&export_service, (uint8_t)order->state, in->type, (uint8_t)to);
    order->state = to;
}

/* ---- OrderPaid */

static struct feed_name
feed_of(const struct event *in)
{
    struct feed_name feed = { "" };
    snprintf(feed.text, sizeof feed.text, "%d", in->source.partition);
    return feed;
}

static void
keys_of_paid(const struct event *in, struct keys *keys)
{
    struct feed_name feed = feed_of(in);
    keys_add(keys, EXPORT_ORDER, in->as.order_paid.order_id.text);
    keys_add(keys, EXPORT_FEED, arena_text(keys->arena, feed.text, strlen(feed.text)));
}

static void
say_partner_order(const struct event *in, int64_t feed_sequence, struct emitter *out)
{
    const struct order_paid *paid = &in->as.order_paid;
    struct partner_order told = {
        .order_id = paid->order_id,
        .feed_sequence = feed_sequence,
        .customer_id = paid->customer_id,
        .subtotal = paid->subtotal,
        .discount = paid->discount,
        .amount = paid->amount,
        .currency = CURRENCY_KRW,
        .has_coupon_code = paid->has_coupon_code,
        .coupon_code = paid->coupon_code,
        .shipping = paid->shipping,
        .paid_at_us = paid->paid_at_us,
    };
    copy_priced_lines(&told.items, &paid->items);
    emit_partner_order_to(out, &told, in->source.partition);
}

static void
on_order_paid(struct view *view, const struct event *in, struct emitter *out)
{
    const struct order_paid *paid = &in->as.order_paid;
    struct export_order *order = view_row(view, EXPORT_ORDER, paid->order_id.text);
    if (order->state != EXPORT_NONE)
        return;

    order->feed = feed_of(in);
    struct export_feed *feed = view_row(view, EXPORT_FEED, order->feed.text);
    order->customer_id = paid->customer_id;
    feed->last_sequence += MUTANT(FEED_GAP, 1, 2);
    order->feed_sequence = feed->last_sequence;
    order->amount = paid->amount;
    order->sent_at_us = in->at_us;
    export_enter(order, EXPORT_SENT, in);
    say_partner_order(in, order->feed_sequence, out);
}

/* ---- ExportAcknowledged */

static void
keys_of_acknowledged(const struct event *in, struct keys *keys)
{
    keys_add(keys, EXPORT_ORDER, in->as.export_acknowledged.order_id.text);
}

static void
on_export_acknowledged(struct view *view, const struct event *in, struct emitter *out)
{
    const struct export_acknowledged *receipt = &in->as.export_acknowledged;
    struct export_order *order = view_row(view, EXPORT_ORDER, receipt->order_id.text);
    if (order->state == EXPORT_NONE) {
        emitter_dead_letter(out, "not_exported", "this order was never sent to a partner");
        return;
    }
    if (receipt->feed_sequence != order->feed_sequence) {
        emitter_dead_letter(out, "feed_sequence_mismatch",
                            "this order was sent with another number");
        return;
    }
    if (order->state == EXPORT_ACKNOWLEDGED)
        return;
    order->partner = receipt->partner;
    order->acknowledged_at_us = in->at_us;
    export_enter(order, EXPORT_ACKNOWLEDGED, in);
}
