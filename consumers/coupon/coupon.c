/* coupon.c — applies coupons to orders and gives them back.  Contract: coupon.h */
#include "coupon/coupon_parts.h"
#include "emit.h"
#include "runtime/mutant.h"
#include <string.h>

static bool names_a_coupon(const struct event *in);
static void keys_of_reserved(const struct event *in, struct keys *keys);
static void keys_of_request(const struct event *in, struct keys *keys);
static void keys_of_cancel(const struct event *in, struct keys *keys);
static void keys_of_issue(const struct event *in, struct keys *keys);
static void on_stock_reserved(struct view *view, const struct event *in, struct emitter *out);
static void on_coupon_requested(struct view *view, const struct event *in, struct emitter *out);
static void on_order_cancelled(struct view *view, const struct event *in, struct emitter *out);
static void on_coupon_issued(struct view *view, const struct event *in, struct emitter *out);

/* clang-format off */
static const struct route routes[] = {
    { EV_STOCK_RESERVED,   keys_of_reserved, on_stock_reserved,   names_a_coupon },
    { EV_COUPON_REQUESTED, keys_of_request,  on_coupon_requested, NULL           },
    { EV_ORDER_CANCELLED,  keys_of_cancel,   on_order_cancelled,  NULL           },
    { EV_COUPON_ISSUED,    keys_of_issue,    on_coupon_issued,    NULL           },
};
/* clang-format on */

static const struct transition transitions[] = {
    MOVES(COUPON_UNKNOWN, EV_COUPON_ISSUED, COUPON_AVAILABLE, "issued"),
    ANSWERED(COUPON_UNKNOWN, EV_STOCK_RESERVED, "CouponRejected UNKNOWN"),
    ANSWERED(COUPON_UNKNOWN, EV_COUPON_REQUESTED, "CouponRejected UNKNOWN"),
    RECORDED(COUPON_UNKNOWN, EV_ORDER_CANCELLED, "the order is fenced"),
    RECORDED(COUPON_AVAILABLE, EV_COUPON_ISSUED, "a newer revision replaces its definition"),
    MOVES(COUPON_AVAILABLE, EV_STOCK_RESERVED, COUPON_USED, "CouponApplied"),
    MOVES(COUPON_AVAILABLE, EV_COUPON_REQUESTED, COUPON_USED, "CouponApplied"),
    ANSWERED(COUPON_AVAILABLE, EV_STOCK_RESERVED, "its terms are not met: CouponRejected"),
    ANSWERED(COUPON_AVAILABLE, EV_COUPON_REQUESTED, "its terms are not met: CouponRejected"),
    RECORDED(COUPON_AVAILABLE, EV_ORDER_CANCELLED, "the order is fenced"),
    REPEATED(COUPON_USED, EV_COUPON_ISSUED, "a used coupon is never changed"),
    ANSWERED(COUPON_USED, EV_STOCK_RESERVED, "another order's: CouponRejected ALREADY_USED"),
    REPEATED(COUPON_USED, EV_STOCK_RESERVED, "by the order that uses it"),
    ANSWERED(COUPON_USED, EV_COUPON_REQUESTED, "another order's: CouponRejected ALREADY_USED"),
    REPEATED(COUPON_USED, EV_COUPON_REQUESTED, "by the order that uses it"),
    MOVES(COUPON_USED, EV_ORDER_CANCELLED, COUPON_AVAILABLE, "compensate: CouponRestored"),
    RECORDED(COUPON_USED, EV_ORDER_CANCELLED, "another order's: that order is fenced"),
};

const struct service coupon_service = {
    .name = "coupon",
    .party = PARTY_COUPON,
    .rows = coupon_rows,
    .row_type_count = COUPON_ROW_TYPES,
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .state_names = coupon_states,
    .transitions = transitions,
    .transition_count = COUNT_OF(transitions),
};

/* ---- rows */

static struct coupon_order *
order_of(struct view *view, const struct order_id *order_id)
{
    return view_row(view, COUPON_ORDER, order_id->text);
}

