/* order_content.c — items, shipping and rejected lines: JSON written when there is news of it.
 *
 * The row never loads it: what is not written again stays as it was. */
#include "timeline/timeline_parts.h"

static struct shown_json
written(const struct fold *fold, void (*write)(struct json_writer *, const void *),
        const void *member)
{
    struct json_writer out;
    json_writer_init(&out, fold->view->arena, 256);
    write(&out, member);
    json_writer_finish(&out);
    return (struct shown_json){ .bytes = out.bytes, .length = out.length };
}

void
content_items(const struct fold *fold, const struct priced_lines *items)
{
    fold->order->items = written(fold, json_write_priced_lines, items);
}

/* Before stock has priced them. */
static void
write_unpriced(struct json_writer *out, const void *member)
{
    const struct order_lines *items = member;
    json_begin_array(out);
    for (uint32_t i = 0; i < items->count; i++) {
        json_begin_object(out);
        json_name(out, "product_id");
        json_text(out, items->at[i].product_id.text);
        json_name(out, "quantity");
        json_integer(out, items->at[i].quantity);
        json_name(out, "unit_price");
        json_null(out);
        json_end_object(out);
    }
    json_end_array(out);
}

void
content_unpriced_items(const struct fold *fold, const struct order_lines *items)
{
    fold->order->items = written(fold, write_unpriced, items);
}

void
content_rejection(const struct fold *fold, const struct short_lines *lines)
{
    fold->order->rejection_lines = written(fold, json_write_short_lines, lines);
}

/* Newer wins, not later; of one revision, what the services say wins over what was asked for. */
void
content_shipping(const struct fold *fold, int32_t revision, int32_t rank,
                 const struct shipping *shipping)
{
    struct order_view *order = fold->order;
    if (revision > order->last_revision)
        order->last_revision = revision;
    if (rank <= order->shipping_rank)
        return;
    order->shipping_rank = rank;
    order->revision = revision;
    order->shipping = written(fold, json_write_shipping, shipping);
}

/* ---- as columns */

void
json_write_shown_json(struct json_writer *out, const void *member)
{
    const struct shown_json *shown = member;
    if (shown->bytes == NULL)
        json_null(out);
    else
        json_raw(out, shown->bytes, shown->length);
}

bool
json_read_shown_json(const struct json_doc *doc, uint32_t node, void *member)
{
    (void)doc;
    (void)node;
    (void)member;
    return true;
}
