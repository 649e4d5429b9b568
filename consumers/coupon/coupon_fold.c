/* coupon_fold.c — facts into rows, never asking again.  Contract: coupon_fold.h */
#include "coupon/coupon_fold.h"
#include "coupon/coupon_parts.h"
#include <stdlib.h>
#include <string.h>

static void keys_of_issue(const struct event *in, struct keys *keys);
static void keys_of_applied(const struct event *in, struct keys *keys);
static void keys_of_order(const struct event *in, struct keys *keys);
static void fold_issued(struct view *view, const struct event *in, struct emitter *out);
static void fold_restored(struct view *view, const struct event *in, struct emitter *out);
static void fold_rejected(struct view *view, const struct event *in, struct emitter *out);
static void fold_applied(struct view *view, const struct event *in, struct emitter *out);

/* Restored before applied: of several orders that had a coupon, the one that stands is not given back. */
/* clang-format off */
static const struct route facts[] = {
    { EV_COUPON_ISSUED,   keys_of_issue,   fold_issued,   NULL },
    { EV_COUPON_RESTORED, keys_of_order,   fold_restored, NULL },
    { EV_COUPON_REJECTED, keys_of_order,   fold_rejected, NULL },
    { EV_COUPON_APPLIED,  keys_of_applied, fold_applied,  NULL },
};
/* clang-format on */

const struct service coupon_fold = {
    .name = "coupon",
    .party = PARTY_COUPON,
    .rows = coupon_rows,
    .row_type_count = COUPON_ROW_TYPES,
    .routes = facts,
    .route_count = COUNT_OF(facts),
};

void
coupon_refers_to(const void *row, struct keys *keys)
{
    const struct coupon_order *order = row;
    for (uint32_t i = 0; i < order->tries.count; i++)
        keys_add(keys, COUPON_COUPON, order->tries.at[i].coupon_code.text);
}

static int
by_code(const void *left, const void *right)
{
    const struct coupon_try *a = left, *b = right;
    return strcmp(a->coupon_code.text, b->coupon_code.text);
}

void
coupon_comparable(unsigned row_type, void *row)
{
    if (row_type == COUPON_ORDER) {
        struct coupon_order *order = row;
        qsort(order->tries.at, order->tries.count, sizeof *order->tries.at, by_code);
        return;
    }
    struct coupon *coupon = row;
    coupon_define(coupon, &(struct coupon_issued){ .has_revision = true }, 0);
}

/* ---- rows */

static void
keys_of_issue(const struct event *in, struct keys *keys)
{
    keys_add(keys, COUPON_COUPON, in->as.coupon_issued.coupon_code.text);
}

static void
keys_of_order(const struct event *in, struct keys *keys)
{
    keys_add(keys, COUPON_ORDER, event_key(in));
}

static void
keys_of_applied(const struct event *in, struct keys *keys)
{
    keys_of_order(in, keys);
    keys_add(keys, COUPON_COUPON, in->as.coupon_applied.coupon_code.text);
}

/* The order's outcome of this code; a fresh one has none. */
static struct coupon_try *
try_of(struct view *view, const struct event *in, const struct customer_id *customer_id,
       const struct coupon_code *code)
{
    static struct coupon_try beyond; /* the limit held when it was said: not to be reached */
    struct coupon_order *order = view_row(view, COUPON_ORDER, event_key(in));
    order->customer_id = *customer_id;
    for (uint32_t i = 0; i < order->tries.count; i++)
        if (strcmp(order->tries.at[i].coupon_code.text, code->text) == 0)
            return &order->tries.at[i];
    if (order->tries.count == ORDER_CODES_MAX)
        return &beyond;
    struct coupon_try *try = &order->tries.at[order->tries.count++];
    try->coupon_code = *code;
    return try;
}

/* ---- facts */

static void
fold_issued(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct coupon_issued *issued = &in->as.coupon_issued;
    struct coupon *coupon = view_row(view, COUPON_COUPON, issued->coupon_code.text);
    int64_t revision = issued->has_revision ? issued->revision : in->at_us;
    if (coupon->state != COUPON_UNKNOWN && revision <= coupon->revision)
        return;
    coupon_define(coupon, issued, in->at_us);
    coupon->state = COUPON_AVAILABLE;
}

static void
fold_restored(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct coupon_restored *said = &in->as.coupon_restored;
    struct coupon_order *order = view_row(view, COUPON_ORDER, said->order_id.text);
    try_of(view, in, &said->customer_id, &said->coupon_code)->outcome = OUTCOME_RESTORED;
    order->cancelled = true;
}

static void
fold_rejected(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct coupon_rejected *said = &in->as.coupon_rejected;
    struct coupon_try *try = try_of(view, in, &said->customer_id, &said->coupon_code);
    if (try->outcome != OUTCOME_NONE)
        return;
    try->outcome = OUTCOME_REJECTED;
    try->reason = said->reason;
}

static void
fold_applied(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct coupon_applied *said = &in->as.coupon_applied;
    struct coupon *coupon = view_row(view, COUPON_COUPON, said->coupon_code.text);
    struct coupon_try *try = try_of(view, in, &said->customer_id, &said->coupon_code);
    try->discount = said->discount;
    if (try->outcome == OUTCOME_RESTORED)
        return;
    try->outcome = OUTCOME_APPLIED;
    coupon->state = COUPON_USED;
    coupon->used_by = said->order_id;
}
