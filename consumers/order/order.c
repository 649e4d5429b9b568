/* order.c — decides pay against cancel against deadline.  Contract: order.h */
#include "domain_order_sql.h"
#include "order/order_parts.h"
#include <string.h>

static void keys_early(const struct event *in, struct keys *keys);
static void keys_order(const struct event *in, struct keys *keys);

/* clang-format off */
static const struct route routes[] = {
    { EV_STOCK_RESERVED,        keys_early, on_stock_reserved,        NULL },
    { EV_STOCK_REJECTED,        keys_early, on_stock_rejected,        NULL },
    { EV_COUPON_SELECTED,       keys_early, on_coupon_selected,       NULL },
    { EV_SHIPPING_SUBMITTED,    keys_early, on_shipping_submitted,    NULL },
    { EV_CANCEL_REQUESTED,      keys_early, on_cancel_requested,      NULL },
    { EV_COUPON_APPLIED,        keys_order, on_coupon_applied,        NULL },
    { EV_COUPON_REJECTED,       keys_order, on_coupon_rejected,       NULL },
    { EV_PAYMENT_COMPLETED,     keys_order, on_payment_completed,     NULL },
    { EV_PAYMENT_FAILED,        keys_order, on_payment_failed,        NULL },
    { EV_STOCK_RELEASED,        keys_order, on_stock_released,        NULL },
    { EV_COUPON_RESTORED,       keys_order, on_coupon_restored,       NULL },
    { EV_PAYMENT_REFUNDED,      keys_order, on_payment_refunded,      NULL },
    { EV_ORDER_DEADLINE_PASSED, keys_order, on_order_deadline_passed, NULL },
};

