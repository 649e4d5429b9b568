/* test_catalogue.c — sums and newest terms, whatever came first, however often it came. */
#include "timeline/timeline_parts.h"
#include "unit_timeline/flow.h"
#include "unit_timeline/shelf.h"
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

/* Each case is told once line by line, once more on a new shelf as one batch. */
static void
tell(const char *lines, bool as_one_batch)
{
    struct flow flow = flow_of(arena, lines);
    uint32_t step = as_one_batch ? flow.count : 1;
    for (uint32_t i = 0; i < flow.count; i += step)
        shelf_batch(shelf, (const struct event *const *)&flow.events[i], step);
}

TestSuite(catalogue, .init = begin, .fini = end);

#define OTHER_ORDER "0190c1a0-0000-7000-8000-000000000002"
#define RESERVED    "StockReserved items=P subtotal=2000 deadline_at=D\n"
#define RELEASED    "StockReleased items=I\n"

/* clang-format off */
static const struct { const char *because, *lines; bool listed; int64_t price, available; } products[] = {
    { "listed, nothing there",         "ProductListed product_id=sku-1 name=Cup unit_price=1000\n",                                   true,  1000, 0 },
    { "the higher revision wins",      "ProductListed product_id=sku-1 name=Cup unit_price=900 revision=7\n"
                                       "ProductListed product_id=sku-1 name=Mug unit_price=1000 revision=6\n",                        true,  900,  0 },
    { "of two equal ones the first",   "ProductListed product_id=sku-1 name=Cup unit_price=900 revision=7\n"
                                       "ProductListed product_id=sku-1 name=Mug unit_price=1000 revision=7\n",                        true,  900,  0 },
    { "without one the record's time", "ProductListed product_id=sku-1 name=Cup unit_price=900\n"
                                       "ProductListed product_id=sku-1 name=Mug unit_price=1000\n",                                   true,  1000, 0 },
    { "replenished before listed",     "StockReplenished replenishment_id=r-1 product_id=sku-1 quantity=5\n",                         false, 0,    5 },
    { "a replenishment counts once",   "StockReplenished replenishment_id=r-1 product_id=sku-1 quantity=5\n"
                                       "StockReplenished replenishment_id=r-1 product_id=sku-1 quantity=5\n",                         false, 0,    5 },
    { "another one counts too",        "StockReplenished replenishment_id=r-1 product_id=sku-1 quantity=5\n"
                                       "StockReplenished replenishment_id=r-2 product_id=sku-1 quantity=5\n",                         false, 0,    10 },
    { "taken before it was there",     RESERVED,                                                                                      false, 0,    -2 },
    { "taken once",                    RESERVED RESERVED,                                                                             false, 0,    -2 },
    { "given back once",               RESERVED RELEASED RELEASED,                                                                    false, 0,    0 },
    { "given back before taken",       RELEASED RESERVED "StockReplenished replenishment_id=r-1 product_id=sku-1 quantity=5\n",       false, 0,    5 },
    { "two orders take",               RESERVED "StockReserved order_id=" OTHER_ORDER " items=P subtotal=2000 deadline_at=D\n",       false, 0,    -4 },
};

static const struct { const char *because, *lines; bool known; int64_t balance; } balances[] = {
    { "credited",                      "BalanceCredited credit_id=k-1 customer_id=c-1 amount=700\n",                                  true,  700 },
    { "a credit counts once",          "BalanceCredited credit_id=k-1 customer_id=c-1 amount=700\n"
                                       "BalanceCredited credit_id=k-1 customer_id=c-1 amount=700\n",                                  true,  700 },
    { "another customer's",            "BalanceCredited credit_id=k-1 customer_id=c-2 amount=700\n"
                                       "PaymentCompleted attempt=1 revision=1 amount=300\n",                                          false, -300 },
    { "captured before credited",      "PaymentCompleted attempt=1 revision=1 amount=300\n"
                                       "BalanceCredited credit_id=k-1 customer_id=c-1 amount=700\n",                                  true,  400 },
    { "captured once",                 "PaymentCompleted attempt=1 revision=1 amount=300\n"
                                       "PaymentCompleted attempt=1 revision=1 amount=300\n",                                          false, -300 },
    { "refunded once",                 "PaymentRefunded amount=300 reason=CUSTOMER\n"
                                       "PaymentCompleted attempt=1 revision=1 amount=300\n"
                                       "PaymentRefunded amount=300 reason=CUSTOMER\n"
                                       "BalanceCredited credit_id=k-1 customer_id=c-1 amount=700\n",                                  true,  700 },
    { "what was spent does not matter",  "BalanceCredited credit_id=k-1 customer_id=c-1 amount=9007199254740991\n"
                                       "PaymentCompleted attempt=1 revision=1 amount=300\n"
                                       "BalanceCredited credit_id=k-2 customer_id=c-1 amount=1\n",                                    true,  9007199254740691 },
    { "the maximum",                   "BalanceCredited credit_id=k-1 customer_id=c-1 amount=9007199254740991\n",                     true,  9007199254740991 },
    { "beyond it counts nowhere",      "BalanceCredited credit_id=k-1 customer_id=c-1 amount=9007199254740991\n"
                                       "BalanceCredited credit_id=k-2 customer_id=c-1 amount=1\n",                                    true,  9007199254740991 },
};

