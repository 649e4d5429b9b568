/* order_history.c — the events of an order as shown, and the requests that wait for its owner.
 *
 * Contents   this batch's row of order_events · early requests · their JSON */
#include "timeline/timeline_parts.h"
#include "json/json_read.h"
#include <string.h>

#define FIRST_BYTES_BESIDE_VALUE 256

/* ---- events: one row per order and batch */

static bool
is_of(const struct order_events *events, const struct order_view *order)
{
    return strcmp(events->order_id.text, order->order_id.text) == 0;
}

/* A row of another batch is no trap: rows of this view alone are looked at, and only an order's own
 * is taken. */
static struct order_events *
events_of_batch(struct view *view, struct order_view *order, const struct event *in)
{
    const struct row_table *table = &view->tables[TIMELINE_EVENTS];
    if (order->events_row > 0 && order->events_row <= table->count) {
        struct order_events *known = table->rows[order->events_row - 1].data;
        if (is_of(known, order))
            return known;
    }
    struct order_events *events = view_append(view, TIMELINE_EVENTS);
    order->events_row = table->count;
    events->order_id = order->order_id;
    events->first_seq = order->last_seq + 1;
    json_writer_init(&events->events, view->arena, in->value_bytes + FIRST_BYTES_BESIDE_VALUE);
    json_begin_array(&events->events);
    return events;
}

void
history_append(struct view *view, struct order_view *order, const struct event *in)
{
    struct order_events *events = events_of_batch(view, order, in);
    struct json_writer *out = &events->events;
    char id[UUID_TEXT_BYTES];
    uuid_format(in->id, id);
    events->last_seq = ++order->last_seq;
    json_begin_object(out);
    json_name(out, "seq");
    json_integer(out, order->last_seq);
    json_name(out, "event");
    json_text(out, topics[in->type].name);
    json_name(out, "event_id");
    json_text(out, id);
    json_name(out, "at");
    json_instant(out, in->at_us);
    json_name(out, "data");
    json_raw(out, in->value, in->value_bytes);
    json_end_object(out);
}

void
json_write_order_events(struct json_writer *out, const void *member)
{
    struct json_writer closed = *(const struct json_writer *)member;
    json_end_array(&closed);
    json_raw(out, closed.bytes, closed.length);
}

/* ---- early requests */

static struct early_intents *
early_of(struct view *view, const struct order_view *order)
{
    struct order_early *row = view_row(view, TIMELINE_EARLY, order->order_id.text);
    return &row->intents;
}

static bool
early_add(struct early_intents *early, enum event_type type, int64_t at_us, struct uuid id,
          const char *value, size_t value_bytes)
{
    if (early->count == EARLY_INTENTS_MAX || value_bytes > EARLY_BYTES_MAX - early->used_bytes)
        return false;
    early->at[early->count++] = (struct early_intent){ .type = type,
                                                       .at_us = at_us,
                                                       .id = id,
                                                       .start = early->used_bytes,
                                                       .value_bytes = (uint32_t)value_bytes };
    memcpy(early->bytes + early->used_bytes, value, value_bytes);
    early->used_bytes += (uint32_t)value_bytes;
    return true;
}

/* What finds no room is not shown; its answers will be. */
void
early_keep(struct view *view, struct order_view *order, const struct event *in)
{
    struct early_intents *early = early_of(view, order);
    for (uint32_t i = 0; i < early->count; i++)
        if (uuid_equal(early->at[i].id, in->id))
            return;
    if (early_add(early, in->type, in->at_us, in->id, in->value, in->value_bytes))
        order->early_count = (int32_t)early->count;
}

static const struct event *
decoded(struct view *view, const struct early_intents *early, const struct early_intent *intent)
{
    struct event *in = arena_take(view->arena, sizeof *in);
    struct event_error err;
    const char *value = arena_text(view->arena, early->bytes + intent->start, intent->value_bytes);
    if (!event_decode(view->arena, intent->type, value, intent->value_bytes, in, &err))
        return NULL; /* kept by an older version that took more */
    in->id = intent->id;
    in->at_us = intent->at_us;
    return in;
}

void
early_claim(struct view *view, struct order_view *order,
            void (*take)(struct view *, struct order_view *, const struct event *))
{
    struct early_intents *early = early_of(view, order);
    struct early_intents *waiting = arena_copy(view->arena, early, sizeof *early);
    memset(early, 0, sizeof *early);
    for (uint32_t i = 0; i < waiting->count; i++) {
        const struct early_intent *intent = &waiting->at[i];
        const struct event *in = decoded(view, waiting, intent);
        if (in == NULL)
            continue;
        if (strcmp(fold_customer_of(in)->text, order->customer_id.text) == 0)
            take(view, order, in);
        else if (!order_knows(order, FACT_OWNED))
            (void)early_add(early, intent->type, intent->at_us, intent->id, in->value,
                            in->value_bytes);
    }
    order->early_count = (int32_t)early->count;
}

/* ---- as JSON: [[event, at_us, id, value as text], …] */

void
json_write_early_intents(struct json_writer *out, const void *member)
{
    const struct early_intents *early = member;
    json_begin_array(out);
    for (uint32_t i = 0; i < early->count; i++) {
        const struct early_intent *intent = &early->at[i];
        char id[UUID_TEXT_BYTES];
        uuid_format(intent->id, id);
        json_begin_array(out);
        json_text(out, topics[intent->type].name);
        json_integer(out, intent->at_us);
        json_text(out, id);
        json_text_bytes(out, early->bytes + intent->start, intent->value_bytes);
        json_end_array(out);
    }
    json_end_array(out);
}

static bool
read_intent(const struct json_node *part, struct early_intents *early)
{
    struct uuid id;
    char name[64] = "";
    if (part->type != JSON_ARRAY || part->count != 4 || part[1].type != JSON_STRING ||
        part[2].type != JSON_INTEGER || part[3].type != JSON_STRING ||
        part[4].type != JSON_STRING || part[1].text_bytes >= sizeof name)
        return false;
    memcpy(name, part[1].text, part[1].text_bytes);
    enum event_type type = event_type_of(name);
    return type != EV_NONE && uuid_parse(part[3].text, part[3].text_bytes, &id) &&
           early_add(early, type, part[2].integer, id, part[4].text, part[4].text_bytes);
}

bool
json_read_early_intents(const struct json_doc *doc, uint32_t node, void *member)
{
    struct early_intents *early = member;
    const struct json_node *list = &doc->nodes[node];
    if (list->type != JSON_ARRAY)
        return false;
    uint32_t at = node + 1;
    for (uint32_t i = 0; i < list->count; i++, at = doc->nodes[at].next)
        if (!read_intent(&doc->nodes[at], early))
            return false;
    return true;
}
