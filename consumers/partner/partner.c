/* partner.c — receives orders feed by feed, and acknowledges each.  Contract: partner.h */
#include "base/uuid.h"
#include "emit.h"
#include "partner/partner_parts.h"
#include <stdio.h>
#include <string.h>

static void keys_of_partner_order(const struct event *in, struct keys *keys);
static void on_partner_order(struct view *view, const struct event *in, struct emitter *out);

/* clang-format off */
static const struct route routes[] = {
    { EV_PARTNER_ORDER, keys_of_partner_order, on_partner_order, NULL },
};
/* clang-format on */

static const struct transition transitions[] = {
    MOVES(ENTRY_NONE, EV_PARTNER_ORDER, ENTRY_ACCEPTED, "ExportAcknowledged; a gap is recorded"),
    REPEATED(ENTRY_ACCEPTED, EV_PARTNER_ORDER, "identical to the ledger, or a dead letter"),
};

const struct service partner_service = {
    .name = "partner",
    .party = PARTY_PARTNER,
    .rows = partner_rows,
    .row_type_count = PARTNER_ROW_TYPES,
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .state_names = entry_states,
    .may_wait = EVENT_BIT(EV_PARTNER_ORDER),
    .transitions = transitions,
    .transition_count = COUNT_OF(transitions),
};

static void
entry_enter(struct partner_entry *entry, enum entry_state to, const struct event *in)
{
    service_check_move(&partner_service, (uint8_t)entry->state, in->type, (uint8_t)to);
    entry->state = to;
}

static struct partner_feed_name
feed_of(const struct event *in)
{
    struct partner_feed_name feed = { "" };
    snprintf(feed.text, sizeof feed.text, "%d", in->source.partition);
    return feed;
}

static struct partner_digest
digest_of(const struct event *in)
{
    struct uuid id = uuid_v5(UUID_NAMESPACE_RECORD, in->value, in->value_bytes);
    struct partner_digest digest;
    memcpy(digest.bytes, id.bytes, sizeof digest.bytes);
    return digest;
}

static void
keys_of_partner_order(const struct event *in, struct keys *keys)
{
    struct partner_feed_name feed = feed_of(in);
    keys_add(keys, PARTNER_ENTRY, in->as.partner_order.order_id.text);
    keys_add(keys, PARTNER_FEED, arena_text(keys->arena, feed.text, strlen(feed.text)));
}

/* Loudly: the operator sees a row per hole, and a count per feed. */
static void
record_gap(struct view *view, struct partner_feed *feed, int64_t received, int64_t now_us)
{
    struct partner_gap *gap = view_append(view, PARTNER_GAP);
    snprintf(gap->gap, sizeof gap->gap, "%s/%lld", feed->feed.text, (long long)feed->next_sequence);
    gap->feed = feed->feed;
    gap->first_missing = feed->next_sequence;
    gap->last_missing = received - 1;
    gap->seen_at_us = now_us;
    feed->gap_count++;
}

static void
follow(struct view *view, struct partner_feed *feed, int64_t received, int64_t now_us)
{
    if (feed->next_sequence == 0)
        feed->next_sequence = 1;
    if (received > feed->next_sequence)
        record_gap(view, feed, received, now_us);
    if (received >= feed->next_sequence)
        feed->next_sequence = received + 1;
}

static void
on_partner_order(struct view *view, const struct event *in, struct emitter *out)
{
    const struct partner_order *order = &in->as.partner_order;
    struct partner_entry *entry = view_row(view, PARTNER_ENTRY, order->order_id.text);
    struct partner_digest digest = digest_of(in);
    if (entry->state == ENTRY_ACCEPTED) {
        if (memcmp(&entry->digest, &digest, sizeof digest) != 0)
            emitter_dead_letter(out, "repeat_differs", "the ledger holds this order otherwise");
        return;
    }

    entry->feed = feed_of(in);
    follow(view, view_row(view, PARTNER_FEED, entry->feed.text), order->feed_sequence, in->at_us);
    entry->customer_id = order->customer_id;
    entry->feed_sequence = order->feed_sequence;
    entry->amount = order->amount;
    entry->digest = digest;
    entry->received_at_us = in->at_us;
    entry_enter(entry, ENTRY_ACCEPTED, in);
    emit_export_acknowledged(out, &(struct export_acknowledged){
                                      .order_id = order->order_id,
                                      .feed_sequence = order->feed_sequence,
                                      .partner = { PARTNER_NAME },
                                  });
}
