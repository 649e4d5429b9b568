/* test_flows.c — each story, told in the order it happened, ends as the contract says. */
#include "timeline/timeline_parts.h"
#include "unit_timeline/flow.h"
#include "unit_timeline/story.h"
#include <criterion/criterion.h>
#include <string.h>

static struct arena *arena;
static struct shelf *shelf;

static void
begin(void)
{
    arena = arena_new(1 << 20);
    shelf = shelf_new(&timeline_service);
}

static void
end(void)
{
    shelf_free(shelf);
    arena_free(arena);
}

static void
tell(const char *lines)
{
    struct flow flow = flow_of(arena, lines);
    for (uint32_t i = 0; i < flow.count; i++)
        shelf_batch(shelf, (const struct event *[]){ flow.events[i] }, 1);
}

TestSuite(flows, .init = begin, .fini = end);

Test(flows, every_story_ends_as_the_contract_says)
{
    for (uint32_t i = 0; i < story_count; i++) {
        end();
        begin();
        tell(stories[i].lines);
        cr_expect_str_eq(summary_of(shelf, arena), stories[i].ends,
                         "%s:\n  is       %s\n  expected %s", stories[i].name,
                         summary_of(shelf, arena), stories[i].ends);
    }
}

/* ---- what is shown on the way: a story as far as it goes, and what its last line changed */

#define REQUESTED "OrderRequested items=I coupon_code=C1 shipping=S1 auto_pay=true\n"
#define RESERVED                                                                                   \
    "StockReserved items=P subtotal=2000 deadline_at=D coupon_code=C1 shipping=S1 auto_pay=true\n"
#define PLAIN_REQUESTED "OrderRequested items=I\n"
#define PLAIN_RESERVED  "StockReserved items=P subtotal=2000 deadline_at=D\n"
#define CREATED                                                                                    \
    "OrderCreated revision=1 items=P subtotal=2000 discount=0 amount=2000 shipping=S1 "            \
    "auto_pay=false on_payment_failure=wait deadline_at=D\n"
#define CREATED_AUTO                                                                               \
    "OrderCreated revision=1 items=P subtotal=2000 discount=0 amount=2000 shipping=S1 "            \
    "auto_pay=true on_payment_failure=wait deadline_at=D\n"
#define CREATED_CANCEL                                                                             \
    "OrderCreated revision=1 items=P subtotal=2000 discount=0 amount=2000 shipping=S1 "            \
    "auto_pay=false on_payment_failure=cancel deadline_at=D\n"
#define PAID                                                                                       \
    "OrderPaid revision=1 items=P subtotal=2000 discount=0 amount=2000 shipping=S1 paid_at=D\n"
#define NEXT_RESERVED "[\"coupon\",\"shipping\",\"cancel\"]"
#define NEXT_PENDING  "[\"payment\",\"shipping\",\"cancel\"]"