static const struct transition transitions[] = {
    MOVES(ORDER_NONE, EV_STOCK_RESERVED, ORDER_RESERVED, "its stock is held; what waited takes effect"),
    MOVES(ORDER_NONE, EV_STOCK_REJECTED, ORDER_SOLD_OUT, "nothing was taken"),
    WAITS(ORDER_NONE, EV_COUPON_SELECTED, "for StockReserved"),
    WAITS(ORDER_NONE, EV_SHIPPING_SUBMITTED, "for StockReserved"),
    WAITS(ORDER_NONE, EV_CANCEL_REQUESTED, "for StockReserved, and wins then"),
    RECORDED(ORDER_NONE, EV_COUPON_APPLIED, "coupon was faster than StockReserved here"),
    RECORDED(ORDER_NONE, EV_COUPON_REJECTED, "coupon was faster than StockReserved here"),
    REPEATED(ORDER_NONE, EV_PAYMENT_COMPLETED, "cannot be: payment follows OrderCreated"),
    REPEATED(ORDER_NONE, EV_PAYMENT_FAILED, "cannot be: payment follows OrderCreated or OrderCancelled"),
    RECORDED(ORDER_NONE, EV_STOCK_RELEASED, "given back"),
    RECORDED(ORDER_NONE, EV_COUPON_RESTORED, "given back"),
    RECORDED(ORDER_NONE, EV_PAYMENT_REFUNDED, "given back"),
    REPEATED(ORDER_NONE, EV_ORDER_DEADLINE_PASSED, "no deadline without StockReserved"),

    REPEATED(ORDER_RESERVED, EV_STOCK_RESERVED, "its stock is held"),
    REPEATED(ORDER_RESERVED, EV_STOCK_REJECTED, "cannot be: stock decides once"),
    ANSWERED(ORDER_RESERVED, EV_COUPON_SELECTED, "CouponRequested, or CouponRejected ANOTHER_APPLIED"),
    WAITS(ORDER_RESERVED, EV_COUPON_SELECTED, "for the coupon outcome that is open"),
    WAITS(ORDER_RESERVED, EV_SHIPPING_SUBMITTED, "for a coupon outcome, or held by a refused coupon"),
    MOVES(ORDER_RESERVED, EV_SHIPPING_SUBMITTED, ORDER_PENDING, "OrderCreated"),
    MOVES(ORDER_RESERVED, EV_STOCK_RESERVED, ORDER_PENDING, "shipping was there: OrderCreated"),
    MOVES(ORDER_RESERVED, EV_STOCK_RESERVED, ORDER_CANCELLED, "a cancel waited for it: OrderCancelled"),
    MOVES(ORDER_RESERVED, EV_CANCEL_REQUESTED, ORDER_CANCELLED, "OrderCancelled"),
    RECORDED(ORDER_RESERVED, EV_COUPON_APPLIED, "the discount is known"),
    MOVES(ORDER_RESERVED, EV_COUPON_APPLIED, ORDER_PENDING, "shipping was there: OrderCreated"),
    RECORDED(ORDER_RESERVED, EV_COUPON_REJECTED, "the next code, if one waits; else the shopper decides"),
    MOVES(ORDER_RESERVED, EV_COUPON_REJECTED, ORDER_PENDING, "goes on without it: OrderCreated"),
    REPEATED(ORDER_RESERVED, EV_PAYMENT_COMPLETED, "cannot be: payment follows OrderCreated"),
    REPEATED(ORDER_RESERVED, EV_PAYMENT_FAILED, "cannot be: payment follows OrderCreated"),
    RECORDED(ORDER_RESERVED, EV_STOCK_RELEASED, "given back"),
    RECORDED(ORDER_RESERVED, EV_COUPON_RESTORED, "given back"),
    RECORDED(ORDER_RESERVED, EV_PAYMENT_REFUNDED, "given back"),
    MOVES(ORDER_RESERVED, EV_ORDER_DEADLINE_PASSED, ORDER_CANCELLED, "OrderCancelled DEADLINE"),

    REPEATED(ORDER_PENDING, EV_STOCK_RESERVED, "its stock is held"),
    REPEATED(ORDER_PENDING, EV_STOCK_REJECTED, "cannot be: stock decides once"),
    ANSWERED(ORDER_PENDING, EV_COUPON_SELECTED, "CouponRejected TOO_LATE"),
    ANSWERED(ORDER_PENDING, EV_SHIPPING_SUBMITTED, "OrderCreated of the new revision"),
    MOVES(ORDER_PENDING, EV_CANCEL_REQUESTED, ORDER_CANCELLED, "OrderCancelled"),
    REPEATED(ORDER_PENDING, EV_COUPON_APPLIED, "its outcome is known"),
    REPEATED(ORDER_PENDING, EV_COUPON_REJECTED, "its outcome is known, or order refused it itself"),
    MOVES(ORDER_PENDING, EV_PAYMENT_COMPLETED, ORDER_PAID, "OrderPaid"),
    REPEATED(ORDER_PENDING, EV_PAYMENT_FAILED, "nothing to decide: the shopper retries or cancels"),
    MOVES(ORDER_PENDING, EV_PAYMENT_FAILED, ORDER_CANCELLED, "on_payment_failure cancel: OrderCancelled"),
    RECORDED(ORDER_PENDING, EV_STOCK_RELEASED, "given back"),
    RECORDED(ORDER_PENDING, EV_COUPON_RESTORED, "given back"),
    RECORDED(ORDER_PENDING, EV_PAYMENT_REFUNDED, "given back"),
    MOVES(ORDER_PENDING, EV_ORDER_DEADLINE_PASSED, ORDER_CANCELLED, "OrderCancelled DEADLINE"),

    REPEATED(ORDER_PAID, EV_STOCK_RESERVED, "its stock is held"),
    REPEATED(ORDER_PAID, EV_STOCK_REJECTED, "cannot be: stock decides once"),
    ANSWERED(ORDER_PAID, EV_COUPON_SELECTED, "CouponRejected TOO_LATE"),
    ANSWERED(ORDER_PAID, EV_SHIPPING_SUBMITTED, "by OrderPaid; its coupon: CouponRejected TOO_LATE"),
    ANSWERED(ORDER_PAID, EV_CANCEL_REQUESTED, "CancelRefused ALREADY_PAID"),
    REPEATED(ORDER_PAID, EV_COUPON_APPLIED, "its outcome is known"),
    REPEATED(ORDER_PAID, EV_COUPON_REJECTED, "its outcome is known, or order refused it itself"),
    REPEATED(ORDER_PAID, EV_PAYMENT_COMPLETED, "paid once"),
    REPEATED(ORDER_PAID, EV_PAYMENT_FAILED, "another attempt; the order is paid"),
    RECORDED(ORDER_PAID, EV_STOCK_RELEASED, "given back"),
    RECORDED(ORDER_PAID, EV_COUPON_RESTORED, "given back"),
    RECORDED(ORDER_PAID, EV_PAYMENT_REFUNDED, "given back"),
    REPEATED(ORDER_PAID, EV_ORDER_DEADLINE_PASSED, "paid in time"),

    REPEATED(ORDER_CANCELLED, EV_STOCK_RESERVED, "a repeat does not open it again"),
    REPEATED(ORDER_CANCELLED, EV_STOCK_REJECTED, "cannot be: stock decides once"),
    ANSWERED(ORDER_CANCELLED, EV_COUPON_SELECTED, "CouponRejected CANCELLED"),
    ANSWERED(ORDER_CANCELLED, EV_SHIPPING_SUBMITTED, "by OrderCancelled; its coupon: CouponRejected CANCELLED"),
    ANSWERED(ORDER_CANCELLED, EV_CANCEL_REQUESTED, "CancelRefused ALREADY_CANCELLED, unless it is the one that won"),
    RECORDED(ORDER_CANCELLED, EV_COUPON_APPLIED, "coupon gives it back when it sees the cancel"),
    RECORDED(ORDER_CANCELLED, EV_COUPON_REJECTED, "its outcome"),
    REPEATED(ORDER_CANCELLED, EV_PAYMENT_COMPLETED, "it lost: payment refunds it"),
    REPEATED(ORDER_CANCELLED, EV_PAYMENT_FAILED, "the order is cancelled"),
    RECORDED(ORDER_CANCELLED, EV_STOCK_RELEASED, "compensated"),
    RECORDED(ORDER_CANCELLED, EV_COUPON_RESTORED, "compensated"),
    RECORDED(ORDER_CANCELLED, EV_PAYMENT_REFUNDED, "compensated"),
    REPEATED(ORDER_CANCELLED, EV_ORDER_DEADLINE_PASSED, "cancelled before"),

    REPEATED(ORDER_SOLD_OUT, EV_STOCK_RESERVED, "cannot be: stock decides once"),
    REPEATED(ORDER_SOLD_OUT, EV_STOCK_REJECTED, "known"),
    REPEATED(ORDER_SOLD_OUT, EV_COUPON_SELECTED, "StockRejected answers it"),
    REPEATED(ORDER_SOLD_OUT, EV_SHIPPING_SUBMITTED, "StockRejected answers it"),
    ANSWERED(ORDER_SOLD_OUT, EV_CANCEL_REQUESTED, "CancelRefused SOLD_OUT"),
    REPEATED(ORDER_SOLD_OUT, EV_COUPON_APPLIED, "cannot be: no stock was reserved"),
    REPEATED(ORDER_SOLD_OUT, EV_COUPON_REJECTED, "cannot be: no stock was reserved"),
    REPEATED(ORDER_SOLD_OUT, EV_PAYMENT_COMPLETED, "cannot be: no order was created"),
    REPEATED(ORDER_SOLD_OUT, EV_PAYMENT_FAILED, "cannot be: no order was created"),
    RECORDED(ORDER_SOLD_OUT, EV_STOCK_RELEASED, "given back"),
    RECORDED(ORDER_SOLD_OUT, EV_COUPON_RESTORED, "given back"),
    RECORDED(ORDER_SOLD_OUT, EV_PAYMENT_REFUNDED, "given back"),
    REPEATED(ORDER_SOLD_OUT, EV_ORDER_DEADLINE_PASSED, "no deadline without StockReserved"),
};
/* clang-format on */

