/* stock.c — takes, gives back and counts units for orders.  Contract: stock.h */
#include "emit.h"
#include "runtime/mutant.h"
#include "stock/stock_parts.h"
#include <string.h>

static void keys_of_order(const struct event *in, struct keys *keys);
static void keys_of_cancel(const struct event *in, struct keys *keys);
static void on_order_requested(struct view *view, const struct event *in, struct emitter *out);
static void on_order_cancelled(struct view *view, const struct event *in, struct emitter *out);

/* clang-format off */
static const struct route routes[] = {
    { EV_ORDER_REQUESTED,   keys_of_order,         on_order_requested,   NULL },
    { EV_ORDER_CANCELLED,   keys_of_cancel,        on_order_cancelled,   NULL },
    { EV_PRODUCT_LISTED,    keys_of_listing,       on_product_listed,    NULL },
    { EV_STOCK_REPLENISHED, keys_of_replenishment, on_stock_replenished, NULL },
};
/* clang-format on */

static const struct transition transitions[] = {
    MOVES(HOLD_NONE, EV_ORDER_REQUESTED, HOLD_HELD, "every line is available: StockReserved"),
    MOVES(HOLD_NONE, EV_ORDER_REQUESTED, HOLD_REFUSED, "a line is refused: StockRejected"),
    MOVES(HOLD_NONE, EV_ORDER_CANCELLED, HOLD_FENCED, "the cancel overtook the order"),
    REPEATED(HOLD_HELD, EV_ORDER_REQUESTED, "its units are held"),
    MOVES(HOLD_HELD, EV_ORDER_CANCELLED, HOLD_RELEASED, "compensate: StockReleased"),
    REPEATED(HOLD_REFUSED, EV_ORDER_REQUESTED, "refused once; what came later changes nothing"),
    REPEATED(HOLD_REFUSED, EV_ORDER_CANCELLED, "nothing is held"),
    REPEATED(HOLD_RELEASED, EV_ORDER_REQUESTED, "its units were given back"),
    REPEATED(HOLD_RELEASED, EV_ORDER_CANCELLED, "given back once"),
    MOVES(HOLD_FENCED, EV_ORDER_REQUESTED, HOLD_REFUSED, "StockRejected CANCELLED"),
    REPEATED(HOLD_FENCED, EV_ORDER_CANCELLED, "the fence stands"),
};

const struct service stock_service = {
    .name = "stock",
    .party = PARTY_STOCK,
    .rows = stock_rows,
    .row_type_count = STOCK_ROW_TYPES,
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .state_names = hold_states,
    .transitions = transitions,
    .transition_count = COUNT_OF(transitions),
};

#define SECOND_US INT64_C(1000000)

/* ---- rows */

static struct stock_hold *
hold_of(struct view *view, const struct order_id *order_id)
{
    return view_row(view, STOCK_HOLD, order_id->text);
}

static struct stock_product *
product_of(struct view *view, const struct product_id *product_id)
{
    return view_row(view, STOCK_PRODUCT, product_id->text);
}

static void
hold_enter(struct stock_hold *hold, enum hold_state to, const struct event *in)
{
    service_check_move(&stock_service, (uint8_t)hold->state, in->type, (uint8_t)to);
    hold->state = to;
}

/* Another customer's message about this order was never a message of this order. */
static bool
is_foreign(const struct stock_hold *hold, const struct customer_id *customer_id)
{
    return hold->state != HOLD_NONE && strcmp(hold->customer_id.text, customer_id->text) != 0;
}

static void
refuse_foreign(struct emitter *out)
{
    emitter_dead_letter(out, "customer_mismatch", "the order belongs to another customer");
}

/* ---- OrderRequested: all lines or none; look first, then take */

struct basket {
    const struct order_lines *lines;
    struct stock_product *product[ORDER_ITEMS_MAX]; /* of each line */
};

typedef bool line_test(const struct stock_product *product, const struct order_line *line);

