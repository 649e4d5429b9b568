/* order_rows.c — how order's rows lie in its tables. */
#include "domain_order_sql.h"
#include "json/json_shape.h"
#include "order/order_parts.h"

const char *const order_states[] = { "NONE",      "RESERVED", "PENDING", "PAID",
                                     "CANCELLED", "SOLD_OUT", NULL };

static const char *const code_states[] = { "WAITING", "ASKED",    "APPLIED", "REJECTED",
                                           "REFUSED", "RESTORED", NULL };

#define FIELD(row, label, member, required, has, member_shape)                                     \
    {                                                                                              \
        label, sizeof label - 1, required, 0, offsetof(struct row, member), has, member_shape      \
    }
#define REQUIRED(row, label, member, member_shape)                                                 \
    FIELD(row, label, member, true, SHAPE_NO_OFFSET, member_shape)
#define OPTIONAL(row, label, member, member_shape)                                                 \
    FIELD(row, label, member, false, offsetof(struct row, has_##member), member_shape)
#define OBJECT(row, row_fields, required_bits)                                                     \
    {                                                                                              \
        .kind = SHAPE_OBJECT, .bytes = sizeof(struct row), .fields = row_fields,                   \
        .field_count = COUNT_OF(row_fields), .required = required_bits                             \
    }
#define LIST(list, most, element_shape)                                                            \
    {                                                                                              \
        .kind = SHAPE_LIST, .bytes = sizeof(struct list), .maximum = most,                         \
        .element = element_shape, .elements_offset = offsetof(struct list, at),                    \
        .unique_offset = SHAPE_NO_OFFSET                                                           \
    }

/* A shape as the two functions that a JSON column wants. */
#define JSON_COLUMN(name)                                                                          \
    static void json_write_##name(struct json_writer *out, const void *member)                     \
    {                                                                                              \
        shape_write(&shape_##name, out, member);                                                   \
    }                                                                                              \
    static bool json_read_##name(const struct json_doc *doc, uint32_t node, void *member)          \
    {                                                                                              \
        struct shape_error ignored;                                                                \
        return shape_read(&shape_##name, doc, node, member, &ignored);                             \
    }

/* ---- codes ↔ [{"coupon_code","state","discount"}] */

static const struct json_shape shape_code_state = { .kind = SHAPE_NAME,
                                                    .bytes = sizeof(enum code_state),
                                                    .names = code_states };
static const struct json_shape_field code_fields[] = {
    REQUIRED(order_code, ",\"coupon_code\":", coupon_code, &shape_coupon_code),
    REQUIRED(order_code, ",\"state\":", state, &shape_code_state),
    REQUIRED(order_code, ",\"discount\":", discount, &shape_money),
};
static const struct json_shape shape_code = OBJECT(order_code, code_fields, 0x7);
static const struct json_shape shape_order_codes = LIST(order_codes, ORDER_CODES_MAX, &shape_code);
JSON_COLUMN(order_codes)

/* ---- requests before their order */

static const struct json_shape shape_partition = {
    .kind = SHAPE_INT32, .bytes = sizeof(int32_t), .minimum = 0, .maximum = INT32_MAX
};
static const struct json_shape shape_offset = {
    .kind = SHAPE_INT64, .bytes = sizeof(int64_t), .minimum = -1, .maximum = INT64_MAX
};
static const struct json_shape_field source_fields[] = {
    REQUIRED(early_source, ",\"partition\":", partition, &shape_partition),
    REQUIRED(early_source, ",\"offset\":", offset, &shape_offset),
};
static const struct json_shape shape_source = OBJECT(early_source, source_fields, 0x3);

static const struct json_shape_field early_code_fields[] = {
    REQUIRED(early_code, ",\"coupon_code\":", coupon_code, &shape_coupon_code),
    REQUIRED(early_code, ",\"source\":", source, &shape_source),
};
static const struct json_shape shape_early_code = OBJECT(early_code, early_code_fields, 0x3);
static const struct json_shape shape_early_codes =
    LIST(early_codes, EARLY_CODES_MAX, &shape_early_code);

static const struct json_shape shape_cancel_reason = { .kind = SHAPE_NAME,
                                                       .bytes =
                                                           sizeof(enum cancel_requested_reason),
                                                       .names = cancel_requested_reason_names,
                                                       .is_open = true };
static const struct json_shape_field early_cancel_fields[] = {
    REQUIRED(early_cancel, ",\"reason\":", reason, &shape_cancel_reason),
    REQUIRED(early_cancel, ",\"source\":", source, &shape_source),
};
static const struct json_shape shape_early_cancel = OBJECT(early_cancel, early_cancel_fields, 0x3);
static const struct json_shape shape_early_cancels =
    LIST(early_cancels, EARLY_CANCELS_MAX, &shape_early_cancel);

static const struct json_shape shape_any_revision = {
    .kind = SHAPE_INT32, .bytes = sizeof(int32_t), .minimum = 0, .maximum = REVISION_MAX
};
static const struct json_shape_field early_customer_fields[] = {
    REQUIRED(early_customer, ",\"customer_id\":", customer_id, &shape_customer_id),
    REQUIRED(early_customer, ",\"codes\":", codes, &shape_early_codes),
    REQUIRED(early_customer, ",\"cancels\":", cancels, &shape_early_cancels),
    REQUIRED(early_customer, ",\"revision\":", revision, &shape_any_revision),
    REQUIRED(early_customer, ",\"shipping_source\":", shipping_source, &shape_source),
    OPTIONAL(early_customer, ",\"coupon_code\":", coupon_code, &shape_coupon_code),
    OPTIONAL(early_customer, ",\"shipping\":", shipping, &shape_shipping),
};
static const struct json_shape shape_early_customer =
    OBJECT(early_customer, early_customer_fields, 0x1f);
static const struct json_shape shape_early_customers =
    LIST(early_customers, EARLY_CUSTOMERS_MAX, &shape_early_customer);
JSON_COLUMN(early_customers)

/* ---- columns */

static const struct column order_columns[] = {
    COLUMN(order, order_id, COLUMN_UUID, true),
    COLUMN(order, customer_id, COLUMN_TEXT, true),
    COLUMN_ENUM(order, state, order_states, true),
    COLUMN_STRUCT(order, items, priced_lines, true),
    COLUMN(order, subtotal, COLUMN_INT64, true),
    COLUMN(order, discount, COLUMN_INT64, true),
    COLUMN(order, amount, COLUMN_INT64, true),
    COLUMN(order, coupon_code, COLUMN_TEXT, true),
    COLUMN_STRUCT(order, codes, order_codes, false),
    COLUMN(order, auto_pay, COLUMN_BOOL, true),
    COLUMN_ENUM(order, on_coupon_rejected, on_coupon_rejected_names, true),
    COLUMN_ENUM(order, on_payment_failure, on_payment_failure_names, true),
    COLUMN(order, has_expected_amount, COLUMN_BOOL, true),
    COLUMN(order, expected_amount, COLUMN_INT64, true),
    COLUMN(order, submitted_revision, COLUMN_INT32, false),
    COLUMN(order, submitted_code, COLUMN_TEXT, false),
    COLUMN_STRUCT(order, shipping, shipping, true),
    COLUMN(order, created_revision, COLUMN_INT32, true),
    COLUMN_INSTANT(order, deadline_at, true),
    COLUMN(order, timer_partition, COLUMN_INT32, false),
    COLUMN_INSTANT(order, paid_at, true),
    COLUMN_ENUM(order, cancel_reason, order_cancelled_reason_names, true),
    COLUMN(order, cancels_answered, COLUMN_INT32, false),
    COLUMN(order, stock_released, COLUMN_BOOL, true),
    COLUMN(order, payment_refunded, COLUMN_BOOL, true),
    COLUMN(order, has_early, COLUMN_BOOL, false),
};

static const struct column early_columns[] = {
    COLUMN(early, order_id, COLUMN_UUID, false),
    COLUMN_STRUCT(early, customers, early_customers, false),
};

const struct row_type order_rows[ORDER_ROW_TYPES] = {
    [ORDER_ORDER] = ROW_TYPE(order, "orders", order_id, ROW_BY_VERSION, order_columns,
                             SQL_LOAD_ORDERS, SQL_SAVE_ORDERS),
    [ORDER_EARLY] = ROW_TYPE(early, "early", order_id, ROW_BY_VERSION, early_columns,
                             SQL_LOAD_EARLY, SQL_SAVE_EARLY),
};