/* clang-format off */
static const struct { const char *because, *lines, *shows; } steps[] = {
    { "REQUESTED is never at rest",            PLAIN_REQUESTED,
      "REQUESTED [\"cancel\"] ?-?=? NONE/NONE/NONE NONE" },
    { "its coupon is selected at once",        REQUESTED,
      "REQUESTED [\"cancel\"] ?-?=? C1:SELECTED rev:1 NONE/NONE/NONE NONE" },
    { "a coupon's outcome is open",            REQUESTED RESERVED,
      "RESERVED " NEXT_RESERVED " 2000-0=2000 C1:SELECTED rev:1 NONE/NONE/NONE NONE" },
    { "its revision is on the way to PENDING", REQUESTED RESERVED "CouponApplied coupon_code=C1 discount=500\n",
      "RESERVED [\"shipping\",\"cancel\"] 2000-500=1500 C1:APPLIED rev:1 NONE/NONE/NONE NONE" },
    { "its revision is held",                  REQUESTED RESERVED "CouponRejected coupon_code=C1 reason=UNKNOWN\n",
      "RESERVED rest " NEXT_RESERVED " 2000-0=2000 C1:REJECTED(UNKNOWN) rev:1 NONE/NONE/NONE NONE" },
    { "ANOTHER_APPLIED holds nothing",           REQUESTED RESERVED "CouponRejected coupon_code=C1 reason=ANOTHER_APPLIED\n",
      "RESERVED " NEXT_RESERVED " 2000-0=2000 C1:REJECTED(ANOTHER_APPLIED) rev:1 NONE/NONE/NONE NONE" },
    { "TOO_LATE holds nothing",                  REQUESTED RESERVED "CouponRejected coupon_code=C1 reason=TOO_LATE\n",
      "RESERVED " NEXT_RESERVED " 2000-0=2000 C1:REJECTED(TOO_LATE) rev:1 NONE/NONE/NONE NONE" },
    { "CANCELLED holds nothing",                 REQUESTED RESERVED "CouponRejected coupon_code=C1 reason=CANCELLED\n",
      "RESERVED " NEXT_RESERVED " 2000-0=2000 C1:REJECTED(CANCELLED) rev:1 NONE/NONE/NONE NONE" },
    { "a coupon is selected",                  PLAIN_REQUESTED PLAIN_RESERVED "CouponSelected coupon_code=C1\n",
      "RESERVED " NEXT_RESERVED " 2000-0=2000 C1:SELECTED NONE/NONE/NONE NONE" },
    { "shipping selects the coupon it names",  PLAIN_REQUESTED PLAIN_RESERVED "ShippingSubmitted shipping=S1 revision=1 coupon_code=C1\n",
      "RESERVED " NEXT_RESERVED " 2000-0=2000 C1:SELECTED rev:1 NONE/NONE/NONE NONE" },
    { "an overtaken revision selects nothing", PLAIN_REQUESTED PLAIN_RESERVED "ShippingSubmitted shipping=S2 revision=2\n" "ShippingSubmitted shipping=S1 revision=1 coupon_code=C1\n",
      "RESERVED " NEXT_RESERVED " 2000-0=2000 rev:2 NONE/NONE/NONE NONE" },
    { "the applied coupon leaves no choice",   PLAIN_REQUESTED PLAIN_RESERVED "CouponSelected coupon_code=C1\n" "CouponApplied coupon_code=C1 discount=500\n",
      "RESERVED rest [\"shipping\",\"cancel\"] 2000-500=1500 C1:APPLIED NONE/NONE/NONE NONE" },
    { "a cancel is open",                      PLAIN_REQUESTED PLAIN_RESERVED "CancelRequested reason=CUSTOMER\n",
      "RESERVED " NEXT_RESERVED " 2000-0=2000 NONE/NONE/NONE NONE" },
    { "PENDING, nothing open",                 CREATED,
      "PENDING rest " NEXT_PENDING " 2000-0=2000 rev:1 NONE/NONE/NONE NONE" },
    { "auto_pay is a payment on its way",      CREATED_AUTO,
      "PENDING " NEXT_PENDING " 2000-0=2000 rev:1 REQUESTED:1 NONE/NONE/NONE NONE" },
    { "a payment is open",                     CREATED "PaymentRequested attempt=1 revision=1\n",
      "PENDING " NEXT_PENDING " 2000-0=2000 rev:1 REQUESTED:1 NONE/NONE/NONE NONE" },
    { "an answered one is not",                CREATED "PaymentRequested attempt=1 revision=1\n" "PaymentFailed attempt=1 revision=1 reason=AMOUNT_CHANGED\n",
      "PENDING rest " NEXT_PENDING " 2000-0=2000 rev:1 FAILED:1(AMOUNT_CHANGED) NONE/NONE/NONE NONE" },
    { "the newer attempt is shown",            CREATED "PaymentRequested attempt=2 revision=1\n" "PaymentFailed attempt=1 revision=1 reason=AMOUNT_CHANGED\n",
      "PENDING " NEXT_PENDING " 2000-0=2000 rev:1 REQUESTED:2 NONE/NONE/NONE NONE" },
    { "a lower attempt may still be open",     CREATED "PaymentRequested attempt=1 revision=1\n" "PaymentFailed attempt=2 revision=1 reason=AMOUNT_CHANGED\n",
      "PENDING " NEXT_PENDING " 2000-0=2000 rev:1 FAILED:2(AMOUNT_CHANGED) NONE/NONE/NONE NONE" },
    { "a lower attempt that fails late",       CREATED "PaymentFailed attempt=2 revision=1 reason=AMOUNT_CHANGED\n" "PaymentFailed attempt=1 revision=1 reason=UNKNOWN_CUSTOMER\n",
      "PENDING rest " NEXT_PENDING " 2000-0=2000 rev:1 FAILED:2(AMOUNT_CHANGED) NONE/NONE/NONE NONE" },
    { "of two refused coupons the last told",  PLAIN_RESERVED "CouponRejected coupon_code=C2 reason=EXPIRED\n" "CouponRejected coupon_code=C1 reason=UNKNOWN\n",
      "RESERVED rest " NEXT_RESERVED " 2000-0=2000 C1:REJECTED(UNKNOWN) NONE/NONE/NONE NONE" },
    { "the one that is awaited before them",   PLAIN_RESERVED "CouponSelected coupon_code=C3\n" "CouponRejected coupon_code=C2 reason=EXPIRED\n",
      "RESERVED " NEXT_RESERVED " 2000-0=2000 C3:SELECTED NONE/NONE/NONE NONE" },
    { "newer shipping is shown, and open",     CREATED "ShippingSubmitted shipping=S2 revision=2\n",
      "PENDING " NEXT_PENDING " 2000-0=2000 rev:2 NONE/NONE/NONE NONE" },
    { "a cancel is open in PENDING",           CREATED "CancelRequested reason=OPERATOR\n",
      "PENDING " NEXT_PENDING " 2000-0=2000 rev:1 NONE/NONE/NONE NONE" },
    { "a capture will end it",                 CREATED "PaymentCompleted attempt=1 revision=1 amount=2000\n",
      "PENDING " NEXT_PENDING " 2000-0=2000 rev:1 COMPLETED:1 NONE/NONE/NONE NONE" },
    { "a failure will cancel it",              CREATED_CANCEL "PaymentFailed attempt=1 revision=1 reason=INSUFFICIENT_BALANCE\n",
      "PENDING " NEXT_PENDING " 2000-0=2000 rev:1 FAILED:1(INSUFFICIENT_BALANCE) NONE/NONE/NONE NONE" },
    { "ALREADY_PAID cancels nothing",          CREATED_CANCEL "PaymentFailed attempt=2 revision=1 reason=ALREADY_PAID\n",
      "PENDING rest " NEXT_PENDING " 2000-0=2000 rev:1 FAILED:2(ALREADY_PAID) NONE/NONE/NONE NONE" },
    { "a late coupon does not unrest PENDING", CREATED "CouponSelected coupon_code=C1\n",
      "PENDING rest " NEXT_PENDING " 2000-0=2000 C1:SELECTED rev:1 NONE/NONE/NONE NONE" },
    { "PAID does not wait for the export",     PAID,
      "PAID rest [] 2000-0=2000 rev:1 NONE/NONE/NONE NONE" },
    { "what was paid is what is sent",         PAID "ShippingSubmitted shipping=S2 revision=2\n",
      "PAID rest [] 2000-0=2000 rev:1 NONE/NONE/NONE NONE" },
    { "cancelled, everything out",             "OrderCancelled reason=CUSTOMER revision=1 coupon_codes=A\n",
      "CANCELLED [] ?-?=? PENDING/PENDING/PENDING NONE cancelled:CUSTOMER" },
    { "the coupon's outcome is still to come", "OrderCancelled reason=CUSTOMER revision=0 coupon_codes=A\n" "StockReleased items=I\n",
      "CANCELLED [] ?-?=? DONE/PENDING/NONE NONE cancelled:CUSTOMER" },
    { "applied, not restored",                 "OrderCancelled reason=CUSTOMER revision=0 coupon_codes=A\n" "StockReleased items=I\n" "CouponApplied coupon_code=C1 discount=500\n",
      "CANCELLED [] ?-?=? C1:APPLIED DONE/PENDING/NONE NONE cancelled:CUSTOMER" },
    { "refused: nothing to restore",           "OrderCancelled reason=CUSTOMER revision=0 coupon_codes=A\n" "StockReleased items=I\n" "CouponRejected coupon_code=C1 reason=CANCELLED\n",
      "CANCELLED rest [] ?-?=? C1:REJECTED(CANCELLED) DONE/NONE/NONE NONE cancelled:CUSTOMER" },
    { "payment has not said yet",              "OrderCancelled reason=DEADLINE revision=1 coupon_codes=N\n" "StockReleased items=I\n",
      "CANCELLED [] ?-?=? DONE/NONE/PENDING NONE cancelled:DEADLINE" },
    { "nothing was captured",                  "OrderCancelled reason=DEADLINE revision=1 coupon_codes=N\n" "StockReleased items=I\n" "PaymentVoided\n",
      "CANCELLED rest [] ?-?=? DONE/NONE/NONE NONE cancelled:DEADLINE" },
};
/* clang-format on */