static struct coupon *
coupon_of(struct view *view, const struct coupon_code *coupon_code)
{
    return view_row(view, COUPON_COUPON, coupon_code->text);
}

static void
coupon_enter(struct coupon *coupon, enum coupon_state to, const struct event *in)
{
    service_check_move(&coupon_service, (uint8_t)coupon->state, in->type, (uint8_t)to);
    coupon->state = to;
}

static const struct coupon_try *
try_of(const struct coupon_order *order, const struct coupon_code *coupon_code)
{
    for (uint32_t i = 0; i < order->tries.count; i++)
        if (strcmp(order->tries.at[i].coupon_code.text, coupon_code->text) == 0)
            return &order->tries.at[i];
    return NULL;
}

static bool
has_one_applied(const struct coupon_order *order)
{
    for (uint32_t i = 0; i < order->tries.count; i++)
        if (order->tries.at[i].outcome == OUTCOME_APPLIED)
            return true;
    return false;
}

/* Another customer's message about this order was never a message of this order. */
static bool
is_foreign(const struct coupon_order *order, const struct customer_id *customer_id)
{
    return order->customer_id.text[0] != '\0' &&
           strcmp(order->customer_id.text, customer_id->text) != 0;
}

static void
refuse_foreign(struct emitter *out)
{
    emitter_dead_letter(out, "customer_mismatch", "the order belongs to another customer");
}

/* ---- a code is tried, once per order and code */

struct request {
    const struct order_id *order_id;
    const struct customer_id *customer_id;
    const struct coupon_code *coupon_code;
    int64_t subtotal;
};

static enum coupon_rejected_reason
refusal_of(const struct coupon_order *order, const struct coupon *coupon,
           const struct request *request, int64_t now_us)
{
    if (MUTANT(COUPON_UNFENCED, order->cancelled, false))
        return COUPON_REJECTED_CANCELLED;
    if (has_one_applied(order))
        return COUPON_REJECTED_ANOTHER_APPLIED;
    return coupon_refusal(coupon, request->customer_id, request->subtotal, now_us);
}

static void
apply(struct coupon *coupon, struct coupon_try *try, const struct request *request,
      const struct event *in, struct emitter *out)
{
    try->outcome = OUTCOME_APPLIED;
    try->discount = coupon_discount(coupon, request->subtotal);
    coupon->used_by = *request->order_id;
    coupon_enter(coupon, COUPON_USED, in);
    emit_coupon_applied(out, &(struct coupon_applied){ .order_id = *request->order_id,
                                                       .customer_id = *request->customer_id,
                                                       .coupon_code = *request->coupon_code,
                                                       .discount = try->discount });
}

static void
reject(struct coupon_try *try, enum coupon_rejected_reason reason, const struct request *request,
       struct emitter *out)
{
    try->outcome = OUTCOME_REJECTED;
    try->reason = reason;
    emit_coupon_rejected(out, &(struct coupon_rejected){ .order_id = *request->order_id,
                                                         .customer_id = *request->customer_id,
                                                         .coupon_code = *request->coupon_code,
                                                         .reason = reason });
}

static void
decide(struct view *view, const struct request *request, const struct event *in,
       struct emitter *out)
{
    struct coupon_order *order = order_of(view, request->order_id);
    if (is_foreign(order, request->customer_id)) {
        refuse_foreign(out);
        return;
    }
    if (try_of(order, request->coupon_code) != NULL)
        return;
    if (order->tries.count == ORDER_CODES_MAX) {
        emitter_dead_letter(out, "too_many_codes", "more codes were tried than an order may try");
        return;
    }

    struct coupon *coupon = coupon_of(view, request->coupon_code);
    enum coupon_rejected_reason reason = refusal_of(order, coupon, request, in->at_us);
    order->customer_id = *request->customer_id;
    struct coupon_try *try = &order->tries.at[order->tries.count++];
    try->coupon_code = *request->coupon_code;
    if (reason == COUPON_REJECTED_OTHER)
        apply(coupon, try, request, in, out);
    else
        reject(try, reason, request, out);
}