#define ISSUED   "CouponIssued coupon_code=C1 customer_id=c-1 discount=500 revision=3\n"
#define APPLIED  "CouponApplied coupon_code=C1 discount=500\n"
#define RESTORED "CouponRestored coupon_code=C1\n"

static const struct { const char *because, *lines; int64_t discount; enum coupon_use status; const char *used_by; } coupons[] = {
    { "issued",                        ISSUED,                                                                                        500, SHOWN_AVAILABLE, "" },
    { "the higher revision wins",      ISSUED "CouponIssued coupon_code=C1 discount=900 revision=2\n",                                500, SHOWN_AVAILABLE, "" },
    { "newer terms",                   ISSUED "CouponIssued coupon_code=C1 discount=900 revision=4\n",                                900, SHOWN_AVAILABLE, "" },
    { "a used one is never changed",   ISSUED APPLIED "CouponIssued coupon_code=C1 discount=900 revision=4\n",                        500, SHOWN_USED,      FLOW_ORDER },
    { "used before it was issued",     APPLIED ISSUED,                                                                                500, SHOWN_USED,      FLOW_ORDER },
    { "restored",                      ISSUED APPLIED RESTORED RESTORED,                                                              500, SHOWN_AVAILABLE, FLOW_ORDER },
    { "restored before applied",       ISSUED RESTORED APPLIED,                                                                       500, SHOWN_AVAILABLE, FLOW_ORDER },
    { "passed on, the end first",      ISSUED APPLIED "CouponApplied order_id=" OTHER_ORDER " coupon_code=C1 discount=500\n" RESTORED, 500, SHOWN_USED,     OTHER_ORDER },
};
/* clang-format on */

Test(catalogue, counts_units_once_and_in_any_order)
{
    for (size_t i = 0; i < 2 * COUNT_OF(products); i++) {
        size_t at = i / 2;
        struct product_view product;
        end();
        begin();
        tell(products[at].lines, i % 2 == 1);
        (void)shelf_row(shelf, TIMELINE_PRODUCT, "sku-1", &product);
        cr_expect_eq(product.listed, products[at].listed, "%s", products[at].because);
        cr_expect_eq(product.unit_price, products[at].price, "%s", products[at].because);
        cr_expect_eq(product.available, products[at].available, "%s: %ld", products[at].because,
                     (long)product.available);
    }
}

Test(catalogue, counts_money_once_and_in_any_order)
{
    for (size_t i = 0; i < 2 * COUNT_OF(balances); i++) {
        size_t at = i / 2;
        struct customer_view customer;
        end();
        begin();
        tell(balances[at].lines, i % 2 == 1);
        (void)shelf_row(shelf, TIMELINE_CUSTOMER, "c-1", &customer);
        cr_expect_eq(customer.known, balances[at].known, "%s", balances[at].because);
        cr_expect_eq(customer.balance, balances[at].balance, "%s: %ld", balances[at].because,
                     (long)customer.balance);
    }
}

Test(catalogue, shows_newest_terms_and_who_has_a_coupon)
{
    for (size_t i = 0; i < 2 * COUNT_OF(coupons); i++) {
        size_t at = i / 2;
        struct coupon_view coupon;
        end();
        begin();
        tell(coupons[at].lines, i % 2 == 1);
        (void)shelf_row(shelf, TIMELINE_COUPON, "C1", &coupon);
        cr_expect_eq(coupon.discount, coupons[at].discount, "%s", coupons[at].because);
        cr_expect_eq(coupon.status, coupons[at].status, "%s", coupons[at].because);
        cr_expect_str_eq(coupon.used_by.text, coupons[at].used_by, "%s", coupons[at].because);
    }
}

/* ---- every route of the choreography, and no other */

Test(catalogue, routes_every_topic_that_timeline_consumes)
{
    for (int type = EV_NONE + 1; type < EV_COUNT; type++) {
        bool is_consumed = (topics[type].consumers & PARTY_TIMELINE) != 0;
        bool is_routed = service_route(&timeline_service, (enum event_type)type) != NULL;
        cr_expect_eq(is_consumed, is_routed, "%s", topics[type].name);
        cr_expect_eq(is_routed, topics[type].has_topic && type != EV_DEAD_LETTER);
    }
}