Test(flows, every_step_shows_what_is_known)
{
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        end();
        begin();
        tell(steps[i].lines);
        cr_expect_str_eq(summary_of(shelf, arena), steps[i].shows,
                         "%s:\n  is       %s\n  expected %s", steps[i].because,
                         summary_of(shelf, arena), steps[i].shows);
    }
}

/* ---- whose shipping data: newer wins, not later; what a service has before what was asked for */

#define S(revision, data) "ShippingSubmitted shipping=" data " revision=" revision "\n"
#define REQUESTED_WITH_S1 "OrderRequested items=I shipping=S1\n"
#define RESERVED_WITH_S1  "StockReserved items=P subtotal=2000 deadline_at=D shipping=S1\n"

/* clang-format off */
static const struct { const char *because, *lines, *contact; } shippings[] = {
    { "the order's own",                 REQUESTED_WITH_S1,                                "010-1" },
    { "the first of one revision",       REQUESTED_WITH_S1 S("1", "S2"),                   "010-1" },
    { "the newer revision",              REQUESTED_WITH_S1 S("2", "S2"),                   "010-2" },
    { "not the later one",               REQUESTED_WITH_S1 S("3", "S1") S("2", "S2"),      "010-1" },
    { "what stock has of revision 1",    PLAIN_REQUESTED S("1", "S2") RESERVED_WITH_S1,    "010-1" },
    { "what order has of revision 1",    PLAIN_REQUESTED S("1", "S2") CREATED,             "010-1" },
    { "newer than what order has",       CREATED S("2", "S2"),                             "010-2" },
    { "what was paid, whatever follows", PAID S("2", "S2"),                                "010-1" },
};
/* clang-format on */

Test(flows, newest_shipping_data_are_shown)
{
    for (size_t i = 0; i < sizeof shippings / sizeof shippings[0]; i++) {
        end();
        begin();
        tell(shippings[i].lines);
        const char *shown = shelf_json(shelf, TIMELINE_ORDER, FLOW_ORDER, "shipping");
        cr_expect(strstr(shown, shippings[i].contact), "%s: %s", shippings[i].because, shown);
    }
}
