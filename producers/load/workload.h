/* workload.h — the benchmark's shop: products, customers, coupons and orders, all told by their index.
 *
 * Shapes   workload: the sizes; every event is a pure function of (workload, index), so that a run can be
 *          repeated and continued.
 * Mix      of the orders coupon_percent name a coupon of their own that is valid, short_percent belong to
 *          customers whose balance is short and are cancelled on failure.
 * Units    indexes from 0; money in won.
 * Errors   none.  Threads: any.
 * Source   the speed floor of the project: docs/performance.md. */
#pragma once
#include "events.h"

struct workload {
    const char *run; /* prefix of every id, so that runs do not meet */
    int64_t orders;
    int32_t products;
    int32_t customers;
    int32_t coupon_percent;
    int32_t short_percent;
    int32_t units_per_product; /* 0: enough for every order */
};

enum { CREDIT_RICH = 1000000000, CREDIT_SHORT = 1, UNIT_PRICE_FIRST = 1000 };

void workload_product(const struct workload *load, int64_t index, struct product_listed *out);
void workload_stock(const struct workload *load, int64_t index, struct stock_replenished *out);
void workload_credit(const struct workload *load, int64_t index, struct balance_credited *out);
/* False: the order of this index has no coupon. */
bool workload_coupon(const struct workload *load, int64_t index, struct coupon_issued *out);
void workload_order(const struct workload *load, int64_t index, struct order_requested *out);
