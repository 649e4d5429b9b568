/* vocabulary.h — the words that test cases use for ids, baskets and addresses.
 *
 * Threads  none. */
#pragma once
#include "events.h"

struct order_id order_no(int number); /* 00000000-0000-7000-8000-00000000000n */
struct customer_id customer(const char *text);
struct product_id product(const char *text);
struct coupon_code code(const char *text);
struct order_lines lines_of(uint32_t count, const struct order_line *lines);
struct shipping shipping_to(const char *recipient);

/* items({ product("sku-1"), 2 }, { product("sku-2"), 1 }) */
#define items(...)                                                                                 \
    lines_of((uint32_t)(sizeof((struct order_line[]){ __VA_ARGS__ }) / sizeof(struct order_line)), \
             (struct order_line[]){ __VA_ARGS__ })
