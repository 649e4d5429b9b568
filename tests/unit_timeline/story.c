/* story.c — see story.h */
#include "unit_timeline/story.h"
#include "timeline/timeline_parts.h"
#include "unit_timeline/flow.h"
#include <stdio.h>

/* clang-format off */
const struct story stories[] = {
    { "completed in one call, with a coupon",
      "OrderRequested items=I coupon_code=C1 shipping=S1 auto_pay=true expected_amount=1500\n"
      "StockReserved items=P subtotal=2000 deadline_at=D coupon_code=C1 shipping=S1 auto_pay=true\n"
      "CouponApplied coupon_code=C1 discount=500\n"
      "OrderCreated revision=1 items=P subtotal=2000 discount=500 amount=1500 coupon_code=C1 shipping=S1 auto_pay=true on_payment_failure=wait deadline_at=D\n"
      "PaymentCompleted attempt=1 revision=1 amount=1500\n"
      "OrderPaid revision=1 items=P subtotal=2000 discount=500 amount=1500 coupon_code=C1 shipping=S1 paid_at=D\n"
      "PartnerOrder feed_sequence=1 items=P subtotal=2000 discount=500 amount=1500 currency=KRW coupon_code=C1 shipping=S1 paid_at=D\n"
      "ExportAcknowledged feed_sequence=1 partner=p-1",
      "PAID over [] 2000-500=1500 C1:APPLIED rev:1 COMPLETED:1 NONE/NONE/NONE ACKNOWLEDGED", 8 },
    { "completed in one call",
      "OrderRequested items=I shipping=S1 auto_pay=true on_payment_failure=cancel\n"
      "StockReserved items=P subtotal=2000 deadline_at=D shipping=S1 auto_pay=true on_payment_failure=cancel\n"
      "OrderCreated revision=1 items=P subtotal=2000 discount=0 amount=2000 shipping=S1 auto_pay=true on_payment_failure=cancel deadline_at=D\n"
      "PaymentCompleted attempt=1 revision=1 amount=2000\n"
      "OrderPaid revision=1 items=P subtotal=2000 discount=0 amount=2000 shipping=S1 paid_at=D\n"
      "PartnerOrder feed_sequence=1 items=P subtotal=2000 discount=0 amount=2000 currency=KRW shipping=S1 paid_at=D",
      "PAID rest [] 2000-0=2000 rev:1 COMPLETED:1 NONE/NONE/NONE SENT", 6 },
    { "step by step",
      "OrderRequested items=I\n"
      "StockReserved items=P subtotal=2000 deadline_at=D\n"
      "CouponSelected coupon_code=C1\n"
      "CouponRequested coupon_code=C1 subtotal=2000\n"
      "CouponApplied coupon_code=C1 discount=500\n"
      "ShippingSubmitted shipping=S1 revision=1 coupon_code=C1\n"
      "OrderCreated revision=1 items=P subtotal=2000 discount=500 amount=1500 coupon_code=C1 shipping=S1 auto_pay=false on_payment_failure=wait deadline_at=D\n"
      "PaymentRequested attempt=1 revision=1 expected_amount=1500\n"
      "PaymentCompleted attempt=1 revision=1 amount=1500\n"
      "OrderPaid revision=1 items=P subtotal=2000 discount=500 amount=1500 coupon_code=C1 shipping=S1 paid_at=D\n"
      "PartnerOrder feed_sequence=1 items=P subtotal=2000 discount=500 amount=1500 currency=KRW coupon_code=C1 shipping=S1 paid_at=D\n"
      "ExportAcknowledged feed_sequence=1 partner=p-1",
      "PAID over [] 2000-500=1500 C1:APPLIED rev:1 COMPLETED:1 NONE/NONE/NONE ACKNOWLEDGED", 12 },
    { "just reserved",
      "OrderRequested items=I\n"
      "StockReserved items=P subtotal=2000 deadline_at=D",
      "RESERVED rest [\"coupon\",\"shipping\",\"cancel\"] 2000-0=2000 NONE/NONE/NONE NONE", 2 },
    { "waits for payment",
      "OrderRequested items=I shipping=S1\n"
      "StockReserved items=P subtotal=2000 deadline_at=D shipping=S1\n"
      "OrderCreated revision=1 items=P subtotal=2000 discount=0 amount=2000 shipping=S1 auto_pay=false on_payment_failure=wait deadline_at=D",
      "PENDING rest [\"payment\",\"shipping\",\"cancel\"] 2000-0=2000 rev:1 NONE/NONE/NONE NONE", 3 },
    { "sold out, with requests open",
      "OrderRequested items=I coupon_code=C1 shipping=S1 auto_pay=true\n"
      "CouponSelected coupon_code=C2\n"
      "PaymentRequested attempt=1 revision=1\n"
      "ShippingSubmitted shipping=S2 revision=2 coupon_code=C2\n"
      "StockRejected reason=SOLD_OUT lines=L",
      "SOLD_OUT over [] ?-?=? rev:2 NONE/NONE/NONE NONE rejected:SOLD_OUT", 5 },
    { "sold out, and a cancel that came too late",
      "OrderRequested items=I\n"
      "CancelRequested reason=CUSTOMER\n"
      "StockRejected reason=UNKNOWN_PRODUCT lines=L\n"
      "CancelRefused reason=SOLD_OUT",
      "SOLD_OUT over [] ?-?=? NONE/NONE/NONE NONE rejected:UNKNOWN_PRODUCT", 4 },
    { "coupon refused, the order waits for the shopper",
      "OrderRequested items=I coupon_code=C1 shipping=S1 auto_pay=true\n"
      "StockReserved items=P subtotal=2000 deadline_at=D coupon_code=C1 shipping=S1 auto_pay=true\n"
      "CouponRejected coupon_code=C1 reason=EXPIRED",
      "RESERVED rest [\"coupon\",\"shipping\",\"cancel\"] 2000-0=2000 C1:REJECTED(EXPIRED) rev:1 NONE/NONE/NONE NONE", 3 },
    { "coupon refused, shipping again without it",
      "OrderRequested items=I coupon_code=C1 shipping=S1 auto_pay=true\n"
      "StockReserved items=P subtotal=2000 deadline_at=D coupon_code=C1 shipping=S1 auto_pay=true\n"
      "CouponRejected coupon_code=C1 reason=ALREADY_USED\n"
      "ShippingSubmitted shipping=S2 revision=2\n"
      "OrderCreated revision=2 items=P subtotal=2000 discount=0 amount=2000 shipping=S2 auto_pay=false on_payment_failure=wait deadline_at=D",
      "PENDING rest [\"payment\",\"shipping\",\"cancel\"] 2000-0=2000 C1:REJECTED(ALREADY_USED) rev:2 NONE/NONE/NONE NONE", 5 },
    { "coupon refused, another one is taken, the held revision goes on",
      "OrderRequested items=I coupon_code=C1 shipping=S1\n"
      "StockReserved items=P subtotal=2000 deadline_at=D coupon_code=C1 shipping=S1\n"
      "CouponRejected coupon_code=C1 reason=NOT_YOURS\n"
      "CouponSelected coupon_code=C2\n"
      "CouponRequested coupon_code=C2 subtotal=2000\n"
      "CouponApplied coupon_code=C2 discount=300\n"
      "OrderCreated revision=1 items=P subtotal=2000 discount=300 amount=1700 coupon_code=C2 shipping=S1 auto_pay=false on_payment_failure=wait deadline_at=D",
      "PENDING rest [\"payment\",\"shipping\",\"cancel\"] 2000-300=1700 C2:APPLIED rev:1 NONE/NONE/NONE NONE", 7 },
    { "coupon refused, the order goes on at full price",
      "OrderRequested items=I coupon_code=C1 shipping=S1 auto_pay=true on_coupon_rejected=continue\n"
      "StockReserved items=P subtotal=2000 deadline_at=D coupon_code=C1 shipping=S1 auto_pay=true on_coupon_rejected=continue\n"
      "CouponRejected coupon_code=C1 reason=BELOW_MINIMUM\n"
      "OrderCreated revision=1 items=P subtotal=2000 discount=0 amount=2000 shipping=S1 auto_pay=true on_payment_failure=wait deadline_at=D\n"
      "PaymentCompleted attempt=1 revision=1 amount=2000\n"
      "OrderPaid revision=1 items=P subtotal=2000 discount=0 amount=2000 shipping=S1 paid_at=D",
      "PAID rest [] 2000-0=2000 C1:REJECTED(BELOW_MINIMUM) rev:1 COMPLETED:1 NONE/NONE/NONE NONE", 6 },
    { "two more coupons are refused by order itself",
      "OrderRequested items=I\n"
      "StockReserved items=P subtotal=2000 deadline_at=D\n"
      "CouponSelected coupon_code=C1\n"
      "CouponRequested coupon_code=C1 subtotal=2000\n"
      "CouponSelected coupon_code=C2\n"
      "CouponApplied coupon_code=C1 discount=500\n"
      "CouponRejected coupon_code=C2 reason=ANOTHER_APPLIED\n"
      "ShippingSubmitted shipping=S1 revision=1\n"
      "OrderCreated revision=1 items=P subtotal=2000 discount=500 amount=1500 coupon_code=C1 shipping=S1 auto_pay=false on_payment_failure=wait deadline_at=D\n"
      "CouponSelected coupon_code=C3\n"
      "CouponRejected coupon_code=C3 reason=TOO_LATE",
      "PENDING rest [\"payment\",\"shipping\",\"cancel\"] 2000-500=1500 C1:APPLIED rev:1 NONE/NONE/NONE NONE", 11 },
    { "payment failed, retried, paid",
      "OrderRequested items=I shipping=S1\n"
      "StockReserved items=P subtotal=2000 deadline_at=D shipping=S1\n"
      "OrderCreated revision=1 items=P subtotal=2000 discount=0 amount=2000 shipping=S1 auto_pay=false on_payment_failure=wait deadline_at=D\n"
      "PaymentRequested attempt=1 revision=1\n"
      "PaymentFailed attempt=1 revision=1 amount=2000 reason=INSUFFICIENT_BALANCE\n"
      "ShippingSubmitted shipping=S2 revision=2\n"
      "OrderCreated revision=2 items=P subtotal=2000 discount=0 amount=2000 shipping=S2 auto_pay=false on_payment_failure=wait deadline_at=D\n"
      "PaymentRequested attempt=2 revision=2\n"
      "PaymentCompleted attempt=2 revision=2 amount=2000\n"
      "OrderPaid revision=2 items=P subtotal=2000 discount=0 amount=2000 shipping=S2 paid_at=D\n"
      "PartnerOrder feed_sequence=7 items=P subtotal=2000 discount=0 amount=2000 currency=KRW shipping=S2 paid_at=D",
      "PAID rest [] 2000-0=2000 rev:2 COMPLETED:2 NONE/NONE/NONE SENT", 11 },
    { "payment failed and waits",
      "OrderRequested items=I shipping=S1\n"
      "StockReserved items=P subtotal=2000 deadline_at=D shipping=S1\n"
      "OrderCreated revision=1 items=P subtotal=2000 discount=0 amount=2000 shipping=S1 auto_pay=true on_payment_failure=wait deadline_at=D\n"
      "PaymentFailed attempt=1 revision=1 amount=2000 reason=UNKNOWN_CUSTOMER",
      "PENDING rest [\"payment\",\"shipping\",\"cancel\"] 2000-0=2000 rev:1 FAILED:1(UNKNOWN_CUSTOMER) NONE/NONE/NONE NONE", 4 },
    { "payment failed, the shopper cancels",
      "OrderRequested items=I coupon_code=C1 shipping=S1 auto_pay=true\n"
      "StockReserved items=P subtotal=2000 deadline_at=D coupon_code=C1 shipping=S1 auto_pay=true\n"
      "CouponApplied coupon_code=C1 discount=500\n"
      "OrderCreated revision=1 items=P subtotal=2000 discount=500 amount=1500 coupon_code=C1 shipping=S1 auto_pay=true on_payment_failure=wait deadline_at=D\n"
      "PaymentFailed attempt=1 revision=1 amount=1500 reason=INSUFFICIENT_BALANCE\n"
      "CancelRequested reason=CUSTOMER\n"
      "OrderCancelled reason=CUSTOMER revision=1 coupon_codes=A\n"
      "StockReleased items=I\n"
      "CouponRestored coupon_code=C1\n"
      "PaymentVoided",
      "CANCELLED over [] 2000-500=1500 C1:RESTORED rev:1 FAILED:1(INSUFFICIENT_BALANCE) DONE/DONE/NONE NONE cancelled:CUSTOMER", 10 },
    { "payment failed, the order cancels itself",
      "OrderRequested items=I shipping=S1 auto_pay=true on_payment_failure=cancel\n"
      "StockReserved items=P subtotal=2000 deadline_at=D shipping=S1 auto_pay=true on_payment_failure=cancel\n"
      "OrderCreated revision=1 items=P subtotal=2000 discount=0 amount=2000 shipping=S1 auto_pay=true on_payment_failure=cancel deadline_at=D\n"
      "PaymentFailed attempt=1 revision=1 amount=2000 reason=INSUFFICIENT_BALANCE\n"
      "OrderCancelled reason=PAYMENT_FAILED revision=1 coupon_codes=N\n"
      "StockReleased items=I\n"
      "PaymentVoided",
      "CANCELLED over [] 2000-0=2000 rev:1 FAILED:1(INSUFFICIENT_BALANCE) DONE/NONE/NONE NONE cancelled:PAYMENT_FAILED", 7 },
    { "abandoned before shipping, one coupon applied, one refused",
      "OrderRequested items=I coupon_code=C1\n"
      "StockReserved items=P subtotal=2000 deadline_at=D coupon_code=C1\n"
      "CouponRejected coupon_code=C1 reason=EXPIRED\n"
      "CouponSelected coupon_code=C2\n"
      "CouponRequested coupon_code=C2 subtotal=2000\n"
      "CouponApplied coupon_code=C2 discount=700\n"
      "OrderCancelled reason=DEADLINE revision=0 coupon_codes=AB\n"
      "StockReleased items=I\n"
      "CouponRestored coupon_code=C2",
      "CANCELLED over [] 2000-700=1300 C2:RESTORED DONE/DONE/NONE NONE cancelled:DEADLINE", 9 },
    { "abandoned while PENDING, a cancel comes later",
      "OrderRequested items=I shipping=S1\n"
      "StockReserved items=P subtotal=2000 deadline_at=D shipping=S1\n"
      "OrderCreated revision=1 items=P subtotal=2000 discount=0 amount=2000 shipping=S1 auto_pay=false on_payment_failure=wait deadline_at=D\n"
      "OrderCancelled reason=DEADLINE revision=1 coupon_codes=N\n"
      "CancelRequested reason=CUSTOMER\n"
      "StockReleased items=I\n"
      "CancelRefused reason=ALREADY_CANCELLED\n"
      "PaymentVoided",
      "CANCELLED over [] 2000-0=2000 rev:1 DONE/NONE/NONE NONE cancelled:DEADLINE", 8 },
    { "the cancel overtakes its order",
      "CancelRequested reason=CUSTOMER\n"
      "OrderRequested items=I coupon_code=C1 shipping=S1 auto_pay=true\n"
      "StockReserved items=P subtotal=2000 deadline_at=D coupon_code=C1 shipping=S1 auto_pay=true\n"
      "OrderCancelled reason=CUSTOMER revision=0 coupon_codes=A\n"
      "CouponRejected coupon_code=C1 reason=CANCELLED\n"
      "StockReleased items=I",
      "CANCELLED over [] 2000-0=2000 C1:REJECTED(CANCELLED) rev:1 DONE/NONE/NONE NONE cancelled:CUSTOMER", 6 },
    { "the fence stops stock",
      "OrderCancelled reason=OPERATOR revision=0 coupon_codes=N\n"
      "OrderRequested items=I\n"
      "StockRejected reason=CANCELLED lines=N",
      "CANCELLED over [] ?-?=? NONE/NONE/NONE NONE rejected:CANCELLED cancelled:OPERATOR", 3 },
    { "a capture loses against the cancel and is refunded",
      "OrderRequested items=I shipping=S1\n"
      "StockReserved items=P subtotal=2000 deadline_at=D shipping=S1\n"
      "OrderCreated revision=1 items=P subtotal=2000 discount=0 amount=2000 shipping=S1 auto_pay=false on_payment_failure=wait deadline_at=D\n"
      "PaymentRequested attempt=1 revision=1\n"
      "CancelRequested reason=OPERATOR\n"
      "PaymentCompleted attempt=1 revision=1 amount=2000\n"
      "OrderCancelled reason=OPERATOR revision=1 coupon_codes=N\n"
      "StockReleased items=I\n"
      "PaymentRefunded amount=2000 reason=OPERATOR",
      "CANCELLED over [] 2000-0=2000 rev:1 REFUNDED:1(OPERATOR) DONE/NONE/DONE NONE cancelled:OPERATOR", 9 },
    { "an attempt meets the cancel",
      "OrderRequested items=I shipping=S1\n"
      "StockReserved items=P subtotal=2000 deadline_at=D shipping=S1\n"
      "OrderCreated revision=1 items=P subtotal=2000 discount=0 amount=2000 shipping=S1 auto_pay=false on_payment_failure=cancel deadline_at=D\n"
      "CancelRequested reason=CUSTOMER\n"
      "PaymentRequested attempt=1 revision=1\n"
      "OrderCancelled reason=CUSTOMER revision=1 coupon_codes=N\n"
      "PaymentVoided\n"
      "PaymentFailed attempt=1 revision=1 reason=CANCELLED\n"
      "StockReleased items=I",
      "CANCELLED over [] 2000-0=2000 rev:1 FAILED:1(CANCELLED) DONE/NONE/NONE NONE cancelled:CUSTOMER", 9 },
    { "paid once although asked twice, and the cancel is refused",
      "OrderRequested items=I shipping=S1\n"
      "StockReserved items=P subtotal=2000 deadline_at=D shipping=S1\n"
      "OrderCreated revision=1 items=P subtotal=2000 discount=0 amount=2000 shipping=S1 auto_pay=false on_payment_failure=wait deadline_at=D\n"
      "PaymentRequested attempt=1 revision=1\n"
      "PaymentRequested attempt=2 revision=1\n"
      "ShippingSubmitted shipping=S2 revision=2\n"
      "PaymentCompleted attempt=1 revision=1 amount=2000\n"
      "PaymentFailed attempt=2 revision=1 reason=ALREADY_PAID\n"
      "OrderPaid revision=1 items=P subtotal=2000 discount=0 amount=2000 shipping=S1 paid_at=D\n"
      "CancelRequested reason=CUSTOMER\n"
      "CancelRefused reason=ALREADY_PAID",
      "PAID rest [] 2000-0=2000 rev:1 COMPLETED:1 NONE/NONE/NONE NONE", 11 },
    { "a stranger asks for everything",
      "CancelRequested customer_id=c-9 reason=CUSTOMER\n"
      "ShippingSubmitted customer_id=c-9 shipping=S9 revision=1\n"
      "PaymentRequested customer_id=c-9 attempt=1 revision=1\n"
      "CouponSelected customer_id=c-9 coupon_code=C9\n"
      "OrderRequested items=I\n"
      "StockReserved items=P subtotal=2000 deadline_at=D\n"
      "ShippingSubmitted shipping=S1 revision=1\n"
      "OrderCreated revision=1 items=P subtotal=2000 discount=0 amount=2000 shipping=S1 auto_pay=false on_payment_failure=wait deadline_at=D\n"
      "CancelRequested customer_id=c-9 reason=OPERATOR\n"
      "ShippingSubmitted customer_id=c-9 shipping=S9 revision=5\n"
      "PaymentRequested customer_id=c-9 attempt=7 revision=1",
      "PENDING rest [\"payment\",\"shipping\",\"cancel\"] 2000-0=2000 rev:1 NONE/NONE/NONE NONE", 4 },
};
/* clang-format on */
const uint32_t story_count = COUNT_OF(stories);

