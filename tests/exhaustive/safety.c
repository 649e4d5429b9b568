/* safety.c — what must hold in every state.  Each breach is named as in the protocol's model (S…).
 *
 * Contents   said once · one order · what orders share · safety_breach */
#include "exhaustive/log_questions.h"

static int
bits(uint8_t codes)
{
    return (codes & C1 ? 1 : 0) + (codes & C2 ? 1 : 0);
}

/* ---- S6, S12: every effect once, every intent one answer */

static bool
is_said_once(enum event_type topic)
{
    return topic == EV_STOCK_RESERVED || topic == EV_STOCK_REJECTED || topic == EV_STOCK_RELEASED ||
           topic == EV_PAYMENT_REFUNDED || topic == EV_PAYMENT_VOIDED || topic == EV_ORDER_PAID ||
           topic == EV_ORDER_CANCELLED || topic == EV_CANCEL_REFUSED || topic == EV_PARTNER_ORDER;
}

static bool
are_the_same_effect(const struct facts *one, const struct facts *other)
{
    switch ((int)one->type) {
    case EV_COUPON_REQUESTED:
    case EV_COUPON_APPLIED:
    case EV_COUPON_REJECTED:
    case EV_COUPON_RESTORED:
        return one->code == other->code;
    case EV_PAYMENT_COMPLETED:
    case EV_PAYMENT_FAILED:
        return one->attempt == other->attempt;
    case EV_ORDER_CREATED:
        return one->revision == other->revision;
    default:
        return is_said_once(one->type);
    }
}

static const char *
said_twice(const struct order_log *order)
{
    static const char *const breach[TOPICS] = {
        [EV_STOCK_RESERVED] = "S6 said twice: StockReserved",
        [EV_STOCK_REJECTED] = "S6 said twice: StockRejected",
        [EV_STOCK_RELEASED] = "S6 said twice: StockReleased",
        [EV_COUPON_REQUESTED] = "S6 said twice: CouponRequested of one code",
        [EV_COUPON_APPLIED] = "S6 said twice: CouponApplied of one code",
        [EV_COUPON_REJECTED] = "S6 said twice: CouponRejected of one code",
        [EV_COUPON_RESTORED] = "S6 said twice: CouponRestored of one code",
        [EV_ORDER_CREATED] = "S6 said twice: OrderCreated of one revision",
        [EV_PAYMENT_COMPLETED] = "S6 said twice: PaymentCompleted of one attempt",
        [EV_PAYMENT_FAILED] = "S6 said twice: PaymentFailed of one attempt",
        [EV_PAYMENT_REFUNDED] = "S6 said twice: PaymentRefunded",
        [EV_PAYMENT_VOIDED] = "S6 said twice: PaymentVoided",
        [EV_ORDER_PAID] = "S6 said twice: OrderPaid",
        [EV_ORDER_CANCELLED] = "S6 said twice: OrderCancelled",
        [EV_CANCEL_REFUSED] = "S6 said twice: CancelRefused",
        [EV_PARTNER_ORDER] = "S6 said twice: PartnerOrder",
    };
    for (int topic = EV_STOCK_RESERVED; topic < TOPICS; topic++)
        for (int i = 1; i < order->count[topic]; i++)
            for (int j = 0; j < i; j++)
                if (are_the_same_effect(said_at(order, (enum event_type)topic, i),
                                        said_at(order, (enum event_type)topic, j)))
                    return breach[topic];
    return NULL;
}

static const char *
answered_twice(const struct order_log *order)
{
    if (codes_in(order, EV_COUPON_APPLIED) & codes_in(order, EV_COUPON_REJECTED))
        return "S12 a code is answered twice (applied and rejected)";
    for (int i = 0; i < order->count[EV_PAYMENT_COMPLETED]; i++)
        if (count_attempt(order, EV_PAYMENT_FAILED,
                          said_at(order, EV_PAYMENT_COMPLETED, i)->attempt))
            return "S12 an attempt is answered twice (completed and failed)";
    if (order->count[EV_CANCEL_REFUSED] &&
        count_reason(order, EV_ORDER_CANCELLED, ORDER_CANCELLED_CUSTOMER))
        return "S12 a cancel is answered twice (cancelled and refused)";
    return NULL;
}

