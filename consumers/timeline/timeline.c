/* timeline.c — the read model: which events touch which rows.  Contract: timeline.h
 *
 * Contents   routes · the service · keys of order events */
#include "timeline/timeline_parts.h"

static void keys_of_request(const struct event *in, struct keys *keys);
static void keys_of_order(const struct event *in, struct keys *keys);
static void keys_of_reserved(const struct event *in, struct keys *keys);
static void keys_of_released(const struct event *in, struct keys *keys);
static void keys_of_code(const struct event *in, struct keys *keys);
static void keys_of_money(const struct event *in, struct keys *keys);

/* clang-format off */
static const struct route routes[] = {
    { EV_ORDER_REQUESTED,     keys_of_order,                   fold_order_event, NULL },
    { EV_PRODUCT_LISTED,      catalogue_keys_of_listing,       catalogue_on_product_listed, NULL },
    { EV_STOCK_REPLENISHED,   catalogue_keys_of_replenishment, catalogue_on_stock_replenished, NULL },
    { EV_COUPON_ISSUED,       catalogue_keys_of_coupon,        catalogue_on_coupon_issued, NULL },
    { EV_BALANCE_CREDITED,    catalogue_keys_of_credit,        catalogue_on_balance_credited, NULL },
    { EV_COUPON_SELECTED,     keys_of_request,                 fold_order_event, NULL },
    { EV_SHIPPING_SUBMITTED,  keys_of_request,                 fold_order_event, NULL },
    { EV_PAYMENT_REQUESTED,   keys_of_request,                 fold_order_event, NULL },
    { EV_CANCEL_REQUESTED,    keys_of_request,                 fold_order_event, NULL },
    { EV_STOCK_RESERVED,      keys_of_reserved,                fold_order_event, NULL },
    { EV_STOCK_REJECTED,      keys_of_order,                   fold_order_event, NULL },
    { EV_STOCK_RELEASED,      keys_of_released,                fold_order_event, NULL },
    { EV_COUPON_REQUESTED,    keys_of_order,                   fold_order_event, NULL },
    { EV_COUPON_APPLIED,      keys_of_code,                    fold_order_event, NULL },
    { EV_COUPON_REJECTED,     keys_of_order,                   fold_order_event, NULL },
    { EV_COUPON_RESTORED,     keys_of_code,                    fold_order_event, NULL },
    { EV_ORDER_CREATED,       keys_of_order,                   fold_order_event, NULL },
    { EV_PAYMENT_COMPLETED,   keys_of_money,                   fold_order_event, NULL },
    { EV_PAYMENT_FAILED,      keys_of_order,                   fold_order_event, NULL },
    { EV_PAYMENT_REFUNDED,    keys_of_money,                   fold_order_event, NULL },
    { EV_PAYMENT_VOIDED,      keys_of_order,                   fold_order_event, NULL },
    { EV_ORDER_PAID,          keys_of_order,                   fold_order_event, NULL },
    { EV_ORDER_CANCELLED,     keys_of_order,                   fold_order_event, NULL },
    { EV_CANCEL_REFUSED,      keys_of_order,                   fold_order_event, NULL },
    { EV_PARTNER_ORDER,       keys_of_order,                   fold_order_event, NULL },
    { EV_EXPORT_ACKNOWLEDGED, keys_of_order,                   fold_order_event, NULL },
};
/* clang-format on */

/* It has no machine of its own: a status is computed from what is known (order_rest.c). */
static const char *const no_states[] = { NULL };

static bool
is_order_at_rest(const void *row)
{
    return ((const struct order_view *)row)->shown.at_rest;
}

/* The bridge listens: who placed an order is answered when it rests (producers/bridge/subscriber.h). */
static const struct news news = { .channel = TIMELINE_CHANNEL,
                                  .row_type = TIMELINE_ORDER,
                                  .is_at_rest = is_order_at_rest };

const struct service timeline_service = {
    .name = "timeline",
    .party = PARTY_TIMELINE,
    .rows = timeline_rows,
    .row_type_count = TIMELINE_ROW_TYPES,
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .state_names = no_states,
    /* all but those that most shoppers wait for */
    .may_wait = EVENT_BIT(EV_ORDER_REQUESTED) | EVENT_BIT(EV_COUPON_SELECTED) |
                EVENT_BIT(EV_SHIPPING_SUBMITTED) | EVENT_BIT(EV_PAYMENT_REQUESTED) |
                EVENT_BIT(EV_CANCEL_REQUESTED) | EVENT_BIT(EV_COUPON_REQUESTED) |
                EVENT_BIT(EV_STOCK_RESERVED) | EVENT_BIT(EV_COUPON_APPLIED) |
                EVENT_BIT(EV_ORDER_CREATED) | EVENT_BIT(EV_PAYMENT_COMPLETED) |
                EVENT_BIT(EV_PARTNER_ORDER) | EVENT_BIT(EV_EXPORT_ACKNOWLEDGED),
    .news = &news,
};

void
timeline_refers_to(const void *row, struct keys *keys)
{
    const struct order_view *order = row;
    if (order->early_count > 0)
        keys_add(keys, TIMELINE_EARLY, order->order_id.text);
}

/* ---- keys of order events */

/* Early requests are looked at only where they are; a request alone may have to write them. */
static void
keys_of_request(const struct event *in, struct keys *keys)
{
    keys_add(keys, TIMELINE_ORDER, event_key(in));
    keys_add(keys, TIMELINE_EARLY, event_key(in));
}

static void
keys_of_order(const struct event *in, struct keys *keys)
{
    keys_add(keys, TIMELINE_ORDER, event_key(in));
    keys_add_via(keys, TIMELINE_EARLY, event_key(in));
}

static void
keys_of_reserved(const struct event *in, struct keys *keys)
{
    const struct stock_reserved *reserved = &in->as.stock_reserved;
    keys_of_order(in, keys);
    for (uint32_t i = 0; i < reserved->items.count; i++)
        keys_add(keys, TIMELINE_PRODUCT, reserved->items.at[i].product_id.text);
}

static void
keys_of_released(const struct event *in, struct keys *keys)
{
    const struct stock_released *released = &in->as.stock_released;
    keys_of_order(in, keys);
    for (uint32_t i = 0; i < released->items.count; i++)
        keys_add(keys, TIMELINE_PRODUCT, released->items.at[i].product_id.text);
}

static void
keys_of_code(const struct event *in, struct keys *keys)
{
    keys_of_order(in, keys);
    keys_add(keys, TIMELINE_COUPON,
             in->type == EV_COUPON_APPLIED ? in->as.coupon_applied.coupon_code.text
                                           : in->as.coupon_restored.coupon_code.text);
}

static void
keys_of_money(const struct event *in, struct keys *keys)
{
    keys_of_order(in, keys);
    keys_add(keys, TIMELINE_CUSTOMER, fold_customer_of(in)->text);
}
