/* payment_fold.c — facts into rows, never asking again.  Contract: payment_fold.h */
#include "payment/payment_fold.h"
#include "payment/payment_parts.h"

static void keys_of_balance(const struct event *in, struct keys *keys);
static void keys_of_order(const struct event *in, struct keys *keys);
static void fold_completed(struct view *view, const struct event *in, struct emitter *out);
static void fold_failed(struct view *view, const struct event *in, struct emitter *out);
static void fold_refunded(struct view *view, const struct event *in, struct emitter *out);
static void fold_voided(struct view *view, const struct event *in, struct emitter *out);

/* Credits first: what is captured is taken off them.  A refund follows its capture. */
/* clang-format off */
static const struct route facts[] = {
    { EV_BALANCE_CREDITED,  keys_of_credit,  on_balance_credited, NULL },
    { EV_PAYMENT_COMPLETED, keys_of_balance, fold_completed,      NULL },
    { EV_PAYMENT_FAILED,    keys_of_order,   fold_failed,         NULL },
    { EV_PAYMENT_REFUNDED,  keys_of_balance, fold_refunded,       NULL },
    { EV_PAYMENT_VOIDED,    keys_of_order,   fold_voided,         NULL },
};
/* clang-format on */

const struct service payment_fold = {
    .name = "payment",
    .party = PARTY_PAYMENT,
    .rows = payment_rows,
    .row_type_count = PAYMENT_ROW_TYPES,
    .routes = facts,
    .route_count = COUNT_OF(facts),
};

static void
keys_of_order(const struct event *in, struct keys *keys)
{
    keys_add(keys, PAYMENT_PAYMENT, event_key(in));
}

static void
keys_of_balance(const struct event *in, struct keys *keys)
{
    keys_of_order(in, keys);
    keys_add(keys, PAYMENT_BALANCE, in->type == EV_PAYMENT_COMPLETED
                                        ? in->as.payment_completed.customer_id.text
                                        : in->as.payment_refunded.customer_id.text);
}

static void
set_decided(struct payment *payment, int32_t attempt)
{
    payment->decided[attempt / 8] = (uint8_t)(payment->decided[attempt / 8] | 1u << (attempt % 8));
}

static void
fold_completed(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct payment_completed *said = &in->as.payment_completed;
    struct payment *payment = view_row(view, PAYMENT_PAYMENT, said->order_id.text);
    struct balance *balance = view_row(view, PAYMENT_BALANCE, said->customer_id.text);
    if (payment->state != PAYMENT_NONE)
        return;
    payment->customer_id = said->customer_id;
    payment->state = PAYMENT_CAPTURED;
    payment->revision = said->revision;
    payment->amount = payment->captured_amount = said->amount;
    payment->captured_attempt = said->attempt;
    set_decided(payment, said->attempt);
    balance->balance -= said->amount;
    balance->captured += said->amount;
}

/* The state stays what it is: OrderCreated and OrderCancelled, which come again, say the rest. */
static void
fold_failed(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct payment_failed *said = &in->as.payment_failed;
    struct payment *payment = view_row(view, PAYMENT_PAYMENT, said->order_id.text);
    payment->customer_id = said->customer_id;
    set_decided(payment, said->attempt);
}

static void
fold_refunded(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct payment_refunded *said = &in->as.payment_refunded;
    struct payment *payment = view_row(view, PAYMENT_PAYMENT, said->order_id.text);
    struct balance *balance = view_row(view, PAYMENT_BALANCE, said->customer_id.text);
    if (payment->state != PAYMENT_CAPTURED)
        return;
    payment->state = PAYMENT_REFUNDED;
    payment->refunded_amount = payment->captured_amount;
    balance->balance += payment->captured_amount;
    balance->captured -= payment->captured_amount;
}

static void
fold_voided(struct view *view, const struct event *in, struct emitter *out)
{
    (void)out;
    const struct payment_voided *said = &in->as.payment_voided;
    struct payment *payment = view_row(view, PAYMENT_PAYMENT, said->order_id.text);
    if (payment->state != PAYMENT_NONE)
        return;
    payment->customer_id = said->customer_id;
    payment->state = PAYMENT_VOIDED;
}