static void
keys_of_order(const struct event *in, struct keys *keys)
{
    const struct order_requested *order = &in->as.order_requested;
    keys_add(keys, STOCK_HOLD, order->order_id.text);
    for (uint32_t i = 0; i < order->items.count; i++)
        keys_add(keys, STOCK_PRODUCT, order->items.at[i].product_id.text);
}

static bool
is_unknown(const struct stock_product *product, const struct order_line *line)
{
    (void)line;
    return !product->listed;
}

static bool
is_too_dear(const struct stock_product *product, const struct order_line *line)
{
    int64_t amount;
    return __builtin_mul_overflow(product->unit_price, line->quantity, &amount) ||
           amount > MONEY_MAX_WON;
}

static bool
is_short(const struct stock_product *product, const struct order_line *line)
{
    return product->available_units < MUTANT(OVERSOLD, line->quantity, line->quantity - 1);
}

static bool
is_any(const struct stock_product *product, const struct order_line *line)
{
    (void)product;
    (void)line;
    return true;
}

/* Collects the lines that fail, as the shopper is told them; an unlisted product offers nothing. */
static bool
some_line(const struct basket *basket, line_test *fails, struct short_lines *failed)
{
    failed->count = 0;
    for (uint32_t i = 0; i < basket->lines->count; i++) {
        const struct order_line *line = &basket->lines->at[i];
        const struct stock_product *product = basket->product[i];
        if (fails(product, line))
            failed->at[failed->count++] =
                (struct short_line){ .product_id = line->product_id,
                                     .requested = line->quantity,
                                     .available = product->listed ? product->available_units : 0 };
    }
    return failed->count > 0;
}

/* Of lines that are not too dear each: a hundred times 2⁵³ is still far from overflow. */
static int64_t
subtotal_of(const struct basket *basket)
{
    int64_t subtotal = 0;
    for (uint32_t i = 0; i < basket->lines->count; i++)
        subtotal += basket->product[i]->unit_price * basket->lines->at[i].quantity;
    return subtotal;
}

/* The first refusal that applies, or STOCK_REJECTED_OTHER for none. */
static enum stock_rejected_reason
refusal_of(const struct stock_hold *hold, const struct basket *basket, struct short_lines *failed)
{
    failed->count = 0;
    if (hold->state == HOLD_FENCED)
        return STOCK_REJECTED_CANCELLED;
    if (some_line(basket, is_unknown, failed))
        return STOCK_REJECTED_UNKNOWN_PRODUCT;
    if (some_line(basket, is_too_dear, failed))
        return STOCK_REJECTED_AMOUNT_TOO_LARGE;
    if (subtotal_of(basket) > MONEY_MAX_WON && some_line(basket, is_any, failed))
        return STOCK_REJECTED_AMOUNT_TOO_LARGE;
    if (some_line(basket, is_short, failed))
        return STOCK_REJECTED_SOLD_OUT;
    return STOCK_REJECTED_OTHER;
}

static void
take(struct basket *basket, struct stock_hold *hold)
{
    for (uint32_t i = 0; i < basket->lines->count; i++) {
        const struct order_line *line = &basket->lines->at[i];
        struct stock_product *product = basket->product[i];
        product->available_units -= line->quantity;
        product->held_units += line->quantity;
        struct priced_line *taken = &hold->items.at[hold->items.count++];
        taken->product_id = line->product_id;
        taken->quantity = line->quantity;
        taken->unit_price =
            MUTANT(INT32_PRICE, product->unit_price, (int32_t)product->unit_price);
    }
}

static int64_t
deadline_of(const struct view *view, const struct event *in)
{
    const struct order_requested *order = &in->as.order_requested;
    int64_t longest_us = view->settings.order_deadline_us;
    if (order->has_pay_within_s && order->pay_within_s <= longest_us / SECOND_US)
        return in->at_us +
               order->pay_within_s * MUTANT(DEADLINE_HALVED, SECOND_US, SECOND_US / 2);
    return in->at_us + longest_us;
}

