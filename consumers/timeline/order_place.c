/* order_place.c — where an order stands among all others, told to the tables an operator searches by.
 *
 * Contents   the place · this batch's tally · this batch's row of order_place
 *
 * A batch tells how many orders came to stand where, in one row; and one row for each order that began or
 * ceased to be open or named a coupon code: what was when the batch began, what is when it ends. */
#include "timeline/timeline_parts.h"
#include <string.h>

/* ---- the place: shown is computed */

static bool
has_ended(const struct order_view *order)
{
    return order->status == STATUS_SOLD_OUT || order->status == STATUS_PAID ||
           order->status == STATUS_CANCELLED;
}

static struct place
place_of(const struct order_view *order)
{
    bool exists = order->status != STATUS_UNKNOWN;
    bool is_closed = has_ended(order) && order->shown.at_rest;
    return (struct place){ .is_told = true,
                           .status = order->status,
                           .is_moving = exists && !order->shown.at_rest,
                           .open_at_us = exists && !is_closed ? order->created_at_us : 0 };
}

/* What is shown is not loaded. */
static struct place
place_of_loaded(const struct order_view *loaded)
{
    struct order_view was = { .status = STATUS_UNKNOWN };
    if (loaded != NULL)
        was = *loaded;
    show_order(&was);
    return place_of(&was);
}

/* ---- this batch's tally */

static struct order_tally *
tally_of_batch(struct view *view)
{
    const struct row_table *table = &view->tables[TIMELINE_TALLY];
    return table->count > 0 ? table->rows[0].data : view_append(view, TIMELINE_TALLY);
}

static void
count(struct order_tally *tally, const struct place *place, int64_t orders)
{
    int64_t *const of[] = {
        [STATUS_REQUESTED] = &tally->requested, [STATUS_SOLD_OUT] = &tally->sold_out,
        [STATUS_RESERVED] = &tally->reserved,   [STATUS_PENDING] = &tally->pending,
        [STATUS_PAID] = &tally->paid,           [STATUS_CANCELLED] = &tally->cancelled,
    };
    if (place->status == STATUS_UNKNOWN)
        return;
    *of[place->status] += orders;
    tally->moving += place->is_moving ? orders : 0;
}

static void
tell_tally(struct view *view, const struct place *was, const struct place *is)
{
    if (was->status == is->status && was->is_moving == is->is_moving)
        return;
    struct order_tally *tally = tally_of_batch(view);
    count(tally, was, -1);
    count(tally, is, 1);
}

/* ---- this batch's row of order_place */

/* As with its events: a row of another batch is no trap. */
static struct order_place *
known_row(const struct view *view, const struct order_view *order)
{
    const struct row_table *table = &view->tables[TIMELINE_PLACE];
    if (order->place_row == 0 || order->place_row > table->count)
        return NULL;
    struct order_place *known = table->rows[order->place_row - 1].data;
    return strcmp(known->order_id.text, order->order_id.text) == 0 ? known : NULL;
}

static struct order_place *
row_of_batch(struct view *view, struct order_view *order)
{
    struct order_place *row = known_row(view, order);
    if (row != NULL)
        return row;
    row = view_append(view, TIMELINE_PLACE);
    row->order_id = order->order_id;
    row->was_open_at_us = row->open_at_us = order->place.open_at_us;
    order->place_row = view->tables[TIMELINE_PLACE].count;
    return row;
}

/* Not only how many: who was taken for the owner may have named others. */
static bool
names_new_codes(const struct order_view *order, const struct order_view *loaded)
{
    for (uint32_t i = 0; i < order->codes.count; i++) {
        const char *code = order->codes.at[i].code.text;
        uint32_t known = 0, count = loaded != NULL ? loaded->codes.count : 0;
        while (known < count && strcmp(loaded->codes.at[known].code.text, code) != 0)
            known++;
        if (known == count)
            return true;
    }
    return false;
}

void
place_tell(struct view *view, struct order_view *order)
{
    const struct order_view *loaded = view_loaded_row(view, TIMELINE_ORDER, order->order_id.text);
    if (!order->place.is_told)
        order->place = place_of_loaded(loaded);
    struct place is = place_of(order);
    tell_tally(view, &order->place, &is);
    if (is.open_at_us != order->place.open_at_us)
        row_of_batch(view, order)->open_at_us = is.open_at_us;
    if (names_new_codes(order, loaded))
        row_of_batch(view, order)->codes = order->codes;
    order->place = is;
}

/* ---- as JSON: ["code", …] */

void
json_write_code_names(struct json_writer *out, const void *member)
{
    const struct order_codes *codes = member;
    json_begin_array(out);
    for (uint32_t i = 0; i < codes->count; i++)
        json_text(out, codes->at[i].code.text);
    json_end_array(out);
}
