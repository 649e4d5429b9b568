/* projections.c — rows as small integers, remembered per number of rows.  See saga.h */
#include "coupon/coupon.h"
#include "exhaustive/saga.h"
#include "order/order.h"
#include "payment/payment.h"
#include "stock/stock.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const order_is_names[] = { "NONE", "RESERVED",  "PENDING",
                                       "PAID", "CANCELLED", "SOLD_OUT" };

/* A number per packed rows and question, found once. */
struct memory {
    int32_t *known; /* value + 1; 0: not asked yet */
    uint32_t capacity;
};

static int32_t *
remembered(struct memory *memory, rows_no rows)
{
    if (rows >= memory->capacity) {
        uint32_t capacity = rows * 2 + 1024;
        memory->known = memory_grow(memory->known, capacity * sizeof *memory->known);
        memset(memory->known + memory->capacity, 0,
               (capacity - memory->capacity) * sizeof *memory->known);
        memory->capacity = capacity;
    }
    return &memory->known[rows];
}

/* ---- the order's own rows */

/* The row of a type whose key is the order's: packed rows of an order hold at most one of each type. */
static const void *
own_row(enum domain domain, rows_no rows, unsigned row_type, void *into)
{
    for (int order = 0; order < ORDERS_MAX; order++) {
        struct order_id id = order_id_of(order);
        const void *row = rows_find(domain, rows, row_type, id.text, into);
        if (row != NULL)
            return row;
    }
    return NULL;
}

static int32_t
state_in(rows_no rows)
{
    static struct order row;
    if (own_row(ORDER, rows, ORDER_ORDER, &row) == NULL)
        return NOTHING;
    const char *name = order_service.state_names[row.state];
    for (int i = 0; i < ORDER_STATES; i++)
        if (strcmp(order_is_names[i], name) == 0)
            return i;
    fprintf(stderr, "an order is %s, which no property knows\n", name);
    abort();
}

enum order_is
order_state_of(const struct order_log *order)
{
    static struct memory memory;
    int32_t *known = remembered(&memory, order->rows[ORDER]);
    if (*known == 0)
        *known = state_in(order->rows[ORDER]) + 1;
    return (enum order_is)(*known - 1);
}

/* 1: stock released, 2: payment refunded, 4 and 8: codes restored. */
static int32_t
tells(rows_no rows)
{
    static struct order row;
    if (own_row(ORDER, rows, ORDER_ORDER, &row) == NULL)
        return 0;
    int32_t bits = (row.stock_released ? 1 : 0) | (row.payment_refunded ? 2 : 0);
    for (uint32_t i = 0; i < row.codes.count; i++)
        if (row.codes.at[i].state == CODE_RESTORED)
            bits |= strcmp(row.codes.at[i].coupon_code.text, code_text(C1)) == 0 ? 4 : 8;
    return bits;
}

struct told
order_tells(const struct order_log *order)
{
    static struct memory memory;
    int32_t *known = remembered(&memory, order->rows[ORDER]);
    if (*known == 0)
        *known = tells(order->rows[ORDER]) + 1;
    int32_t bits = *known - 1;
    return (struct told){ bits & 1, bits >> 1 & 1, (uint8_t)(bits >> 2) };
}

static int32_t
holds(rows_no rows)
{
    static struct stock_hold row;
    return own_row(STOCK, rows, STOCK_HOLD, &row) != NULL && row.state == HOLD_HELD;
}

bool
order_holds(const struct order_log *order)
{
    static struct memory memory;
    int32_t *known = remembered(&memory, order->rows[STOCK]);
    if (*known == 0)
        *known = holds(order->rows[STOCK]) + 1;
    return *known == 2;
}

static int32_t
codes_applied(rows_no rows)
{
    static struct coupon_order row;
    int32_t codes = 0;
    if (own_row(COUPON, rows, COUPON_ORDER, &row) == NULL)
        return 0;
    for (uint32_t i = 0; i < row.tries.count; i++)
        if (row.tries.at[i].outcome == OUTCOME_APPLIED)
            codes |= strcmp(row.tries.at[i].coupon_code.text, code_text(C1)) == 0 ? C1 : C2;
    return codes;
}

uint8_t
codes_used_by(const struct order_log *order)
{
    static struct memory memory;
    int32_t *known = remembered(&memory, order->rows[COUPON]);
    if (*known == 0)
        *known = codes_applied(order->rows[COUPON]) + 1;
    return (uint8_t)(*known - 1);
}

bool
order_knows_deadline(const struct order_log *order)
{
    for (uint32_t route = 0; route < route_count; route++)
        if (routes[route].topic == EV_STOCK_RESERVED && routes[route].domain == ORDER)
            return order->seen[route] > 0;
    return false;
}

/* ---- what orders share */

struct shop
shop_of(const struct saga *saga)
{
    static struct memory units, used;
    int32_t *known_units = remembered(&units, saga->shared[STOCK]);
    if (*known_units == 0) {
        struct stock_product product = { 0 };
        rows_find(STOCK, saga->shared[STOCK], STOCK_PRODUCT, PRODUCT, &product);
        *known_units =
            1 + (int32_t)((product.available_units & 0x3ff) | (product.held_units & 0x3ff) << 10 |
                          (product.replenished_units & 0x3ff) << 20);
    }
    int32_t *known_used = remembered(&used, saga->shared[COUPON]);
    if (*known_used == 0) {
        *known_used = 1;
        for (uint8_t code = C1; code <= C2; code = (uint8_t)(code << 1)) {
            struct coupon coupon = { 0 };
            rows_find(COUPON, saga->shared[COUPON], COUPON_COUPON, code_text(code), &coupon);
            *known_used += coupon.state == COUPON_USED ? code : 0;
        }
    }
    int32_t packed = *known_units - 1;
    return (struct shop){ packed & 0x3ff, packed >> 10 & 0x3ff, packed >> 20 & 0x3ff,
                          (uint8_t)(*known_used - 1) };
}

int64_t
balance_of(const struct saga *saga)
{
    static struct memory memory;
    int32_t *known = remembered(&memory, saga->shared[PAYMENT]);
    if (*known == 0) {
        struct balance row = { 0 };
        rows_find(PAYMENT, saga->shared[PAYMENT], PAYMENT_BALANCE, CUSTOMER, &row);
        *known = (int32_t)row.balance + 1;
    }
    return *known - 1;
}
