/* order_fold.c — whose event it is, and what then happens to the order's row.
 *
 * Contents   once told · the owner · the decision
 *
 * OrderRequested names the customer for the time being; stock and all that follows it decide.  Only
 * requests can be a stranger's: the service that answers them makes those dead letters, here they
 * are not shown. */
#include "timeline/timeline_parts.h"
#include <string.h>

static bool
is_same_customer(const struct customer_id *a, const struct customer_id *b)
{
    return strcmp(a->text, b->text) == 0;
}

static bool
is_request(enum event_type type)
{
    return type == EV_COUPON_SELECTED || type == EV_SHIPPING_SUBMITTED ||
           type == EV_PAYMENT_REQUESTED || type == EV_CANCEL_REQUESTED;
}

/* The event is this order's: once into its history, its facts, and what is shown. */
static void
take(struct view *view, struct order_view *order, const struct event *in)
{
    if (!fold_is_new(order, in))
        return;
    if (!is_request(in->type) && (order->created_at_us == 0 || in->at_us < order->created_at_us))
        order->created_at_us = in->at_us;
    history_append(view, order, in);
    fold_facts(&(struct fold){ .view = view, .order = order, .in = in });
    show_order(order);
    place_tell(view, order);
}

static bool
is_owned(const struct order_view *order)
{
    return order_knows(order, FACT_OWNED);
}

/* Somebody else had been taken for the owner: what was folded was never this order's, nor was what
 * he wanted. */
static void
forget(struct order_view *order)
{
    *order = (struct order_view){
        .order_id = order->order_id,
        .last_seq = order->last_seq,
        .early_count = order->early_count,
        .items = {"[]", 2},
        .events_row = order->events_row,
        .place_row = order->place_row,
        .place = order->place
    };
}

/* False when the event names another customer than the one who was decided. */
static bool
decide_owner(struct order_view *order, const struct customer_id *customer)
{
    if (customer == NULL)
        return true;
    bool is_other = !is_same_customer(&order->customer_id, customer);
    if (is_owned(order))
        return !is_other;
    if (is_other && order->customer_id.text[0] != '\0')
        forget(order);
    order->customer_id = *customer;
    order->facts |= FACT_OWNED;
    return true;
}

static bool
is_named(struct order_view *order, const struct customer_id *customer)
{
    if (order->customer_id.text[0] == '\0')
        order->customer_id = *customer;
    return is_same_customer(&order->customer_id, customer);
}

static void
fold_request(struct view *view, struct order_view *order, const struct event *in)
{
    if (is_same_customer(&order->customer_id, fold_customer_of(in)))
        take(view, order, in);
    else if (!is_owned(order))
        early_keep(view, order, in);
}

void
fold_order_event(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    struct order_view *order = view_row(view, TIMELINE_ORDER, event_key(in));
    if (is_request(in->type)) {
        fold_request(view, order, in);
        return;
    }
    bool is_ours = in->type == EV_ORDER_REQUESTED ? is_named(order, fold_customer_of(in))
                                                  : decide_owner(order, fold_customer_of(in));
    if (!is_ours)
        return;
    take(view, order, in);
    if (order->early_count > 0)
        early_claim(view, order, take);
}
