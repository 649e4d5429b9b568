/* workload.c — the benchmark's shop.  Contract: workload.h */
#include "load/workload.h"
#include "base/uuid.h"
#include <stdio.h>
#include <string.h>

/* Spreads neighbours over 0 … 99, the same way in every run. */
static int32_t
percentile(int64_t index, uint64_t salt)
{
    uint64_t mixed = ((uint64_t)index + salt) * UINT64_C(0x9E3779B97F4A7C15);
    return (int32_t)((mixed >> 33) % 100);
}

static bool
customer_is_short(const struct workload *load, int64_t customer)
{
    return percentile(customer, 17) < load->short_percent;
}

static int64_t
customer_of(const struct workload *load, int64_t order)
{
    return order % load->customers;
}

static void
name(char *out, size_t out_bytes, const struct workload *load, const char *kind, int64_t index)
{
    snprintf(out, out_bytes, "%s-%s-%lld", load->run, kind, (long long)index);
}

void
workload_product(const struct workload *load, int64_t index, struct product_listed *out)
{
    *out = (struct product_listed){ .unit_price = UNIT_PRICE_FIRST + index % 50 * 100 };
    name(out->product_id.text, sizeof out->product_id.text, load, "p", index);
    snprintf(out->name.text, sizeof out->name.text, "상품 %lld", (long long)index);
}

void
workload_stock(const struct workload *load, int64_t index, struct stock_replenished *out)
{
    const int32_t enough = 1000000;
    *out = (struct stock_replenished){ .quantity = load->units_per_product ? load->units_per_product
                                                                           : enough };
    name(out->product_id.text, sizeof out->product_id.text, load, "p", index);
    name(out->replenishment_id.text, sizeof out->replenishment_id.text, load, "r", index);
}

void
workload_credit(const struct workload *load, int64_t index, struct balance_credited *out)
{
    *out = (struct balance_credited){ .amount = customer_is_short(load, index) ? CREDIT_SHORT
                                                                               : CREDIT_RICH };
    name(out->customer_id.text, sizeof out->customer_id.text, load, "c", index);
    name(out->credit_id.text, sizeof out->credit_id.text, load, "cr", index);
}

bool
workload_coupon(const struct workload *load, int64_t index, struct coupon_issued *out)
{
    if (percentile(index, 0) >= load->coupon_percent)
        return false;
    *out = (struct coupon_issued){ .has_customer_id = true, .has_discount = true, .discount = 500 };
    name(out->coupon_code.text, sizeof out->coupon_code.text, load, "k", index);
    name(out->customer_id.text, sizeof out->customer_id.text, load, "c", customer_of(load, index));
    return true;
}

static void
take_coupon(const struct workload *load, int64_t index, struct order_requested *out)
{
    struct coupon_issued coupon;
    out->has_coupon_code = workload_coupon(load, index, &coupon);
    if (out->has_coupon_code)
        out->coupon_code = coupon.coupon_code;
}

void
workload_order(const struct workload *load, int64_t index, struct order_requested *out)
{
    static const struct shipping home = {
        .recipient = { "김주문" },
        .address = { "서울특별시 중구 세종대로 110, 101동 1001호" },
        .contact = { "010-1234-5678" }
    };
    char seed[96];
    int length = snprintf(seed, sizeof seed, "%s-o-%lld", load->run, (long long)index);
    int64_t customer = customer_of(load, index);

    *out = (struct order_requested){ .has_shipping = true, .shipping = home, .auto_pay = true };
    uuid_format(uuid_v5(UUID_NAMESPACE_ORDER, seed, (size_t)length), out->order_id.text);
    name(out->customer_id.text, sizeof out->customer_id.text, load, "c", customer);
    out->on_payment_failure =
        customer_is_short(load, customer) ? ON_PAYMENT_FAILURE_CANCEL : ON_PAYMENT_FAILURE_WAIT;
    out->items.count = 1;
    name(out->items.at[0].product_id.text, sizeof out->items.at[0].product_id.text, load, "p",
         index % load->products);
    out->items.at[0].quantity = 1 + (int32_t)(index % 3);
    take_coupon(load, index, out);
}