static const struct timer deadlines = {
    .type = EV_ORDER_DEADLINE_PASSED,
    .owner = EV_STOCK_RESERVED,
    .next_sql = SQL_NEXT_DEADLINE,
    .due_sql = SQL_DUE_ORDERS,
};

const struct service order_service = {
    .name = "order",
    .party = PARTY_ORDER,
    .rows = order_rows,
    .row_type_count = ORDER_ROW_TYPES,
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .state_names = order_states,
    .transitions = transitions,
    .transition_count = COUNT_OF(transitions),
    .timer = &deadlines,
};

/* ---- rows: every event of order is keyed by its order */

static void
keys_order(const struct event *in, struct keys *keys)
{
    keys_add(keys, ORDER_ORDER, event_key(in));
}

static void
keys_early(const struct event *in, struct keys *keys)
{
    keys_add(keys, ORDER_ORDER, event_key(in));
    keys_add(keys, ORDER_EARLY, event_key(in));
}

struct step
step_of(struct view *view, const struct order_id *order_id, const struct event *in,
        struct emitter *out)
{
    return (struct step){ view, view_row(view, ORDER_ORDER, order_id->text), in, out };
}

void
order_enter(const struct step *step, enum order_state to)
{
    service_check_move(&order_service, (uint8_t)step->order->state, step->in->type, (uint8_t)to);
    step->order->state = to;
}

bool
refuse_foreign(const struct step *step, const struct customer_id *customer_id)
{
    if (!is_owner_known(step->order) ||
        strcmp(step->order->customer_id.text, customer_id->text) == 0)
        return false;
    emitter_dead_letter(step->out, "customer_mismatch", "the order belongs to another customer");
    return true;
}
