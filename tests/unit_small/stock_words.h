/* stock_words.h — the words of the tests of stock: a shop, orders and cancels.
 *
 * Threads  none; `world` is made anew for every test. */
#pragma once
#include "stock/stock.h"
#include "support/table.h"
#include "support/vocabulary.h"
#include "support/world.h"

extern struct world *world;

void words_setup(void);
void words_teardown(void);

void listed(const char *sku, int64_t unit_price, int64_t revision);
void replenished(const char *id, const char *sku, int32_t quantity);
struct event order(int number, const char *customer_id, struct order_lines items);
struct event cancel(int number, const char *customer_id);
void ordered(int number, const char *customer_id, struct order_lines items);
void cancelled(int number, const char *customer_id);
enum hold_state state_of(int number);
void expect_units(const char *sku, int64_t available, int64_t held);
/* A shop: apples at 1,000, pears at 2,500, gold at the most that money can be, air for nothing. */
void a_shop(void);
