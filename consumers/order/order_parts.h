/* order_parts.h — what order's own files share; no one else includes it.
 *
 * Shapes   step: one decision on one order: its row, the event, and what is said.
 * Files    order.c tables, the one door of the state · order_stock.c facts of stock ·
 *          order_payment.c facts of payment, PAID · order_coupon.c codes · order_shipping.c
 *          revisions, PENDING · order_cancel.c cancels, deadline · order_early.c requests before
 *          their order · order_rows.c columns.
 * Threads  none. */
#pragma once
#include "order/order.h"

struct step {
    struct view *view;
    struct order *order;
    const struct event *in;
    struct emitter *out;
};

extern const char *const order_states[];
extern const struct row_type order_rows[ORDER_ROW_TYPES];

/* order.c */
struct step step_of(struct view *view, const struct order_id *order_id, const struct event *in,
                    struct emitter *out);
void order_enter(const struct step *step, enum order_state to);
/* True: the owner is known and is someone else; the message became a dead letter. */
bool refuse_foreign(const struct step *step, const struct customer_id *customer_id);
static inline bool
is_owner_known(const struct order *order)
{
    return order->state != ORDER_NONE;
}

static inline bool
order_is_open(const struct order *order)
{
    return order->state == ORDER_RESERVED || order->state == ORDER_PENDING;
}

/* order_stock.c */
void on_stock_reserved(struct view *view, const struct event *in, struct emitter *out);
void on_stock_rejected(struct view *view, const struct event *in, struct emitter *out);
void on_stock_released(struct view *view, const struct event *in, struct emitter *out);

/* order_payment.c */
void on_payment_completed(struct view *view, const struct event *in, struct emitter *out);
void on_payment_failed(struct view *view, const struct event *in, struct emitter *out);
void on_payment_refunded(struct view *view, const struct event *in, struct emitter *out);

/* order_coupon.c */
struct order_code *code_find(struct order *order, const struct coupon_code *coupon_code);
/* Adds it to the list; NULL when the list is full. */
struct order_code *code_add(struct order *order, const struct coupon_code *coupon_code,
                            enum code_state state);
bool code_has_room(struct order *order, const struct coupon_code *coupon_code);
void code_select(const struct step *step, const struct coupon_code *coupon_code);
/* Decides what waits, in order of arrival, as far as no outcome is open. */
void codes_pump(const struct step *step);
bool codes_are_open(const struct order *order);
const struct order_code *code_in_state(const struct order *order, enum code_state state);
void on_coupon_selected(struct view *view, const struct event *in, struct emitter *out);
void on_coupon_applied(struct view *view, const struct event *in, struct emitter *out);
void on_coupon_rejected(struct view *view, const struct event *in, struct emitter *out);
void on_coupon_restored(struct view *view, const struct event *in, struct emitter *out);

/* order_shipping.c */
void on_shipping_submitted(struct view *view, const struct event *in, struct emitter *out);
void order_submit(struct order *order, int32_t revision, const struct shipping *shipping,
                  const struct coupon_code *coupon_code);
/* OrderCreated, if the newest revision is new and nothing holds it. */
void order_create(const struct step *step);

/* order_cancel.c */
void on_cancel_requested(struct view *view, const struct event *in, struct emitter *out);
void on_order_deadline_passed(struct view *view, const struct event *in, struct emitter *out);
void order_cancel(const struct step *step, enum order_cancelled_reason reason);
void cancel_answer(const struct step *step, enum cancel_requested_reason asked);

/* order_early.c */
void early_code(const struct step *step, const struct customer_id *customer_id,
                const struct coupon_code *coupon_code);
void early_shipping(const struct step *step, const struct shipping_submitted *submitted);
void early_cancel(const struct step *step, const struct customer_id *customer_id,
                  enum cancel_requested_reason reason);
/* What the owner asked for before; NULL: nothing. */
const struct early_customer *early_of_owner(const struct step *step);
/* The owner is known now: everybody else's requests become dead letters, and the row is emptied. */
void early_end(const struct step *step);