/* Without a code StockReserved can never matter here: nothing but a code is looked at. */
static bool
names_a_coupon(const struct event *in)
{
    return in->as.stock_reserved.has_coupon_code;
}

static void
keys_of_reserved(const struct event *in, struct keys *keys)
{
    keys_add(keys, COUPON_ORDER, in->as.stock_reserved.order_id.text);
    keys_add(keys, COUPON_COUPON, in->as.stock_reserved.coupon_code.text);
}

static void
on_stock_reserved(struct view *view, const struct event *in, struct emitter *out)
{
    const struct stock_reserved *reserved = &in->as.stock_reserved;
    decide(view,
           &(struct request){ &reserved->order_id, &reserved->customer_id, &reserved->coupon_code,
                              reserved->subtotal },
           in, out);
}

static void
keys_of_request(const struct event *in, struct keys *keys)
{
    keys_add(keys, COUPON_ORDER, in->as.coupon_requested.order_id.text);
    keys_add(keys, COUPON_COUPON, in->as.coupon_requested.coupon_code.text);
}

static void
on_coupon_requested(struct view *view, const struct event *in, struct emitter *out)
{
    const struct coupon_requested *asked = &in->as.coupon_requested;
    decide(view,
           &(struct request){ &asked->order_id, &asked->customer_id, &asked->coupon_code,
                              asked->subtotal },
           in, out);
}

/* ---- OrderCancelled: what is given back comes from the order's row, never from the event */

static void
keys_of_cancel(const struct event *in, struct keys *keys)
{
    keys_add(keys, COUPON_ORDER, in->as.order_cancelled.order_id.text);
    keys_add_via(keys, COUPON_COUPON, in->as.order_cancelled.order_id.text);
}

/* In rebuilt rows a coupon may be another order's by now: giving it back once was said and not published. */
static void
release(struct view *view, const struct coupon_try *try, const struct event *in)
{
    struct coupon *coupon = view_found_row(view, COUPON_COUPON, try->coupon_code.text);
    if (!coupon || strcmp(coupon->used_by.text, in->as.order_cancelled.order_id.text) != 0)
        return;
    coupon->used_by = (struct order_id){ "" };
    coupon_enter(coupon, COUPON_AVAILABLE, in);
}

static void
give_back(struct view *view, struct coupon_try *try, const struct event *in, struct emitter *out)
{
    release(view, try, in);
    try->outcome = OUTCOME_RESTORED;
    emit_coupon_restored(
        out, &(struct coupon_restored){ .order_id = in->as.order_cancelled.order_id,
                                        .customer_id = in->as.order_cancelled.customer_id,
                                        .coupon_code = try->coupon_code });
}

static void
on_order_cancelled(struct view *view, const struct event *in, struct emitter *out)
{
    const struct order_cancelled *cancel = &in->as.order_cancelled;
    struct coupon_order *order = order_of(view, &cancel->order_id);
    if (is_foreign(order, &cancel->customer_id)) {
        refuse_foreign(out);
        return;
    }
    order->customer_id = cancel->customer_id;
    order->cancelled = true;
    for (uint32_t i = 0; i < order->tries.count; i++)
        if (order->tries.at[i].outcome == MUTANT(COUPON_KEPT, OUTCOME_APPLIED, OUTCOME_NONE))
            give_back(view, &order->tries.at[i], in, out);
}

/* ---- CouponIssued: newer wins, but a used coupon is never changed */

static void
keys_of_issue(const struct event *in, struct keys *keys)
{
    keys_add(keys, COUPON_COUPON, in->as.coupon_issued.coupon_code.text);
}

static void
on_coupon_issued(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct coupon_issued *issued = &in->as.coupon_issued;
    struct coupon *coupon = coupon_of(view, &issued->coupon_code);
    int64_t revision = issued->has_revision ? issued->revision : in->at_us;
    if (coupon->state == COUPON_USED)
        return;
    if (coupon->state == COUPON_AVAILABLE && revision <= coupon->revision)
        return;
    coupon_define(coupon, issued, in->at_us);
    if (coupon->state == COUPON_UNKNOWN)
        coupon_enter(coupon, COUPON_AVAILABLE, in);
}
