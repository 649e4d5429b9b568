/* body.c — Contract: body.h */
#include "load/body.h"
#include "json/json_read.h"
#include "json/json_write.h"
#include <stdio.h>
#include <string.h>

static void
write_text(struct json_writer *body, const char *name, const char *text)
{
    json_name(body, name);
    json_text(body, text);
}

static void
write_payment(struct json_writer *body, const struct order_requested *order)
{
    json_name(body, "shipping");
    json_write_shipping(body, &order->shipping);
    json_name(body, "auto_pay");
    json_bool(body, true);
    if (order->on_payment_failure == ON_PAYMENT_FAILURE_CANCEL)
        write_text(body, "on_payment_failure", "cancel");
}

const char *
body_of_order(struct arena *arena, const struct order_requested *order, bool auto_pay)
{
    struct json_writer body;

    json_writer_init(&body, arena, 1024);
    json_begin_object(&body);
    write_text(&body, "customer_id", order->customer_id.text);
    json_name(&body, "items");
    json_write_order_lines(&body, &order->items);
    if (order->has_coupon_code)
        write_text(&body, "coupon_code", order->coupon_code.text);
    if (auto_pay)
        write_payment(&body, order);
    json_end_object(&body);
    return arena_text(arena, body.bytes, body.length);
}

const char *
body_of_shipping(struct arena *arena, const struct order_requested *order)
{
    struct json_writer body;

    json_writer_init(&body, arena, 512);
    json_write_shipping(&body, &order->shipping);
    return arena_text(arena, body.bytes, body.length);
}

bool
body_text(struct arena *arena, const char *bytes, size_t length, const char *name, char *out,
          size_t size)
{
    struct json_doc doc;
    struct json_error bad;
    uint32_t node;

    if (!json_parse(arena, bytes, length, &doc, &bad))
        return false;
    node = json_member(&doc, 0, name);
    if (node == JSON_NONE || doc.nodes[node].type != JSON_STRING)
        return false;
    snprintf(out, size, "%.*s", (int)doc.nodes[node].text_bytes, doc.nodes[node].text);
    return true;
}

bool
body_has_status(struct arena *arena, const char *bytes, size_t length, const char *status)
{
    char found[32];
    return body_text(arena, bytes, length, "status", found, sizeof found) &&
           strcmp(found, status) == 0;
}

static bool
is_true(struct arena *arena, const char *bytes, size_t length, const char *name)
{
    struct json_doc doc;
    struct json_error bad;
    uint32_t node;

    if (!json_parse(arena, bytes, length, &doc, &bad))
        return false;
    node = json_member(&doc, 0, name);
    return node != JSON_NONE && doc.nodes[node].type == JSON_TRUE;
}

bool
body_is_terminal(struct arena *arena, const char *bytes, size_t length)
{
    static const char *const ends[] = { "PAID", "CANCELLED", "SOLD_OUT" };

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (body_has_status(arena, bytes, length, ends[i]))
            return is_true(arena, bytes, length, "at_rest");
    return false;
}
