/* order_facts.c — what each event tells of its order, and what it moves in the catalogue.
 *
 * Contents   shared parts · stock · requests · coupons · order · payment · the table
 *
 * Each fold runs once per order and event (order_once.c), in any order across topics. */
#include "timeline/timeline_parts.h"
#include <string.h>

/* ---- shared parts */

static int32_t
larger(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static void
forget_fact(struct order_codes *codes, enum code_fact fact)
{
    for (uint32_t i = 0; i < codes->count; i++)
        codes->at[i].facts = (uint16_t)(codes->at[i].facts & ~(unsigned)fact);
}

/* The code that the newest request for shipping named, or none: it is selected by it. */
static void
name_code(struct order_view *order, int32_t rank, bool has_code, const struct coupon_code *code)
{
    struct order_code *named = has_code ? order_code_add(&order->codes, code) : NULL;
    if (rank <= order->named_rank)
        return;
    order->named_rank = rank;
    forget_fact(&order->codes, CODE_NAMED);
    if (named != NULL)
        named->facts |= CODE_NAMED;
}

static void
fix_amounts(const struct fold *fold, const struct priced_lines *items, int64_t subtotal,
            int64_t discount, int64_t amount)
{
    struct order_view *order = fold->order;
    if (order_knows(order, FACT_CREATED))
        return;
    order_note(order, FACT_CREATED, true);
    order->subtotal = subtotal;
    order->discount = discount;
    order->amount = amount;
    content_items(fold, items);
}

static void
carry_code(const struct fold *fold, const struct coupon_code *code)
{
    (void)order_code_mark(fold->order, code, CODE_CARRIED, fold->in->at_us);
}

/* ---- OrderRequested, and what stock says of it */

static void
on_order_requested(const struct fold *fold)
{
    const struct order_requested *in = &fold->in->as.order_requested;
    struct order_view *order = fold->order;
    if (order_knows(order, FACT_RESERVED))
        return; /* it has told all of this, of the request that took effect */
    order->request_digest = in->request_digest;
    order_note(order, FACT_CONTINUES, in->on_coupon_rejected == ON_COUPON_REJECTED_CONTINUE);
    if (!order_knows(order, FACT_CREATED)) {
        order_note(order, FACT_FAILURE_CANCELS,
                   in->on_payment_failure == ON_PAYMENT_FAILURE_CANCEL);
        content_unpriced_items(fold, &in->items);
    }
    if (in->has_coupon_code)
        carry_code(fold, &in->coupon_code);
    if (!in->has_shipping)
        return;
    content_shipping(fold, 1, RANK_OF_REQUEST, &in->shipping);
    name_code(order, RANK_OF_REQUEST, in->has_coupon_code, &in->coupon_code);
}

static void
on_stock_reserved(const struct fold *fold)
{
    const struct stock_reserved *in = &fold->in->as.stock_reserved;
    struct order_view *order = fold->order;
    order->request_digest = in->request_digest;
    order_note(order, FACT_CONTINUES, in->on_coupon_rejected == ON_COUPON_REJECTED_CONTINUE);
    order_note(order, FACT_FAILURE_CANCELS, in->on_payment_failure == ON_PAYMENT_FAILURE_CANCEL);
    content_items(fold, &in->items);
    order->subtotal = in->subtotal;
    order->deadline_at_us = in->deadline_at_us;
    forget_fact(&order->codes, CODE_CARRIED);
    if (in->has_coupon_code)
        carry_code(fold, &in->coupon_code);
    for (uint32_t i = 0; i < in->items.count; i++)
        catalogue_product_moves(fold->view, &in->items.at[i].product_id, -in->items.at[i].quantity);
    if (!in->has_shipping)
        return;
    content_shipping(fold, 1, RANK_OF_RESERVED, &in->shipping);
    name_code(order, RANK_OF_RESERVED, in->has_coupon_code, &in->coupon_code);
}

static void
on_stock_rejected(const struct fold *fold)
{
    const struct stock_rejected *in = &fold->in->as.stock_rejected;
    order_note(fold->order, FACT_FENCED, in->reason == STOCK_REJECTED_CANCELLED);
    fold->order->rejected_reason = (uint8_t)in->reason;
    content_rejection(fold, &in->lines);
}

static void
on_stock_released(const struct fold *fold)
{
    const struct stock_released *in = &fold->in->as.stock_released;
    for (uint32_t i = 0; i < in->items.count; i++)
        catalogue_product_moves(fold->view, &in->items.at[i].product_id, in->items.at[i].quantity);
}

/* ---- requests of the order's customer */

static void
on_shipping_submitted(const struct fold *fold)
{
    const struct shipping_submitted *in = &fold->in->as.shipping_submitted;
    content_shipping(fold, in->revision, in->revision * 2, &in->shipping);
    name_code(fold->order, in->revision * 2, in->has_coupon_code, &in->coupon_code);
}

static void
on_payment_requested(const struct fold *fold)
{
    fold->order->last_attempt =
        larger(fold->order->last_attempt, fold->in->as.payment_requested.attempt);
}

/* ---- coupons */

static void
on_coupon_applied(const struct fold *fold)
{
    const struct coupon_applied *in = &fold->in->as.coupon_applied;
    order_code_find(&fold->order->codes, &in->coupon_code)->discount = in->discount;
    catalogue_coupon_moves(fold, &in->coupon_code, 1);
}

static void
on_coupon_rejected(const struct fold *fold)
{
    const struct coupon_rejected *in = &fold->in->as.coupon_rejected;
    order_code_find(&fold->order->codes, &in->coupon_code)->reason = in->reason;
}

static void
on_coupon_restored(const struct fold *fold)
{
    order_note(fold->order, FACT_RESTORED, true);
    catalogue_coupon_moves(fold, &fold->in->as.coupon_restored.coupon_code, -1);
}

/* ---- order */

static void
on_order_created(const struct fold *fold)
{
    const struct order_created *in = &fold->in->as.order_created;
    struct order_view *order = fold->order;
    fix_amounts(fold, &in->items, in->subtotal, in->discount, in->amount);
    content_shipping(fold, in->revision, in->revision * 2 + 1, &in->shipping);
    order->deadline_at_us = in->deadline_at_us;
    if (!order_knows(order, FACT_RESERVED))
        order_note(order, FACT_FAILURE_CANCELS,
                   in->on_payment_failure == ON_PAYMENT_FAILURE_CANCEL);
    if (in->has_coupon_code)
        (void)order_code_mark(order, &in->coupon_code, CODE_PRICED, 0);
    if (!in->auto_pay)
        return;
    order_note(order, FACT_AUTO_PAY, true);
    order->last_attempt = larger(order->last_attempt, 1);
}

static void
on_order_paid(const struct fold *fold)
{
    const struct order_paid *in = &fold->in->as.order_paid;
    fix_amounts(fold, &in->items, in->subtotal, in->discount, in->amount);
    content_shipping(fold, in->revision, RANK_OF_PAID, &in->shipping);
    if (in->has_coupon_code)
        (void)order_code_mark(fold->order, &in->coupon_code, CODE_PRICED, 0);
}

static void
on_order_cancelled(const struct fold *fold)
{
    const struct order_cancelled *in = &fold->in->as.order_cancelled;
    fold->order->cancelled_reason = (uint8_t)in->reason;
    fold->order->cancelled_revision = in->revision;
    order_note(fold->order, FACT_CANCELLED_BY_REQUEST,
               in->reason == ORDER_CANCELLED_CUSTOMER || in->reason == ORDER_CANCELLED_OPERATOR);
    for (uint32_t i = 0; i < in->coupon_codes.count; i++)
        (void)order_code_mark(fold->order, &in->coupon_codes.at[i], CODE_GIVEN_UP, 0);
}

/* ---- payment */

static void
on_payment_completed(const struct fold *fold)
{
    const struct payment_completed *in = &fold->in->as.payment_completed;
    struct order_view *order = fold->order;
    order->last_attempt = larger(order->last_attempt, in->attempt);
    if (order_knows(order, FACT_CAPTURED))
        return; /* one capture per order */
    order_note(order, FACT_CAPTURED, true);
    order->captured_attempt = in->attempt;
    catalogue_balance_moves(fold->view, &in->customer_id, -in->amount);
}

static void
on_payment_failed(const struct fold *fold)
{
    const struct payment_failed *in = &fold->in->as.payment_failed;
    struct order_view *order = fold->order;
    order->last_attempt = larger(order->last_attempt, in->attempt);
    if (in->reason != PAYMENT_FAILED_CANCELLED && in->reason != PAYMENT_FAILED_ALREADY_PAID)
        order_note(order, FACT_FAILED, true);
    if (in->attempt <= order->failed_attempt)
        return;
    order->failed_attempt = in->attempt;
    order->failed_reason = (uint8_t)in->reason;
}

static void
on_payment_refunded(const struct fold *fold)
{
    const struct payment_refunded *in = &fold->in->as.payment_refunded;
    fold->order->refunded_reason = (uint8_t)in->reason;
    catalogue_balance_moves(fold->view, &in->customer_id, in->amount);
}

/* ---- the table: events that have no line tell all by having been seen */

typedef void (*fold_function)(const struct fold *fold);

void
fold_facts(const struct fold *fold)
{
    static const fold_function folds[EV_COUNT] = {
        [EV_ORDER_REQUESTED] = on_order_requested,
        [EV_SHIPPING_SUBMITTED] = on_shipping_submitted,
        [EV_PAYMENT_REQUESTED] = on_payment_requested,
        [EV_STOCK_RESERVED] = on_stock_reserved,
        [EV_STOCK_REJECTED] = on_stock_rejected,
        [EV_STOCK_RELEASED] = on_stock_released,
        [EV_COUPON_APPLIED] = on_coupon_applied,
        [EV_COUPON_REJECTED] = on_coupon_rejected,
        [EV_COUPON_RESTORED] = on_coupon_restored,
        [EV_ORDER_CREATED] = on_order_created,
        [EV_PAYMENT_COMPLETED] = on_payment_completed,
        [EV_PAYMENT_FAILED] = on_payment_failed,
        [EV_PAYMENT_REFUNDED] = on_payment_refunded,
        [EV_ORDER_PAID] = on_order_paid,
        [EV_ORDER_CANCELLED] = on_order_cancelled,
    };
    if (folds[fold->in->type] != NULL)
        folds[fold->in->type](fold);
}
