/* others.c — any number of other orders, which take from what is shared and give back, at any time.  The
 * rows are changed as another order's decisions would change them.  See saga.h */
#include "coupon/coupon.h"
#include "exhaustive/saga.h"
#include "payment/payment.h"
#include "stock/stock.h"
#include <string.h>

#define SHARED_MAX 65536 /* different shared rows for which an effect is remembered */

bool
others_can(const struct saga *saga, enum others_do deed, uint8_t code)
{
    switch (deed) {
    case TAKE_UNIT:
        return code == C1 && world->attempts > 0 && shop_of(saga).available_units > 0;
    case GIVE_UNIT:
        return code == C1 && saga->others_hold > 0;
    case USE_CODE:
        return (world->others_codes & code) && !(shop_of(saga).used & code);
    case FREE_CODE:
        return (saga->others_use & code) != 0;
    case SPEND:
        return code == C1 && world->attempts > 0 && balance_of(saga) >= PRICE;
    case GET_BACK:
        return code == C1 && saga->others_spent > 0;
    case OTHERS_DEEDS:
        break;
    }
    return false;
}

static rows_no
units_moved(rows_no shared, int units)
{
    struct stock_product product;
    rows_find(STOCK, shared, STOCK_PRODUCT, PRODUCT, &product);
    product.available_units -= units;
    product.held_units += units;
    return rows_replace(STOCK, shared, STOCK_PRODUCT, &product);
}

static rows_no
code_moved(rows_no shared, uint8_t code, bool use)
{
    struct coupon coupon;
    rows_find(COUPON, shared, COUPON_COUPON, code_text(code), &coupon);
    coupon.state = use ? COUPON_USED : COUPON_AVAILABLE;
    coupon.used_by = use ? order_id_of(8) : (struct order_id){ "" };
    return rows_replace(COUPON, shared, COUPON_COUPON, &coupon);
}

static rows_no
money_moved(rows_no shared, int64_t amount)
{
    struct balance balance;
    rows_find(PAYMENT, shared, PAYMENT_BALANCE, CUSTOMER, &balance);
    balance.balance -= amount;
    balance.captured += amount;
    return rows_replace(PAYMENT, shared, PAYMENT_BALANCE, &balance);
}

static rows_no
effect(rows_no shared, enum others_do deed, uint8_t code)
{
    switch (deed) {
    case TAKE_UNIT:
        return units_moved(shared, 1);
    case GIVE_UNIT:
        return units_moved(shared, -1);
    case USE_CODE:
        return code_moved(shared, code, true);
    case FREE_CODE:
        return code_moved(shared, code, false);
    case SPEND:
        return money_moved(shared, PRICE);
    case GET_BACK:
        return money_moved(shared, -PRICE);
    case OTHERS_DEEDS:
        break;
    }
    return shared;
}

static enum domain
domain_of(enum others_do deed)
{
    return deed <= GIVE_UNIT ? STOCK : deed <= FREE_CODE ? COUPON : PAYMENT;
}

void
others_apply(struct saga *saga, enum others_do deed, uint8_t code)
{
    static rows_no remembered[OTHERS_DEEDS][C2 + 1][SHARED_MAX];
    rows_no *shared = &saga->shared[domain_of(deed)];
    if (*shared >= SHARED_MAX)
        *shared = effect(*shared, deed, code);
    else {
        rows_no *known = &remembered[deed][code][*shared];
        if (*known == 0)
            *known = effect(*shared, deed, code);
        *shared = *known;
    }
    saga->others_hold = (uint8_t)(saga->others_hold + (deed == TAKE_UNIT) - (deed == GIVE_UNIT));
    saga->others_spent = (uint8_t)(saga->others_spent + (deed == SPEND) - (deed == GET_BACK));
    if (deed == USE_CODE || deed == FREE_CODE)
        saga->others_use ^= code;
}
