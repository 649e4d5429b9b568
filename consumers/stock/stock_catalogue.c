/* stock_catalogue.c — the facts stock is told: prices, and what was replenished. */
#include "stock/stock_parts.h"
#include <string.h>

#define UNITS_MAX INT64_C(9007199254740991) /* what every reader of JSON can hold */

void
keys_of_listing(const struct event *in, struct keys *keys)
{
    keys_add(keys, STOCK_PRODUCT, in->as.product_listed.product_id.text);
}

void
on_product_listed(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct product_listed *listing = &in->as.product_listed;
    struct stock_product *product = view_row(view, STOCK_PRODUCT, listing->product_id.text);
    int64_t revision = listing->has_revision ? listing->revision : in->at_us;
    if (product->listed && revision <= product->revision)
        return;
    product->listed = true;
    product->revision = revision;
    product->unit_price = listing->unit_price;
}

void
keys_of_replenishment(const struct event *in, struct keys *keys)
{
    keys_add(keys, STOCK_REPLENISHMENT, in->as.stock_replenished.replenishment_id.text);
    keys_add(keys, STOCK_PRODUCT, in->as.stock_replenished.product_id.text);
}

static bool
is_same(const struct stock_replenishment *counted, const struct stock_replenished *in)
{
    return strcmp(counted->product_id.text, in->product_id.text) == 0 &&
           counted->quantity == in->quantity;
}

void
on_stock_replenished(struct view *view, const struct event *in, struct emitter *out)
{
    const struct stock_replenished *more = &in->as.stock_replenished;
    struct stock_product *product = view_row(view, STOCK_PRODUCT, more->product_id.text);
    struct stock_replenishment *counted =
        view_row(view, STOCK_REPLENISHMENT, more->replenishment_id.text);
    if (counted->quantity > 0 && !is_same(counted, more)) {
        emitter_dead_letter(out, "replenishment_id_reused",
                            "this replenishment_id was counted with another product or quantity");
        return;
    }
    if (counted->quantity > 0)
        return;
    if (more->quantity > UNITS_MAX - product->replenished_units) {
        emitter_dead_letter(out, "amount_too_large", "more units of a product than can be counted");
        return;
    }
    counted->product_id = more->product_id;
    counted->quantity = more->quantity;
    counted->counted_at_us = in->at_us;
    product->replenished_units += more->quantity;
    product->available_units += more->quantity;
}
