/* rest.c — what must hold when nothing is left to deliver for an order: Q… it rests in a state that
 * makes sense, A… every intent has its answer (never two: S6, S12). */
#include "exhaustive/log_questions.h"

bool
compensation_is_complete(const struct order_log *order)
{
    const struct facts *cancel = cancelled(order);
    if (cancel->type == EV_NONE || !order->count[EV_STOCK_RELEASED])
        return false;
    uint8_t applied = codes_in(order, EV_COUPON_APPLIED);
    uint8_t answered = applied | codes_in(order, EV_COUPON_REJECTED);
    if (cancel->codes & ~answered)
        return false;
    if (cancel->codes & applied & ~codes_in(order, EV_COUPON_RESTORED))
        return false;
    return cancel->revision == 0 || order->count[EV_PAYMENT_REFUNDED] ||
           order->count[EV_PAYMENT_VOIDED];
}

static const char *
unanswered(const struct order_log *order)
{
    if (was_requested(order, EV_CANCEL_REQUESTED) && !order->count[EV_CANCEL_REFUSED] &&
        !count_reason(order, EV_ORDER_CANCELLED, ORDER_CANCELLED_CUSTOMER))
        return "A a cancel is not answered";
    enum order_is state = order_state_of(order);
    if (state == SOLD_OUT)
        return NULL; /* StockRejected answers every other intent */
    uint8_t answered = codes_in(order, EV_COUPON_APPLIED) | codes_in(order, EV_COUPON_REJECTED);
    if (codes_wanted(order) & ~answered)
        return "A a selected code is not answered";
    for (int attempt = 1; attempt <= world->attempts && state != RESERVED; attempt++)
        if ((attempts_wanted(order) >> attempt & 1) &&
            !count_attempt(order, EV_PAYMENT_COMPLETED, attempt) &&
            !count_attempt(order, EV_PAYMENT_FAILED, attempt))
            return "A a payment attempt is not answered";
    return NULL;
}

/* Who owns the order is known to order with the reservation, to payment with what order decides. */
static const char *
stranger_swallowed(const struct order_log *order)
{
    uint8_t asked = strangers_requests(order);
    if (!order->count[EV_ORDER_CREATED] && !order->count[EV_ORDER_CANCELLED])
        asked &= (uint8_t)~dead_letter_bit(EV_PAYMENT_REQUESTED);
    return asked & ~order->dead_letters ? "A a stranger's request left no dead letter" : NULL;
}

/* RESERVED is a place to rest only while the shopper has something left to do. */
static const char *
reserved_breach(const struct order_log *order)
{
    if (!order_holds(order))
        return "Q1 RESERVED without stock";
    int revision = highest_revision(order);
    if (revision == 0)
        return NULL;
    uint8_t refused = codes_refused_by_coupon(order);
    uint8_t news = refused & (uint8_t)~order->refused_at_click[revision];
    uint8_t named = refused & codes_named_by(order, revision);
    bool waits = !placed(order)->goes_on && !order->count[EV_COUPON_APPLIED] && (news || named);
    return waits ? NULL : "Q1 stuck in RESERVED: the shopper has done everything";
}

static const char *
pending_breach(const struct order_log *order)
{
    if (!order_holds(order))
        return "Q1 PENDING without stock";
    if (codes_used_by(order) != created(order)->code)
        return "Q2 a coupon is used by an order that did not get its discount";
    if (highest_created(order) < highest_revision(order))
        return "A a newer revision is not answered";
    if (placed(order)->cancels_on_failure && order->count[EV_PAYMENT_FAILED])
        return "Q1 PENDING after a failure that should cancel";
    return NULL;
}

static const char *
paid_breach(const struct order_log *order)
{
    struct money money = money_of(order);
    if (!order_holds(order))
        return "Q1 PAID without stock";
    if (money.captured - money.refunded != created(order)->amount)
        return "Q5 PAID, but what stands captured is not the amount";
    if (codes_used_by(order) != created(order)->code)
        return "Q2 a coupon is used by an order that did not get its discount";
    if (order->count[EV_PARTNER_ORDER] != 1)
        return "Q6 a PAID order is not exported exactly once";
    const struct facts *completed = said_at(order, EV_PAYMENT_COMPLETED, 0);
    for (int i = 0; i < order->count[EV_PAYMENT_REQUESTED]; i++) {
        const struct facts *click = said_at(order, EV_PAYMENT_REQUESTED, i);
        bool automatic = placed(order)->auto_pay && completed->attempt == 1;
        if (!click->stranger && !automatic && click->attempt == completed->attempt &&
            said_at(order, EV_ORDER_PAID, 0)->revision < click->revision)
            return "Q7 PAID with an older revision than the shopper had submitted before paying";
    }
    return NULL;
}

static const char *
cancelled_breach(const struct order_log *order)
{
    if (order_holds(order))
        return "Q1 CANCELLED but stock is held";
    if (codes_used_by(order))
        return "Q2 CANCELLED but a coupon is still used";
    if (!compensation_is_complete(order))
        return "Q3 CANCELLED but never said to be at rest";
    struct told told = order_tells(order);
    if (told.stock_released != (order->count[EV_STOCK_RELEASED] > 0) ||
        told.payment_refunded != (order->count[EV_PAYMENT_REFUNDED] > 0) ||
        told.restored != codes_in(order, EV_COUPON_RESTORED))
        return "Q4 CANCELLED, but its row does not tell what was given back";
    if (cancelled(order)->revision == 0 && order->count[EV_PAYMENT_REFUNDED])
        return "Q3 refunded although it was never PENDING";
    return NULL;
}

static const char *
state_breach(const struct order_log *order)
{
    switch (order_state_of(order)) {
    case NOTHING:
        return "Q1 an accepted order without an outcome";
    case SOLD_OUT:
        return order_holds(order)     ? "Q1 SOLD_OUT but stock is held"
               : codes_used_by(order) ? "Q2 SOLD_OUT but a coupon is used"
                                      : NULL;
    case RESERVED:
        return reserved_breach(order);
    case PENDING:
        return pending_breach(order);
    case PAID:
        return paid_breach(order);
    case CANCELLED:
        return cancelled_breach(order);
    case ORDER_STATES:
        break;
    }
    return "Q1 a state that no order has";
}

const char *
rest_breach(const struct saga *saga, int number)
{
    const struct order_log *order = &saga->order[number];
    enum order_is state = order_state_of(order);
    struct money money = money_of(order);
    if (order->count[EV_ORDER_REQUESTED] == 0) {
        bool something =
            state != NOTHING || order_holds(order) || codes_used_by(order) || money.captures > 0;
        return something ? "Q1 something without an order" : NULL;
    }
    if (state != PAID && money.captured != money.refunded)
        return "Q5 captured money on an order that is not PAID";
    const char *breach = state == NOTHING ? NULL : unanswered(order);
    if (breach == NULL && state != NOTHING)
        breach = stranger_swallowed(order);
    return breach != NULL ? breach : state_breach(order);
}