/* ---- one order */

/* S4, S8: one end, and the export only after PAID. */
static const char *
two_ends(const struct order_log *order)
{
    if (order->count[EV_ORDER_PAID] && order->count[EV_ORDER_CANCELLED])
        return "S4 an order is both paid and cancelled";
    if (order->count[EV_STOCK_RESERVED] && order->count[EV_STOCK_REJECTED])
        return "S4 an order is both reserved and rejected";
    if (order->count[EV_STOCK_REJECTED] &&
        (order->count[EV_ORDER_CREATED] || order->count[EV_ORDER_PAID] ||
         order->count[EV_ORDER_CANCELLED]))
        return "S4 a SOLD_OUT order ends a second time";
    if (order->count[EV_PARTNER_ORDER] && !order->count[EV_ORDER_PAID])
        return "S8 exported, not paid";
    return NULL;
}

/* S5: the price is that of the coupon that is USED, and never changes. */
static const char *
wrong_price(const struct order_log *order)
{
    const struct facts *price = created(order);
    if (price->type == EV_NONE)
        return NULL;
    uint8_t used = codes_used_by(order);
    if (price->subtotal != PRICE || price->discount != (price->code ? DISCOUNT : 0) ||
        price->amount != price->subtotal - price->discount)
        return "S5 the amount is not the subtotal without the discount";
    if (!order->count[EV_ORDER_CANCELLED] && (price->code & ~used))
        return "S5 a live order was given a discount whose coupon is not USED by it";
    if (!order->count[EV_ORDER_CANCELLED] && (used & ~price->code))
        return "S5 a live PENDING order has a coupon USED that its price does not have";
    for (int topic = EV_ORDER_CREATED; topic <= EV_PARTNER_ORDER; topic++) {
        if (topic != EV_ORDER_CREATED && topic != EV_ORDER_PAID && topic != EV_PARTNER_ORDER)
            continue;
        for (int i = 0; i < order->count[topic]; i++) {
            const struct facts *other = said_at(order, (enum event_type)topic, i);
            if (other->code != price->code || other->amount != price->amount ||
                other->discount != price->discount || other->subtotal != price->subtotal)
                return "S5 the price changes between revisions, or on the way to the partner";
        }
    }
    return NULL;
}

static const char *
wrong_revisions(const struct order_log *order)
{
    for (int i = 1; i < order->count[EV_ORDER_CREATED]; i++)
        if (said_at(order, EV_ORDER_CREATED, i)->revision <
            said_at(order, EV_ORDER_CREATED, i - 1)->revision)
            return "S7 an older revision replaces a newer one";
    if (order->count[EV_ORDER_CANCELLED] > 0 &&
        cancelled(order)->revision != highest_created(order))
        return "S7 OrderCancelled names another revision than the last that was PENDING";
    return NULL;
}

/* S3, S10, S15: what was charged. */
static const char *
wrong_money(const struct order_log *order)
{
    struct money money = money_of(order);
    if (money.captures - money.refunds > 1)
        return "S3 two standing captures";
    if (money.refunded > money.captured)
        return "S3 more refunded than captured";
    for (int i = 0; i < order->count[EV_PAYMENT_COMPLETED]; i++)
        if (order->count[EV_ORDER_CREATED] == 0 ||
            said_at(order, EV_PAYMENT_COMPLETED, i)->amount != created(order)->amount)
            return "S3 charged another amount than the order's";
    if (order->count[EV_PAYMENT_REFUNDED] && order->count[EV_PAYMENT_VOIDED])
        return "S3 both refunded and voided";
    if (order->count[EV_PAYMENT_VOIDED] && money.captured > 0)
        return "S3 voided although money was captured";
    return NULL;
}

static bool
is_automatic(const struct order_log *order, const struct facts *completed)
{
    return placed(order)->auto_pay && completed->attempt == 1;
}

