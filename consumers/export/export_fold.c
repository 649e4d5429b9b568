/* export_fold.c — the feed into rows.  Contract: export_fold.h */
#include "export/export_fold.h"
#include "export/export_parts.h"
#include <stdio.h>
#include <string.h>

static void keys_of_sent(const struct event *in, struct keys *keys);
static void fold_sent(struct view *view, const struct event *in, struct emitter *out);

static const struct route facts[] = { { EV_PARTNER_ORDER, keys_of_sent, fold_sent, NULL } };

const struct service export_fold = {
    .name = "export",
    .party = PARTY_EXPORT,
    .rows = export_rows,
    .row_type_count = EXPORT_ROW_TYPES,
    .routes = facts,
    .route_count = COUNT_OF(facts),
};

static struct feed_name
feed_of(const struct event *in)
{
    struct feed_name feed = { "" };
    snprintf(feed.text, sizeof feed.text, "%d", in->source.partition);
    return feed;
}

static void
keys_of_sent(const struct event *in, struct keys *keys)
{
    struct feed_name feed = feed_of(in);
    keys_add(keys, EXPORT_ORDER, in->as.partner_order.order_id.text);
    keys_add(keys, EXPORT_FEED, arena_text(keys->arena, feed.text, strlen(feed.text)));
}

static void
fold_sent(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct partner_order *said = &in->as.partner_order;
    struct export_order *order = view_row(view, EXPORT_ORDER, said->order_id.text);
    if (order->state != EXPORT_NONE)
        return;
    order->feed = feed_of(in);
    struct export_feed *feed = view_row(view, EXPORT_FEED, order->feed.text);
    order->customer_id = said->customer_id;
    order->state = EXPORT_SENT;
    order->feed_sequence = said->feed_sequence;
    order->amount = said->amount;
    order->sent_at_us = in->at_us;
    if (feed->last_sequence < said->feed_sequence)
        feed->last_sequence = said->feed_sequence;
}
