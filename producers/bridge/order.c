/* order.c — one function per part of the order. */
#include "bridge/order.h"

struct row {
    struct json_writer *out;
    const struct job *job;
    uint32_t at;
};

static bool
is_null(struct row row, enum order_column column)
{
    return job_cell(row.job, row.at, column)->text == NULL;
}

/* A number, a boolean or JSON as it is; null where the column is. */
static void
raw(struct row row, const char *name, enum order_column column)
{
    const struct cell *cell = job_cell(row.job, row.at, column);

    json_name(row.out, name);
    if (cell->text == NULL)
        json_null(row.out);
    else
        json_raw(row.out, cell->text, cell->bytes);
}

static void
text(struct row row, const char *name, enum order_column column)
{
    const struct cell *cell = job_cell(row.job, row.at, column);

    json_name(row.out, name);
    if (cell->text == NULL)
        json_null(row.out);
    else
        json_text_bytes(row.out, cell->text, cell->bytes);
}

/* Opens the object of that name, or writes null and says false. */
static bool
begin_unless_null(struct row row, const char *name, enum order_column column)
{
    json_name(row.out, name);
    if (is_null(row, column)) {
        json_null(row.out);
        return false;
    }
    json_begin_object(row.out);
    return true;
}

static void
write_coupon(struct row row)
{
    if (!begin_unless_null(row, "coupon", ORDER_COUPON_STATUS))
        return;
    text(row, "coupon_code", ORDER_COUPON_CODE);
    text(row, "status", ORDER_COUPON_STATUS);
    text(row, "reason", ORDER_COUPON_REASON);
    json_end_object(row.out);
}

static void
write_payment(struct row row)
{
    if (!begin_unless_null(row, "payment", ORDER_PAYMENT_STATUS))
        return;
    text(row, "status", ORDER_PAYMENT_STATUS);
    raw(row, "attempt", ORDER_PAYMENT_ATTEMPT);
    text(row, "reason", ORDER_PAYMENT_REASON);
    json_end_object(row.out);
}

static void
write_compensation(struct row row)
{
    json_name(row.out, "compensation");
    json_begin_object(row.out);
    text(row, "stock", ORDER_COMPENSATION_STOCK);
    text(row, "coupon", ORDER_COMPENSATION_COUPON);
    text(row, "payment", ORDER_COMPENSATION_PAYMENT);
    json_end_object(row.out);
}

static void
write_rejection(struct row row)
{
    if (!begin_unless_null(row, "rejection", ORDER_REJECTION_REASON))
        return;
    text(row, "reason", ORDER_REJECTION_REASON);
    raw(row, "lines", ORDER_REJECTION_LINES);
    json_end_object(row.out);
}

static void
write_timeline(struct row row)
{
    const struct cell *cell = job_cell(row.job, row.at, ORDER_TIMELINE);

    json_name(row.out, "timeline");
    json_begin_array(row.out);
    if (cell->bytes > 0)
        json_raw(row.out, cell->text, cell->bytes);
    json_end_array(row.out);
}

static void
write_amounts(struct row row)
{
    raw(row, "items", ORDER_ITEMS);
    raw(row, "subtotal", ORDER_SUBTOTAL);
    raw(row, "discount", ORDER_DISCOUNT);
    raw(row, "amount", ORDER_AMOUNT);
    json_name(row.out, "currency");
    json_text(row.out, "KRW");
}

void
order_write(struct json_writer *out, const struct job *job, uint32_t at)
{
    struct row row = { out, job, at };

    json_begin_object(out);
    text(row, "order_id", ORDER_ID);
    text(row, "customer_id", ORDER_CUSTOMER);
    text(row, "status", ORDER_STATUS);
    write_amounts(row);
    write_coupon(row);
    raw(row, "shipping", ORDER_SHIPPING);
    raw(row, "revision", ORDER_REVISION);
    write_payment(row);
    write_compensation(row);
    text(row, "export", ORDER_EXPORT);
    write_rejection(row);
    text(row, "cancel_reason", ORDER_CANCEL_REASON);
    text(row, "deadline_at", ORDER_DEADLINE_AT);
    raw(row, "at_rest", ORDER_AT_REST);
    raw(row, "next", ORDER_NEXT);
    write_timeline(row);
    json_end_object(out);
}

const char *
order_etag(struct arena *arena, const struct job *job, uint32_t row)
{
    return arena_printf(arena, "\"%s-%s\"", job_text(job, row, ORDER_ID),
                        job_text(job, row, ORDER_VERSION));
}
