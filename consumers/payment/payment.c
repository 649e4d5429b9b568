/* payment.c — debits balances for orders, once each, and refunds what lost.  Contract: payment.h */
#include "emit.h"
#include "payment/payment_parts.h"
#include "runtime/mutant.h"
#include <string.h>

static void keys_of_created(const struct event *in, struct keys *keys);
static void keys_of_request(const struct event *in, struct keys *keys);
static void keys_of_cancel(const struct event *in, struct keys *keys);
static void on_order_created(struct view *view, const struct event *in, struct emitter *out);
static void on_payment_requested(struct view *view, const struct event *in, struct emitter *out);
static void on_order_cancelled(struct view *view, const struct event *in, struct emitter *out);

/* clang-format off */
static const struct route routes[] = {
    { EV_ORDER_CREATED,     keys_of_created, on_order_created,     NULL },
    { EV_PAYMENT_REQUESTED, keys_of_request, on_payment_requested, NULL },
    { EV_ORDER_CANCELLED,   keys_of_cancel,  on_order_cancelled,   NULL },
    { EV_BALANCE_CREDITED,  keys_of_credit,  on_balance_credited,  NULL },
};

static const struct transition transitions[] = {
    MOVES(PAYMENT_NONE, EV_ORDER_CREATED, PAYMENT_OPEN, "the amount is known; what waited is decided"),
    WAITS(PAYMENT_NONE, EV_PAYMENT_REQUESTED, "for OrderCreated or OrderCancelled"),
    MOVES(PAYMENT_NONE, EV_ORDER_CANCELLED, PAYMENT_VOIDED, "the cancel overtook OrderCreated: PaymentVoided"),
    MOVES(PAYMENT_NONE, EV_ORDER_CANCELLED, PAYMENT_FENCED, "cancelled before it was PENDING"),
    RECORDED(PAYMENT_OPEN, EV_ORDER_CREATED, "a newer revision; what waited for it is decided"),
    MOVES(PAYMENT_OPEN, EV_ORDER_CREATED, PAYMENT_CAPTURED, "auto_pay, or what waited: PaymentCompleted"),
    MOVES(PAYMENT_OPEN, EV_PAYMENT_REQUESTED, PAYMENT_CAPTURED, "PaymentCompleted"),
    ANSWERED(PAYMENT_OPEN, EV_PAYMENT_REQUESTED, "PaymentFailed with its reason"),
    WAITS(PAYMENT_OPEN, EV_PAYMENT_REQUESTED, "for OrderCreated of its revision"),
    MOVES(PAYMENT_OPEN, EV_ORDER_CANCELLED, PAYMENT_VOIDED, "nothing was captured: PaymentVoided"),
    RECORDED(PAYMENT_CAPTURED, EV_ORDER_CREATED, "a newer revision changes no amount"),
    ANSWERED(PAYMENT_CAPTURED, EV_PAYMENT_REQUESTED, "PaymentFailed ALREADY_PAID"),
    MOVES(PAYMENT_CAPTURED, EV_ORDER_CANCELLED, PAYMENT_REFUNDED, "the capture lost: PaymentRefunded"),
    ANSWERED(PAYMENT_REFUNDED, EV_ORDER_CREATED, "its auto_pay, if undecided: PaymentFailed CANCELLED"),
    ANSWERED(PAYMENT_REFUNDED, EV_PAYMENT_REQUESTED, "PaymentFailed CANCELLED"),
    REPEATED(PAYMENT_REFUNDED, EV_ORDER_CANCELLED, "refunded once"),
    ANSWERED(PAYMENT_VOIDED, EV_ORDER_CREATED, "its auto_pay: PaymentFailed CANCELLED"),
    ANSWERED(PAYMENT_VOIDED, EV_PAYMENT_REQUESTED, "PaymentFailed CANCELLED"),
    REPEATED(PAYMENT_VOIDED, EV_ORDER_CANCELLED, "voided once"),
    ANSWERED(PAYMENT_FENCED, EV_ORDER_CREATED, "its auto_pay: PaymentFailed CANCELLED"),
    ANSWERED(PAYMENT_FENCED, EV_PAYMENT_REQUESTED, "PaymentFailed CANCELLED"),
    REPEATED(PAYMENT_FENCED, EV_ORDER_CANCELLED, "the fence stands"),
};
/* clang-format on */

const struct service payment_service = {
    .name = "payment",
    .party = PARTY_PAYMENT,
    .rows = payment_rows,
    .row_type_count = PAYMENT_ROW_TYPES,
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .state_names = payment_states,
    .transitions = transitions,
    .transition_count = COUNT_OF(transitions),
};

/* ---- rows, and the one door */

static struct payment *
payment_of(struct view *view, const struct order_id *order_id)
{
    return view_row(view, PAYMENT_PAYMENT, order_id->text);
}

static void
keys_of(struct keys *keys, const struct order_id *order_id, const struct customer_id *customer_id)
{
    keys_add(keys, PAYMENT_PAYMENT, order_id->text);
    keys_add(keys, PAYMENT_BALANCE, customer_id->text);
}