static void
say_reserved(const struct stock_hold *hold, const struct order_requested *order,
             struct emitter *out)
{
    emit_stock_reserved(out, &(struct stock_reserved){
                                 .order_id = hold->order_id,
                                 .customer_id = hold->customer_id,
                                 .items = hold->items,
                                 .subtotal = hold->subtotal,
                                 .deadline_at_us = hold->deadline_at_us,
                                 .has_coupon_code = order->has_coupon_code,
                                 .coupon_code = order->coupon_code,
                                 .has_shipping = order->has_shipping,
                                 .shipping = order->shipping,
                                 .auto_pay = order->auto_pay,
                                 .on_coupon_rejected = order->on_coupon_rejected,
                                 .on_payment_failure = order->on_payment_failure,
                                 .has_expected_amount = order->has_expected_amount,
                                 .expected_amount = order->expected_amount,
                                 .has_request_digest = order->has_request_digest,
                                 .request_digest = order->request_digest,
                             });
}

static void
on_order_requested(struct view *view, const struct event *in, struct emitter *out)
{
    const struct order_requested *order = &in->as.order_requested;
    struct stock_hold *hold = hold_of(view, &order->order_id);
    if (is_foreign(hold, &order->customer_id)) {
        refuse_foreign(out);
        return;
    }
    if (hold->state != HOLD_NONE && hold->state != HOLD_FENCED)
        return;

    struct basket basket = { .lines = &order->items };
    for (uint32_t i = 0; i < order->items.count; i++)
        basket.product[i] = product_of(view, &order->items.at[i].product_id);
    struct stock_rejected refusal = { .order_id = order->order_id,
                                      .customer_id = order->customer_id };
    refusal.reason = refusal_of(hold, &basket, &refusal.lines);
    hold->customer_id = order->customer_id;
    hold->reason = refusal.reason;
    if (refusal.reason != STOCK_REJECTED_OTHER) {
        hold_enter(hold, HOLD_REFUSED, in);
        emit_stock_rejected(out, &refusal);
        return;
    }
    take(&basket, hold);
    hold->subtotal = subtotal_of(&basket);
    hold->deadline_at_us = deadline_of(view, in);
    hold_enter(hold, HOLD_HELD, in);
    say_reserved(hold, order, out);
}

/* ---- OrderCancelled: what is given back comes from the hold, never from the event */

static void
keys_of_cancel(const struct event *in, struct keys *keys)
{
    keys_add(keys, STOCK_HOLD, in->as.order_cancelled.order_id.text);
    keys_add_via(keys, STOCK_PRODUCT, in->as.order_cancelled.order_id.text);
}

static void
give_back(struct view *view, const struct stock_hold *hold, struct emitter *out)
{
    struct stock_released released = { .order_id = hold->order_id,
                                       .customer_id = hold->customer_id };
    for (uint32_t i = 0; i < hold->items.count; i++) {
        const struct priced_line *line = &hold->items.at[i];
        struct stock_product *product = product_of(view, &line->product_id);
        product->held_units -= line->quantity;
        product->available_units += line->quantity;
        released.items.at[released.items.count++] =
            (struct order_line){ .product_id = line->product_id, .quantity = line->quantity };
    }
    emit_stock_released(out, &released);
}

static void
on_order_cancelled(struct view *view, const struct event *in, struct emitter *out)
{
    const struct order_cancelled *cancel = &in->as.order_cancelled;
    struct stock_hold *hold = hold_of(view, &cancel->order_id);
    if (is_foreign(hold, &cancel->customer_id)) {
        refuse_foreign(out);
        return;
    }
    if (hold->state == HOLD_NONE) {
        hold->customer_id = cancel->customer_id;
        hold_enter(hold, HOLD_FENCED, in);
    } else if (hold->state == HOLD_HELD && MUTANT(RELEASE_FORGOTTEN, true, false)) {
        hold_enter(hold, HOLD_RELEASED, in);
        give_back(view, hold, out);
    }
}
