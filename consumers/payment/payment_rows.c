/* payment_rows.c — how payment's rows lie in its tables. */
#include "domain_payment_sql.h"
#include "json/json_shape.h"
#include "payment/payment_parts.h"

const char *const payment_states[] = { "NONE",     "OPEN",   "CAPTURED", "REFUNDED",
                                       "VOIDED",   "FENCED", NULL };

/* ---- waiting ↔ [{"customer_id","attempt","revision","expected_amount"?,"partition","offset"}] */

static const struct json_shape shape_attempt_number = { .kind = SHAPE_INT32,
                                                        .bytes = sizeof(int32_t),
                                                        .minimum = 0,
                                                        .maximum = PAYMENT_ATTEMPT_MAX };
static const struct json_shape shape_revision_number = { .kind = SHAPE_INT32,
                                                         .bytes = sizeof(int32_t),
                                                         .minimum = 0,
                                                         .maximum = REVISION_MAX };
static const struct json_shape shape_partition = { .kind = SHAPE_INT32,
                                                   .bytes = sizeof(int32_t),
                                                   .minimum = 0,
                                                   .maximum = INT32_MAX };
static const struct json_shape shape_offset = { .kind = SHAPE_INT64,
                                                .bytes = sizeof(int64_t),
                                                .minimum = 0,
                                                .maximum = INT64_MAX };

#define REQUEST_FIELD(label, member, member_shape)                                                 \
    { label, sizeof label - 1, true, 0, offsetof(struct payment_request, member), SHAPE_NO_OFFSET, \
      member_shape }

static const struct json_shape_field request_fields[] = {
    REQUEST_FIELD(",\"customer_id\":", customer_id, &shape_customer_id),
    REQUEST_FIELD(",\"attempt\":", attempt, &shape_attempt_number),
    REQUEST_FIELD(",\"revision\":", revision, &shape_revision_number),
    REQUEST_FIELD(",\"partition\":", source_partition, &shape_partition),
    REQUEST_FIELD(",\"offset\":", source_offset, &shape_offset),
    { ",\"expected_amount\":", sizeof ",\"expected_amount\":" - 1, false, 0,
      offsetof(struct payment_request, expected_amount),
      offsetof(struct payment_request, has_expected_amount), &shape_money },
};

static const struct json_shape shape_request = { .kind = SHAPE_OBJECT,
                                                 .bytes = sizeof(struct payment_request),
                                                 .fields = request_fields,
                                                 .field_count = COUNT_OF(request_fields),
                                                 .required = 0x1f };

static const struct json_shape shape_requests = {
    .kind = SHAPE_LIST,
    .bytes = sizeof(struct payment_requests),
    .maximum = PAYMENT_WAITING_MAX,
    .element = &shape_request,
    .elements_offset = offsetof(struct payment_requests, at),
    .unique_offset = SHAPE_NO_OFFSET,
};

static void
json_write_payment_requests(struct json_writer *out, const void *member)
{
    shape_write(&shape_requests, out, member);
}

static bool
json_read_payment_requests(const struct json_doc *doc, uint32_t node, void *member)
{
    struct shape_error ignored;
    return shape_read(&shape_requests, doc, node, member, &ignored);
}

/* ---- columns */

static const struct column payment_columns[] = {
    COLUMN(payment, order_id, COLUMN_UUID, true),
    COLUMN(payment, customer_id, COLUMN_TEXT, true),
    COLUMN_ENUM(payment, state, payment_states, true),
    COLUMN(payment, revision, COLUMN_INT32, true),
    COLUMN(payment, amount, COLUMN_INT64, true),
    COLUMN(payment, captured_attempt, COLUMN_INT32, true),
    COLUMN(payment, captured_amount, COLUMN_INT64, true),
    COLUMN(payment, refunded_amount, COLUMN_INT64, true),
    COLUMN(payment, decided, COLUMN_BYTES, true),
    COLUMN_STRUCT(payment, waiting, payment_requests, false),
};

static const struct column balance_columns[] = {
    COLUMN(balance, customer_id, COLUMN_TEXT, true),
    COLUMN(balance, known, COLUMN_BOOL, true),
    COLUMN(balance, balance, COLUMN_INT64, true),
    COLUMN(balance, credited, COLUMN_INT64, true),
    COLUMN(balance, captured, COLUMN_INT64, true),
};

static const struct column credit_columns[] = {
    COLUMN(credit, credit_id, COLUMN_TEXT, true),
    COLUMN(credit, customer_id, COLUMN_TEXT, true),
    COLUMN(credit, amount, COLUMN_INT64, true),
    COLUMN_INSTANT(credit, credited_at, true),
};

const struct row_type payment_rows[PAYMENT_ROW_TYPES] = {
    [PAYMENT_PAYMENT] = ROW_TYPE(payment, "payment", order_id, ROW_BY_VERSION, payment_columns,
                                 SQL_LOAD_PAYMENTS, SQL_SAVE_PAYMENTS),
    [PAYMENT_BALANCE] = ROW_TYPE(balance, "balance", customer_id, ROW_BY_LOCK, balance_columns,
                                 SQL_LOCK_BALANCES, SQL_SAVE_BALANCES),
    [PAYMENT_CREDIT] = ROW_TYPE(credit, "credit", credit_id, ROW_BY_VERSION, credit_columns,
                                SQL_LOAD_CREDITS, SQL_SAVE_CREDITS),
};