/* By coupon, for another reason than that the order was cancelled. */
static bool
was_refused_by_terms(const struct order_log *order)
{
    for (int i = 0; i < order->count[EV_COUPON_REJECTED]; i++) {
        const struct facts *rejection = said_at(order, EV_COUPON_REJECTED, i);
        if (is_by_coupon(rejection) && rejection->reason != COUPON_REJECTED_CANCELLED)
            return true;
    }
    return false;
}

static const char *
unwanted_charge(const struct order_log *order)
{
    if (!order->count[EV_PAYMENT_COMPLETED])
        return NULL;
    const struct facts *asked = placed(order);
    bool clicked = was_requested(order, EV_PAYMENT_REQUESTED);
    if (!asked->auto_pay && !clicked)
        return "S9 charged on a stranger's request";
    if (!clicked && !asked->goes_on && asked->code && !created(order)->code)
        return "S10 auto_pay charged a price that was not asked for";
    if (!clicked && !asked->goes_on && was_refused_by_terms(order))
        return "S10 auto_pay charged although a coupon was refused under wait";
    if (!clicked && asked->has_expected_amount && asked->expected_amount != created(order)->amount)
        return "S10 auto_pay charged another amount than was expected";
    for (int i = 0; i < order->count[EV_PAYMENT_COMPLETED]; i++) {
        const struct facts *completed = said_at(order, EV_PAYMENT_COMPLETED, i);
        for (int j = 0; j < order->count[EV_PAYMENT_REQUESTED]; j++) {
            const struct facts *click = said_at(order, EV_PAYMENT_REQUESTED, j);
            if (click->stranger || click->attempt != completed->attempt ||
                is_automatic(order, completed))
                continue;
            if (highest_created(order) < click->revision)
                return "S15 charged before the order has the shipping the shopper paid for";
            if (click->has_expected_amount && click->expected_amount != completed->amount)
                return "S10 a click was charged another amount than it expected";
        }
    }
    return NULL;
}

/* S9, S13: who may end an order. */
static const char *
unwanted_cancel(const struct order_log *order)
{
    const struct facts *cancel = cancelled(order);
    if (cancel->type == EV_NONE)
        return NULL;
    bool failed = order->count[EV_PAYMENT_FAILED] && placed(order)->cancels_on_failure;
    if (!was_requested(order, EV_CANCEL_REQUESTED) && !order->deadline_passed && !failed)
        return "S9 cancelled by a stranger";
    if (cancel->reason == ORDER_CANCELLED_PAYMENT_FAILED &&
        !count_reason(order, EV_PAYMENT_FAILED, PAYMENT_FAILED_INSUFFICIENT_BALANCE) &&
        !count_reason(order, EV_PAYMENT_FAILED, PAYMENT_FAILED_AMOUNT_CHANGED))
        return "S13 cancelled as PAYMENT_FAILED although no payment really failed";
    return NULL;
}

/* S11, S16: what a reader of the topics concludes, however far it lags. */
static const char *
rest_too_early(const struct order_log *order)
{
    if (order->count[EV_ORDER_CANCELLED] == 0)
        return NULL;
    if (codes_in(order, EV_COUPON_APPLIED) & ~cancelled(order)->codes)
        return "S16 a code was applied that OrderCancelled does not name";
    struct money money = money_of(order);
    if (compensation_is_complete(order) &&
        (order_holds(order) || codes_used_by(order) || money.captured != money.refunded))
        return "S11 said to be at rest while stock, coupon or money is still out";
    return NULL;
}

/* S18: one code at a time; coupon's own ANOTHER_APPLIED is a second line that is never reached. */
static const char *
asked_too_early(const struct order_log *order)
{
    for (int i = 0; i < order->count[EV_COUPON_REJECTED]; i++) {
        const struct facts *rejection = said_at(order, EV_COUPON_REJECTED, i);
        if (is_by_coupon(rejection) && rejection->reason == COUPON_REJECTED_ANOTHER_APPLIED)
            return "S18 a code was asked for while another's outcome was open, or applied";
    }
    return NULL;
}