/* ---- the view in one line */

static const char *
won(struct arena *arena, const struct order_view *order, int64_t amount)
{
    return order->shown.priced ? arena_printf(arena, "%lld", (long long)amount) : "?";
}

static const char *
with_reason(struct arena *arena, const char *what, const char *reason)
{
    return reason == NULL ? what : arena_printf(arena, "%s(%s)", what, reason);
}

static const char *
coupon_part(struct arena *arena, const struct order_view *order)
{
    static const char *const names[] = { "", "SELECTED", "APPLIED", "REJECTED", "RESTORED" };
    if (order->shown.coupon_status == SHOWN_NO_COUPON)
        return "";
    return arena_printf(
        arena, " %s:%s", order->shown.coupon_code.text,
        with_reason(arena, names[order->shown.coupon_status], order->shown.coupon_reason));
}

static const char *
payment_part(struct arena *arena, const struct order_view *order)
{
    static const char *const names[] = { "", "REQUESTED", "FAILED", "COMPLETED", "REFUNDED" };
    if (order->shown.payment_status == SHOWN_NO_PAYMENT)
        return "";
    const char *what = arena_printf(arena, "%s:%d", names[order->shown.payment_status],
                                    order->shown.payment_attempt);
    return arena_printf(arena, " %s", with_reason(arena, what, order->shown.payment_reason));
}