void
payment_enter(struct payment *payment, enum payment_state to, const struct event *in)
{
    service_check_move(&payment_service, (uint8_t)payment->state, in->type, (uint8_t)to);
    payment->state = to;
}

/* Another customer's message about this order was never a message of this order. */
static bool
refuse_foreign(const struct payment *payment, const struct customer_id *customer_id,
               struct emitter *out)
{
    if (payment->state == PAYMENT_NONE ||
        MUTANT(STRANGER_PAYS, strcmp(payment->customer_id.text, customer_id->text), 0) == 0)
        return false;
    emitter_dead_letter(out, "customer_mismatch", "the order belongs to another customer");
    return true;
}

/* ---- PaymentRequested */

static void
keys_of_request(const struct event *in, struct keys *keys)
{
    const struct payment_requested *asked = &in->as.payment_requested;
    keys_of(keys, &asked->order_id, &asked->customer_id);
}

static void
on_payment_requested(struct view *view, const struct event *in, struct emitter *out)
{
    const struct payment_requested *asked = &in->as.payment_requested;
    struct payment *payment = payment_of(view, &asked->order_id);
    const struct payment_request request = request_of(in);

    if (refuse_foreign(payment, &asked->customer_id, out))
        return;
    if (attempt_is_decided(payment, asked->attempt) ||
        waiting_find(payment, &asked->customer_id, asked->attempt) != NULL)
        return;
    if (payment_must_wait(payment, &request) && !waiting_admit(payment, &request, out))
        return;
    waiting_add(payment, &request);
    if (payment->state != PAYMENT_NONE)
        payment_settle(view, payment, in, out);
}

/* ---- OrderCreated */

static void
keys_of_created(const struct event *in, struct keys *keys)
{
    const struct order_created *created = &in->as.order_created;
    keys_of(keys, &created->order_id, &created->customer_id);
}

/* auto_pay is attempt 1, and waits for nothing. */
static void
add_auto_pay(struct payment *payment)
{
    struct payment_request *asked = waiting_find(payment, &payment->customer_id, 1);
    const struct payment_request automatic = { .customer_id = payment->customer_id, .attempt = 1 };

    if (attempt_is_decided(payment, 1))
        return;
    if (asked != NULL)
        *asked = automatic;
    else
        waiting_add(payment, &automatic);
}

static void
on_order_created(struct view *view, const struct event *in, struct emitter *out)
{
    const struct order_created *created = &in->as.order_created;
    struct payment *payment = payment_of(view, &created->order_id);

    if (refuse_foreign(payment, &created->customer_id, out))
        return;
    if (created->revision > payment->revision) {
        payment->revision = created->revision;
        payment->amount = created->amount;
    }
    if (payment->state == PAYMENT_NONE) {
        payment->customer_id = created->customer_id;
        payment_enter(payment, PAYMENT_OPEN, in);
        waiting_expel_strangers(payment, out);
    }
    if (created->auto_pay)
        add_auto_pay(payment);
    payment_settle(view, payment, in, out);
}

/* ---- OrderCancelled: what is given back is what was captured, never what the event says */

static void
keys_of_cancel(const struct event *in, struct keys *keys)
{
    const struct order_cancelled *cancel = &in->as.order_cancelled;
    keys_of(keys, &cancel->order_id, &cancel->customer_id);
}

static void
refund(struct view *view, struct payment *payment, const struct order_cancelled *cancel,
       struct emitter *out)
{
    struct balance *balance = view_row(view, PAYMENT_BALANCE, payment->customer_id.text);
    balance->captured -= payment->captured_amount;
    balance->balance += MUTANT(REFUND_TWICE, 1, 2) * payment->captured_amount;
    payment->refunded_amount = payment->captured_amount;
    emit_payment_refunded(
        out, &(struct payment_refunded){ .order_id = payment->order_id,
                                         .customer_id = payment->customer_id,
                                         .amount = payment->captured_amount,
                                         .reason = (enum payment_refunded_reason)cancel->reason });
}

static void
on_order_cancelled(struct view *view, const struct event *in, struct emitter *out)
{
    const struct order_cancelled *cancel = &in->as.order_cancelled;
    struct payment *payment = payment_of(view, &cancel->order_id);

    if (refuse_foreign(payment, &cancel->customer_id, out) || payment_is_cancelled(payment))
        return;
    payment->customer_id = cancel->customer_id;
    if (payment->state == PAYMENT_CAPTURED) {
        payment_enter(payment, PAYMENT_REFUNDED, in);
        refund(view, payment, cancel, out);
    } else if (payment->state == PAYMENT_OPEN || cancel->revision > 0) {
        payment_enter(payment, PAYMENT_VOIDED, in);
        emit_payment_voided(out, &(struct payment_voided){ .order_id = payment->order_id,
                                                           .customer_id = payment->customer_id });
    } else {
        payment_enter(payment, PAYMENT_FENCED, in);
    }
    waiting_expel_strangers(payment, out);
    payment_settle(view, payment, in, out);
}
