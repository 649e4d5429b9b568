/* order_shown.c — an order as one JSON text; the view order_shown gives its members as columns. */
#include "timeline/timeline_parts.h"

const char *const shown_statuses[] = { "UNKNOWN", "REQUESTED", "SOLD_OUT",  "RESERVED",
                                       "PENDING", "PAID",      "CANCELLED", NULL };

static const char *const nexts[] = {
    [NEXT_NOTHING] = "[]",
    [NEXT_CANCEL] = "[\"cancel\"]",
    [NEXT_COUPON_SHIPPING_CANCEL] = "[\"coupon\",\"shipping\",\"cancel\"]",
    [NEXT_SHIPPING_CANCEL] = "[\"shipping\",\"cancel\"]",
    [NEXT_PAYMENT_SHIPPING_CANCEL] = "[\"payment\",\"shipping\",\"cancel\"]",
};
static const char *const coupons[] = { NULL, "SELECTED", "APPLIED", "REJECTED", "RESTORED" };
static const char *const payments[] = { NULL, "REQUESTED", "FAILED", "COMPLETED", "REFUNDED" };
static const char *const compensations[] = { NULL, "PENDING", "DONE" };
static const char *const exports[] = { NULL, "SENT", "ACKNOWLEDGED" };

/* ---- members: what is null, false, NONE or 0 is left out, the view order_shown puts it back */

static void
write_flag(struct json_writer *out, const char *name, bool flag)
{
    if (!flag)
        return;
    json_name(out, name);
    json_bool(out, true);
}

static void
write_word(struct json_writer *out, const char *name, const char *word)
{
    if (word == NULL)
        return;
    json_name(out, name);
    json_text(out, word);
}

static void
write_won(struct json_writer *out, const char *name, bool is_known, int64_t amount)
{
    if (!is_known)
        return;
    json_name(out, name);
    json_integer(out, amount);
}

static void
write_count(struct json_writer *out, const char *name, int32_t count)
{
    write_won(out, name, count > 0, count);
}

static const char *
word_if(bool holds, const char *word)
{
    return holds ? word : NULL;
}

/* A stored reason may be one that only a later version knows. */
static const char *
reason_if(bool holds, const char *const *names, uint8_t reason)
{
    uint8_t known = 0;
    while (known < reason && names[known + 1] != NULL)
        known++;
    return word_if(holds, names[known == reason ? reason : 0]);
}

static void
write_rest(struct json_writer *out, const struct order_shown *shown)
{
    write_flag(out, "at_rest", shown->at_rest);
    write_flag(out, "is_over", shown->is_over);
    json_name(out, "next");
    json_raw(out, nexts[shown->next], strlen(nexts[shown->next]));
    write_flag(out, "coupon_open", shown->coupon_open);
    write_flag(out, "shipping_open", shown->shipping_open);
    write_flag(out, "payment_open", shown->payment_open);
    write_flag(out, "cancel_open", shown->cancel_open);
}

static void
write_parts(struct json_writer *out, const struct order_shown *shown)
{
    write_word(out, "coupon_code",
               word_if(shown->coupon_status != SHOWN_NO_COUPON, shown->coupon_code.text));
    write_word(out, "coupon_status", coupons[shown->coupon_status]);
    write_word(out, "coupon_reason", shown->coupon_reason);
    write_word(out, "payment_status", payments[shown->payment_status]);
    write_count(out, "payment_attempt", shown->payment_attempt);
    write_word(out, "payment_reason", shown->payment_reason);
    write_word(out, "compensation_stock", compensations[shown->compensation_stock]);
    write_word(out, "compensation_coupon", compensations[shown->compensation_coupon]);
    write_word(out, "compensation_payment", compensations[shown->compensation_payment]);
    write_word(out, "export", exports[shown->export]);
}

static void
write_told(struct json_writer *out, const struct order_view *order)
{
    bool is_rejected = order_knows(order, FACT_REJECTED);
    bool is_cancelled = order_knows(order, FACT_CANCELLED);
    write_won(out, "subtotal", order->shown.priced, order->subtotal);
    write_won(out, "discount", order->shown.priced, order->discount);
    write_won(out, "amount", order->shown.priced, order->amount);
    write_count(out, "revision", order->revision);
    write_count(out, "last_revision", order->last_revision);
    write_count(out, "last_attempt", order->last_attempt);
    write_word(out, "rejection_reason",
               reason_if(is_rejected, stock_rejected_reason_names, order->rejected_reason));
    write_word(out, "cancel_reason",
               reason_if(is_cancelled, order_cancelled_reason_names, order->cancelled_reason));
    if (order->deadline_at_us == 0)
        return;
    json_name(out, "deadline_at");
    json_instant(out, order->deadline_at_us);
}

void
json_write_order_shown(struct json_writer *out, const void *member)
{
    const struct order_view *order = member;
    json_begin_object(out);
    write_rest(out, &order->shown);
    write_told(out, order);
    write_parts(out, &order->shown);
    json_end_object(out);
}
