/* flow.c — see flow.h */
#include "unit_timeline/flow.h"
#include "json/json_write.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct { const char *word, *json; } vocabulary[] = {
    { "I",  "[{\"product_id\":\"sku-1\",\"quantity\":2}]" },
    { "P",  "[{\"product_id\":\"sku-1\",\"quantity\":2,\"unit_price\":1000}]" },
    { "B",  "[{\"product_id\":\"sku-1\",\"quantity\":99}]" },
    { "L",  "[{\"product_id\":\"sku-1\",\"requested\":2,\"available\":1}]" },
    { "S1", "{\"recipient\":\"김하나\",\"address\":\"Seoul 1\",\"contact\":\"010-1\"}" },
    { "S2", "{\"recipient\":\"김하나\",\"address\":\"Seoul 2\",\"contact\":\"010-2\"}" },
    { "S9", "{\"recipient\":\"stranger\",\"address\":\"Nowhere\",\"contact\":\"000\"}" },
    { "D",  "\"2027-01-15T09:00:00.000Z\"" },
    { "A",  "[\"C1\"]" },
    { "AB", "[\"C1\",\"C2\"]" },
    { "N",  "[]" },
};
/* clang-format on */

bool
flow_is_request(const struct event *event)
{
    return event->type == EV_COUPON_SELECTED || event->type == EV_SHIPPING_SUBMITTED ||
           event->type == EV_PAYMENT_REQUESTED || event->type == EV_CANCEL_REQUESTED;
}

static void
write_value(struct json_writer *out, const char *value)
{
    for (size_t i = 0; i < sizeof vocabulary / sizeof vocabulary[0]; i++)
        if (strcmp(vocabulary[i].word, value) == 0) {
            json_raw(out, vocabulary[i].json, strlen(vocabulary[i].json));
            return;
        }
    bool is_number = value[strspn(value, "0123456789")] == '\0';
    if (is_number || strcmp(value, "true") == 0 || strcmp(value, "false") == 0)
        json_raw(out, value, strlen(value));
    else
        json_text(out, value);
}

static void
write_field(struct json_writer *out, char *field)
{
    char *equals = strchr(field, '=');
    if (equals == NULL) {
        (void)fprintf(stderr, "flow: %s is no field\n", field);
        abort();
    }
    *equals = '\0';
    json_name(out, field);
    write_value(out, equals + 1);
}

static bool
names(const char *fields, const char *field)
{
    return strstr(fields, field) != NULL;
}

static struct event *
event_of(struct arena *arena, char *line, int number)
{
    struct event *event = arena_take(arena, sizeof *event);
    struct json_writer out;
    struct event_error err = { "", "", "" };
    char *rest = NULL, *whole = arena_text(arena, line, strlen(line));
    const char *name = strtok_r(line, " ", &rest);
    enum event_type type = event_type_of(name);
    json_writer_init(&out, arena, 512);
    json_begin_object(&out);
    bool is_order_event = topics[type].key == KEY_ORDER;
    if (is_order_event && !names(whole, "order_id=")) {
        json_name(&out, "order_id");
        json_text(&out, FLOW_ORDER);
    }
    if (is_order_event && type != EV_EXPORT_ACKNOWLEDGED && !names(whole, "customer_id=")) {
        json_name(&out, "customer_id");
        json_text(&out, "c-1");
    }
    for (char *field = strtok_r(NULL, " ", &rest); field; field = strtok_r(NULL, " ", &rest))
        write_field(&out, field);
    json_end_object(&out);
    if (!event_decode(arena, type, out.bytes, out.length, event, &err)) {
        (void)fprintf(stderr, "flow: %s: %s %s\n", whole, err.pointer, err.detail);
        abort();
    }
    event->id = uuid_v5(UUID_NAMESPACE_RECORD, whole, strlen(whole));
    event->at_us = FLOW_START_US + number * 1000;
    return event;
}

struct flow
flow_of(struct arena *arena, const char *lines)
{
    struct flow flow = { 0 };
    char *text = arena_text(arena, lines, strlen(lines)), *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        if (flow.count == FLOW_EVENTS_MAX)
            abort();
        flow.events[flow.count] = event_of(arena, line, (int)flow.count);
        flow.count++;
    }
    return flow;
}
