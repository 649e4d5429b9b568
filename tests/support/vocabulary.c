/* vocabulary.c — see vocabulary.h */
#include "support/vocabulary.h"
#include <stdio.h>
#include <string.h>

struct order_id
order_no(int number)
{
    struct order_id id = { "" };
    snprintf(id.text, sizeof id.text, "00000000-0000-7000-8000-%012d", number);
    return id;
}

struct customer_id
customer(const char *text)
{
    struct customer_id id = { "" };
    snprintf(id.text, sizeof id.text, "%s", text);
    return id;
}

struct product_id
product(const char *text)
{
    struct product_id id = { "" };
    snprintf(id.text, sizeof id.text, "%s", text);
    return id;
}

struct coupon_code
code(const char *text)
{
    struct coupon_code id = { "" };
    snprintf(id.text, sizeof id.text, "%s", text);
    return id;
}

struct order_lines
lines_of(uint32_t count, const struct order_line *lines)
{
    struct order_lines list = { .count = count };
    memcpy(list.at, lines, count * sizeof *lines);
    return list;
}

struct shipping
shipping_to(const char *recipient)
{
    struct shipping to = { .address = { "서울특별시 종로구 세종대로 1" },
                           .contact = { "010-0000-0000" } };
    snprintf(to.recipient.text, sizeof to.recipient.text, "%s", recipient);
    return to;
}
