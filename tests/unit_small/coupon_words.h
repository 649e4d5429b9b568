/* coupon_words.h — the words of the tests of coupon: terms, orders and cancels.
 *
 * Threads  none; `world` is made anew for every test. */
#pragma once
#include "coupon/coupon.h"
#include "support/table.h"
#include "support/vocabulary.h"
#include "support/world.h"

extern struct world *world;

void words_setup(void);
void words_teardown(void);

struct terms {
    const char *coupon_code;
    const char *customer_id; /* NULL: anyone's */
    int64_t discount;        /* used where percent is 0 */
    int32_t percent;
    int64_t minimum_amount;
    int64_t expires_at_us; /* 0: never */
    int64_t revision;      /* 0: none */
};

struct event issue(struct terms terms);
void issued(struct terms terms);
struct event reserve(int number, const char *customer_id, const char *coupon_code,
                     int64_t subtotal);
struct event request(int number, const char *customer_id, const char *coupon_code,
                     int64_t subtotal);
void requested(int number, const char *customer_id, const char *coupon_code, int64_t subtotal);
struct event cancel(int number, const char *customer_id);
void cancelled(int number, const char *customer_id);
const struct coupon *coupon_row(const char *coupon_code);
enum coupon_state state_of(const char *coupon_code);
enum coupon_rejected_reason rejection(void);
