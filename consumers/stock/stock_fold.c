/* stock_fold.c — facts into rows, never asking again.  Contract: stock_fold.h */
#include "stock/stock_fold.h"
#include "stock/stock_parts.h"

static void keys_of_reserved(const struct event *in, struct keys *keys);
static void keys_of_released(const struct event *in, struct keys *keys);
static void keys_of_hold(const struct event *in, struct keys *keys);
static void fold_reserved(struct view *view, const struct event *in, struct emitter *out);
static void fold_rejected(struct view *view, const struct event *in, struct emitter *out);
static void fold_released(struct view *view, const struct event *in, struct emitter *out);

/* The catalogue first: what is held is taken off what there is.  A release follows what it releases. */
/* clang-format off */
static const struct route facts[] = {
    { EV_PRODUCT_LISTED,    keys_of_listing,       on_product_listed,    NULL },
    { EV_STOCK_REPLENISHED, keys_of_replenishment, on_stock_replenished, NULL },
    { EV_STOCK_RESERVED,    keys_of_reserved,      fold_reserved,        NULL },
    { EV_STOCK_REJECTED,    keys_of_hold,          fold_rejected,        NULL },
    { EV_STOCK_RELEASED,    keys_of_released,      fold_released,        NULL },
};
/* clang-format on */

const struct service stock_fold = {
    .name = "stock",
    .party = PARTY_STOCK,
    .rows = stock_rows,
    .row_type_count = STOCK_ROW_TYPES,
    .routes = facts,
    .route_count = COUNT_OF(facts),
};

void
stock_refers_to(const void *row, struct keys *keys)
{
    const struct stock_hold *hold = row;
    for (uint32_t i = 0; i < hold->items.count; i++)
        keys_add(keys, STOCK_PRODUCT, hold->items.at[i].product_id.text);
}

static void
keys_of_hold(const struct event *in, struct keys *keys)
{
    keys_add(keys, STOCK_HOLD, event_key(in));
}

static void
keys_of_reserved(const struct event *in, struct keys *keys)
{
    keys_of_hold(in, keys);
    for (uint32_t i = 0; i < in->as.stock_reserved.items.count; i++)
        keys_add(keys, STOCK_PRODUCT, in->as.stock_reserved.items.at[i].product_id.text);
}

/* What is given back comes from the hold, never from the event. */
static void
keys_of_released(const struct event *in, struct keys *keys)
{
    keys_of_hold(in, keys);
    keys_add_via(keys, STOCK_PRODUCT, event_key(in));
}

static void
move_units(struct view *view, const struct stock_hold *hold, int64_t sign)
{
    for (uint32_t i = 0; i < hold->items.count; i++) {
        const struct priced_line *line = &hold->items.at[i];
        struct stock_product *product = view_row(view, STOCK_PRODUCT, line->product_id.text);
        product->held_units += sign * line->quantity;
        product->available_units -= sign * line->quantity;
    }
}

static void
fold_reserved(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct stock_reserved *said = &in->as.stock_reserved;
    struct stock_hold *hold = view_row(view, STOCK_HOLD, said->order_id.text);
    if (hold->state != HOLD_NONE)
        return;
    hold->customer_id = said->customer_id;
    hold->state = HOLD_HELD;
    copy_priced_lines(&hold->items, &said->items);
    hold->subtotal = said->subtotal;
    hold->deadline_at_us = said->deadline_at_us;
    move_units(view, hold, 1);
}

static void
fold_rejected(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct stock_rejected *said = &in->as.stock_rejected;
    struct stock_hold *hold = view_row(view, STOCK_HOLD, said->order_id.text);
    if (hold->state != HOLD_NONE)
        return;
    hold->customer_id = said->customer_id;
    hold->state = HOLD_REFUSED;
    hold->reason = said->reason;
}

static void
fold_released(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    struct stock_hold *hold = view_row(view, STOCK_HOLD, in->as.stock_released.order_id.text);
    if (hold->state != HOLD_HELD)
        return;
    hold->state = HOLD_RELEASED;
    move_units(view, hold, -1);
}
