/* catalogue.c — products, balances and coupons: what is told of them, and what orders do to them.
 *
 * Contents   products · customers · coupons
 *
 * Sums, so that no order of arrival matters.  The rows are contended: locked in key order. */
#include "timeline/timeline_parts.h"
#include <string.h>

/* ---- products */

void
catalogue_keys_of_listing(const struct event *in, struct keys *keys)
{
    keys_add(keys, TIMELINE_PRODUCT, in->as.product_listed.product_id.text);
}

void
catalogue_on_product_listed(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct product_listed *listing = &in->as.product_listed;
    struct product_view *product = view_row(view, TIMELINE_PRODUCT, listing->product_id.text);
    int64_t revision = listing->has_revision ? listing->revision : in->at_us;
    if (product->listed && revision <= product->revision)
        return;
    product->listed = true;
    product->revision = revision;
    product->name = listing->name;
    product->unit_price = listing->unit_price;
}

void
catalogue_keys_of_replenishment(const struct event *in, struct keys *keys)
{
    keys_add(keys, TIMELINE_REPLENISHMENT, in->as.stock_replenished.replenishment_id.text);
    keys_add(keys, TIMELINE_PRODUCT, in->as.stock_replenished.product_id.text);
}

void
catalogue_on_stock_replenished(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct stock_replenished *more = &in->as.stock_replenished;
    struct replenishment_seen *seen =
        view_row(view, TIMELINE_REPLENISHMENT, more->replenishment_id.text);
    if (seen->quantity > 0)
        return;
    seen->product_id = more->product_id;
    seen->quantity = more->quantity;
    catalogue_product_moves(view, &more->product_id, more->quantity);
}

void
catalogue_product_moves(struct view *view, const struct product_id *product_id, int64_t units)
{
    struct product_view *product = view_row(view, TIMELINE_PRODUCT, product_id->text);
    product->available += units;
}

/* ---- customers */

void
catalogue_keys_of_credit(const struct event *in, struct keys *keys)
{
    keys_add(keys, TIMELINE_CREDIT, in->as.balance_credited.credit_id.text);
    keys_add(keys, TIMELINE_CUSTOMER, in->as.balance_credited.customer_id.text);
}

/* A credit that would pass the maximum counts nowhere: payment makes it a dead letter. */
void
catalogue_on_balance_credited(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct balance_credited *credit = &in->as.balance_credited;
    struct credit_seen *seen = view_row(view, TIMELINE_CREDIT, credit->credit_id.text);
    struct customer_view *customer = view_row(view, TIMELINE_CUSTOMER, credit->customer_id.text);
    if (seen->customer_id.text[0] != '\0' || credit->amount > MONEY_MAX_WON - customer->credited)
        return;
    seen->customer_id = credit->customer_id;
    seen->amount = credit->amount;
    customer->known = true;
    customer->credited += credit->amount;
    customer->balance += credit->amount;
}

void
catalogue_balance_moves(struct view *view, const struct customer_id *customer_id, int64_t amount)
{
    struct customer_view *customer = view_row(view, TIMELINE_CUSTOMER, customer_id->text);
    customer->balance += amount;
}

/* ---- coupons */

void
catalogue_keys_of_coupon(const struct event *in, struct keys *keys)
{
    keys_add(keys, TIMELINE_COUPON, in->as.coupon_issued.coupon_code.text);
}

/* A used coupon is never changed. */
void
catalogue_on_coupon_issued(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct coupon_issued *issue = &in->as.coupon_issued;
    struct coupon_view *coupon = view_row(view, TIMELINE_COUPON, issue->coupon_code.text);
    int64_t revision = issue->has_revision ? issue->revision : in->at_us;
    if (coupon->issued && (revision <= coupon->revision || coupon->status == SHOWN_USED))
        return;
    coupon->issued = true;
    coupon->revision = revision;
    coupon->customer_id = issue->customer_id;
    coupon->discount = issue->discount;
    coupon->percent = issue->percent;
    coupon->minimum_amount = issue->minimum_amount;
    coupon->expires_at_us = issue->expires_at_us;
}

/* It may be applied here before it is known to be restored there: what stands is the difference,
 * and who has it is who had it applied last. */
void
catalogue_coupon_moves(const struct fold *fold, const struct coupon_code *code, int32_t standing)
{
    struct coupon_view *coupon = view_row(fold->view, TIMELINE_COUPON, code->text);
    const struct order_id *order_id = &fold->order->order_id;
    coupon->standing += standing;
    coupon->status = coupon->standing > 0 ? SHOWN_USED : SHOWN_AVAILABLE;
    if (standing < 0 || fold->in->at_us < coupon->used_at_us ||
        (fold->in->at_us == coupon->used_at_us &&
         strcmp(order_id->text, coupon->used_by.text) <= 0))
        return;
    coupon->used_by = *order_id;
    coupon->used_at_us = fold->in->at_us;
}