/* What is shown is not stored column by column: it is computed anew, as it was when it was written.
 */
bool
order_shown_by(struct shelf *shelf, struct order_view *order)
{
    bool is_there = shelf_row(shelf, TIMELINE_ORDER, FLOW_ORDER, order);
    show_order(order);
    return is_there;
}

const char *
summary_of(struct shelf *shelf, struct arena *arena)
{
    static const char *const statuses[] = { "UNKNOWN", "REQUESTED", "SOLD_OUT", "RESERVED",
                                            "PENDING", "PAID",      "CANCELLED" };
    static const char *const nexts[] = { "[]", "[\"cancel\"]",
                                         "[\"coupon\",\"shipping\",\"cancel\"]",
                                         "[\"shipping\",\"cancel\"]",
                                         "[\"payment\",\"shipping\",\"cancel\"]" };
    static const char *const compensations[] = { "NONE", "PENDING", "DONE" };
    static const char *const exports[] = { "NONE", "SENT", "ACKNOWLEDGED" };
    struct order_view *order = arena_take(arena, sizeof *order);
    if (!order_shown_by(shelf, order))
        return "";
    bool is_rejected = (order->facts & FACT_REJECTED) != 0;
    bool is_cancelled = (order->facts & FACT_CANCELLED) != 0;
    return arena_printf(arena, "%s%s %s %s-%s=%s%s%s%s %s/%s/%s %s%s%s%s%s",
                        statuses[order->status],
                        order->shown.is_over   ? " over"
                        : order->shown.at_rest ? " rest"
                                               : "",
                        nexts[order->shown.next], won(arena, order, order->subtotal),
                        won(arena, order, order->discount), won(arena, order, order->amount),
                        coupon_part(arena, order),
                        order->revision > 0 ? arena_printf(arena, " rev:%d", order->revision) : "",
                        payment_part(arena, order), compensations[order->shown.compensation_stock],
                        compensations[order->shown.compensation_coupon],
                        compensations[order->shown.compensation_payment],
                        exports[order->shown.export], is_rejected ? " rejected:" : "",
                        is_rejected ? stock_rejected_reason_names[order->rejected_reason] : "",
                        is_cancelled ? " cancelled:" : "",
                        is_cancelled ? order_cancelled_reason_names[order->cancelled_reason] : "");
}
