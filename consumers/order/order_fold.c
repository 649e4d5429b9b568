/* order_fold.c — facts into rows, never asking again.  Contract: order_fold.h
 *
 * Precedence  PAID and CANCELLED, of which only one is ever said, before PENDING, before RESERVED.
 * Cancels     which cancel won stands in OrderCancelled.  A refused one is refused again by the same bytes,
 *             unless what refused it was lost with the database: then it must not win. */
#include "order/order_fold.h"
#include "order/order_parts.h"
#include <string.h>

static void keys_of_order(const struct event *in, struct keys *keys);
static void fold_paid(struct view *view, const struct event *in, struct emitter *out);
static void fold_cancelled(struct view *view, const struct event *in, struct emitter *out);
static void fold_created(struct view *view, const struct event *in, struct emitter *out);
static void fold_asked(struct view *view, const struct event *in, struct emitter *out);
static void fold_refused(struct view *view, const struct event *in, struct emitter *out);
static void fold_cancel_refused(struct view *view, const struct event *in, struct emitter *out);
static void fold_reserved(struct view *view, const struct event *in, struct emitter *out);

/* clang-format off */
static const struct route facts[] = {
    { EV_ORDER_PAID,       keys_of_order, fold_paid,           NULL },
    { EV_ORDER_CANCELLED,  keys_of_order, fold_cancelled,      NULL },
    { EV_ORDER_CREATED,    keys_of_order, fold_created,        NULL },
    { EV_COUPON_REQUESTED, keys_of_order, fold_asked,          NULL },
    { EV_COUPON_REJECTED,  keys_of_order, fold_refused,        NULL },
    { EV_CANCEL_REFUSED,   keys_of_order, fold_cancel_refused, NULL },
    { EV_STOCK_RESERVED,   keys_of_order, fold_reserved,       NULL },
};
/* clang-format on */

const struct service order_fold = {
    .name = "order",
    .party = PARTY_ORDER,
    .rows = order_rows,
    .row_type_count = ORDER_ROW_TYPES,
    .routes = facts,
    .route_count = COUNT_OF(facts),
};

void
order_comparable(unsigned row_type, void *row)
{
    struct order *order = row;
    if (row_type == ORDER_ORDER && order->state == ORDER_CANCELLED && order->created_revision == 0)
        memset(&order->shipping, 0, sizeof order->shipping);
}

static void
keys_of_order(const struct event *in, struct keys *keys)
{
    keys_add(keys, ORDER_ORDER, event_key(in));
}

static struct order *
order_of(struct view *view, const struct event *in)
{
    return view_row(view, ORDER_ORDER, event_key(in));
}

/* ---- how it stands */

static void
fold_paid(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct order_paid *said = &in->as.order_paid;
    struct order *order = order_of(view, in);
    order->state = ORDER_PAID;
    order->customer_id = said->customer_id;
    order->created_revision = order->submitted_revision = said->revision;
    order->shipping = said->shipping;
    order->paid_at_us = said->paid_at_us;
    order->discount = said->discount;
    order->amount = said->amount;
    if (said->has_coupon_code)
        order->coupon_code = said->coupon_code;
}

static void
fold_cancelled(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct order_cancelled *said = &in->as.order_cancelled;
    struct order *order = order_of(view, in);
    order->state = ORDER_CANCELLED;
    order->customer_id = said->customer_id;
    order->cancel_reason = said->reason;
    if (said->reason == ORDER_CANCELLED_CUSTOMER || said->reason == ORDER_CANCELLED_OPERATOR)
        order->cancels_answered |= 1 << (int)said->reason;
}

/* auto_pay is told with the first revision and with no other. */
static void
fold_created(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct order_created *said = &in->as.order_created;
    struct order *order = order_of(view, in);
    order->customer_id = said->customer_id;
    if (order->state == ORDER_NONE)
        order->state = ORDER_PENDING;
    order->auto_pay |= said->auto_pay;
    order->discount = said->discount;
    order->amount = said->amount;
    if (said->has_coupon_code)
        order->coupon_code = said->coupon_code;
    if (said->revision <= order->created_revision)
        return;
    order->created_revision = order->submitted_revision = said->revision;
    order->shipping = said->shipping;
}

/* ---- codes, of an order whose stock is held */

static void
add_code(struct order *order, const struct customer_id *customer_id, const struct coupon_code *code,
         enum code_state state)
{
    order->customer_id = *customer_id;
    if (order->state == ORDER_NONE)
        order->state = ORDER_RESERVED;
    if (code_find(order, code) == NULL)
        (void)code_add(order, code, state);
}

static void
fold_asked(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct coupon_requested *said = &in->as.coupon_requested;
    add_code(order_of(view, in), &said->customer_id, &said->coupon_code, CODE_ASKED);
}

static void
fold_refused(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct coupon_rejected *said = &in->as.coupon_rejected;
    add_code(order_of(view, in), &said->customer_id, &said->coupon_code, CODE_REFUSED);
}

static void
fold_cancel_refused(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct cancel_refused *said = &in->as.cancel_refused;
    struct order *order = order_of(view, in);
    if (said->reason == CANCEL_REFUSED_ALREADY_PAID && order->state == ORDER_PENDING)
        order->cancels_answered |= 1 << ORDER_CANCELLED_CUSTOMER | 1 << ORDER_CANCELLED_OPERATOR;
}

/* ---- what it holds: said by stock, and taken in before anything was said of the order */

static void
record_terms(struct order *order, const struct event *in)
{
    const struct stock_reserved *said = &in->as.stock_reserved;
    copy_priced_lines(&order->items, &said->items);
    order->subtotal = said->subtotal;
    order->on_coupon_rejected = said->on_coupon_rejected;
    order->on_payment_failure = said->on_payment_failure;
    order->has_expected_amount = said->has_expected_amount;
    order->expected_amount = said->has_expected_amount ? said->expected_amount : 0;
    order->deadline_at_us = said->deadline_at_us;
    order->timer_partition = in->source.partition;
}

static void
fold_reserved(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct stock_reserved *said = &in->as.stock_reserved;
    struct order *order = order_of(view, in);
    if (order->state == ORDER_NONE || order->deadline_at_us != 0 ||
        strcmp(order->customer_id.text, said->customer_id.text) != 0)
        return;
    record_terms(order, in);
    if (said->has_coupon_code && code_find(order, &said->coupon_code) == NULL)
        (void)code_add(order, &said->coupon_code, CODE_ASKED);
    if (order->created_revision > 0)
        return;
    order->auto_pay = said->auto_pay;
    if (said->has_shipping)
        order_submit(order, 1, &said->shipping,
                     said->has_coupon_code ? &said->coupon_code : NULL);
}