/* S14: under wait, full price on a revision that names a refused code. */
static const char *
held_revision_went_on(const struct order_log *order)
{
    const struct facts *first = created(order);
    if (first->type == EV_NONE || placed(order)->goes_on || first->code)
        return NULL;
    if (codes_named_by(order, first->revision) & codes_refused_by_coupon(order))
        return "S14 under wait, PENDING at full price by the very revision whose coupon was "
               "refused";
    return NULL;
}

static const char *
order_breach(const struct order_log *order)
{
    static const char *(*const checks[])(const struct order_log *) = {
        said_twice,     answered_twice,        two_ends,
        wrong_price,    wrong_revisions,       asked_too_early,
        wrong_money,    unwanted_charge,       unwanted_cancel,
        rest_too_early, held_revision_went_on,
    };
    for (size_t i = 0; i < COUNT_OF(checks); i++) {
        const char *breach = checks[i](order);
        if (breach != NULL)
            return breach;
    }
    if (bits(codes_used_by(order)) > 1)
        return "S2 two coupons on one order";
    if (order->dead_letters & ~strangers_requests(order))
        return "S17 a message of the order's own customer became a dead letter";
    return NULL;
}

/* ---- what orders share */

static const char *
stock_breach(const struct saga *saga)
{
    struct shop shop = shop_of(saga);
    int64_t held = saga->others_hold;
    for (int i = 0; i < world->orders; i++)
        held += order_holds(&saga->order[i]);
    if (shop.available_units < 0 || shop.held_units < 0)
        return "S1 stock below zero";
    if (shop.replenished_units != world->stock ||
        shop.available_units + shop.held_units != shop.replenished_units)
        return "S1 stock not conserved";
    if (shop.held_units != held)
        return "S1 what the product says is held is not what orders hold";
    return NULL;
}

static const char *
coupon_breach(const struct saga *saga)
{
    uint8_t used = shop_of(saga).used;
    for (uint8_t code = C1; code <= C2; code = (uint8_t)(code << 1)) {
        int users = saga->others_use & code ? 1 : 0;
        for (int i = 0; i < world->orders; i++)
            users += codes_used_by(&saga->order[i]) & code ? 1 : 0;
        if (users > 1)
            return "S2 one coupon on two orders";
        if ((users == 1) != ((used & code) != 0))
            return "S2 a coupon USED without an order, or AVAILABLE with one";
    }
    return NULL;
}

static const char *
balance_breach(const struct saga *saga)
{
    int64_t expected =
        world->balance * INT64_C(1000) + saga->credits * PRICE - saga->others_spent * PRICE;
    for (int i = 0; i < world->orders; i++) {
        struct money money = money_of(&saga->order[i]);
        expected -= money.captured - money.refunded;
    }
    if (balance_of(saga) < 0)
        return "S3 balance below zero";
    if (balance_of(saga) != expected)
        return "S3 money not conserved";
    return NULL;
}

static const char *
orders_breach(const struct saga *saga)
{
    const char *breach = NULL;
    if (saga->overflow)
        return "S0 a log overflows: a repeat says something without end";
    for (int i = 0; i < world->orders && breach == NULL; i++)
        breach = order_breach(&saga->order[i]);
    return breach;
}

static const char *
breach_of_all(const struct saga *saga)
{
    const char *breach = orders_breach(saga);
    if (breach == NULL)
        breach = stock_breach(saga);
    if (breach == NULL)
        breach = coupon_breach(saga);
    if (breach == NULL)
        breach = balance_breach(saga);
    return breach;
}

/* What is committed and not published is not in the topics yet: what they say must hold as it is, and what rows
 * say against what will have been said. */
const char *
safety_breach(const struct saga *saga)
{
    if (saga_is_published(saga))
        return breach_of_all(saga);
    struct saga published = *saga;
    saga_publish_all(&published);
    const char *breach = orders_breach(saga);
    return breach != NULL ? breach : breach_of_all(&published);
}
