/* coupon_rows.c — how coupon's rows lie in its tables. */
#include "coupon/coupon_parts.h"
#include "domain_coupon_sql.h"
#include "json/json_shape.h"

const char *const coupon_states[] = { "UNKNOWN", "AVAILABLE", "USED", NULL };

static const char *const outcome_names[] = { "NONE", "APPLIED", "REJECTED", "RESTORED", NULL };

/* Index = enum coupon_rejected_reason; what was not refused has no reason. */
static const char *const reason_names[] = {
    "NONE",      "CANCELLED",    "TOO_LATE", "ANOTHER_APPLIED", "UNKNOWN",
    "NOT_YOURS", "ALREADY_USED", "EXPIRED",  "BELOW_MINIMUM",   NULL
};

/* ---- tries ↔ [{"coupon_code","outcome","reason","discount"}] */

static const struct json_shape shape_reason = { .kind = SHAPE_NAME,
                                                .bytes = sizeof(enum coupon_rejected_reason),
                                                .names = reason_names };

static const struct json_shape shape_outcome = { .kind = SHAPE_NAME,
                                                 .bytes = sizeof(enum coupon_outcome),
                                                 .names = outcome_names };

#define TRY_FIELD(label, member, shape)                                                            \
    {                                                                                              \
        label, sizeof label - 1, true, 0, offsetof(struct coupon_try, member), SHAPE_NO_OFFSET,    \
            shape                                                                                  \
    }

static const struct json_shape_field try_fields[] = {
    TRY_FIELD(",\"coupon_code\":", coupon_code, &shape_coupon_code),
    TRY_FIELD(",\"outcome\":", outcome, &shape_outcome),
    TRY_FIELD(",\"reason\":", reason, &shape_reason),
    TRY_FIELD(",\"discount\":", discount, &shape_money),
};

static const struct json_shape shape_try = { .kind = SHAPE_OBJECT,
                                             .bytes = sizeof(struct coupon_try),
                                             .fields = try_fields,
                                             .field_count = COUNT_OF(try_fields),
                                             .required = 0xf };

static const struct json_shape shape_tries = { .kind = SHAPE_LIST,
                                               .bytes = sizeof(struct coupon_tries),
                                               .maximum = ORDER_CODES_MAX,
                                               .element = &shape_try,
                                               .elements_offset = offsetof(struct coupon_tries, at),
                                               .unique_offset =
                                                   offsetof(struct coupon_try, coupon_code) };

static void
json_write_coupon_tries(struct json_writer *out, const void *member)
{
    shape_write(&shape_tries, out, member);
}

static bool
json_read_coupon_tries(const struct json_doc *doc, uint32_t node, void *member)
{
    struct shape_error ignored;
    return shape_read(&shape_tries, doc, node, member, &ignored);
}

/* ---- columns */

static const struct column order_columns[] = {
    COLUMN(coupon_order, order_id, COLUMN_UUID, true),
    COLUMN(coupon_order, customer_id, COLUMN_TEXT, true),
    COLUMN(coupon_order, cancelled, COLUMN_BOOL, true),
    COLUMN_STRUCT(coupon_order, tries, coupon_tries, true),
};

static const struct column coupon_columns[] = {
    COLUMN(coupon, coupon_code, COLUMN_TEXT, true),
    COLUMN_ENUM(coupon, state, coupon_states, true),
    COLUMN(coupon, customer_id, COLUMN_TEXT, true),
    COLUMN(coupon, revision, COLUMN_INT64, true),
    COLUMN(coupon, discount, COLUMN_INT64, true),
    COLUMN(coupon, percent, COLUMN_INT32, true),
    COLUMN(coupon, minimum_amount, COLUMN_INT64, true),
    COLUMN_INSTANT(coupon, expires_at, true),
    COLUMN(coupon, used_by, COLUMN_UUID, true),
};

const struct row_type coupon_rows[COUPON_ROW_TYPES] = {
    [COUPON_ORDER] = ROW_TYPE(coupon_order, "order_coupon", order_id, ROW_BY_VERSION, order_columns,
                              SQL_LOAD_ORDERS, SQL_SAVE_ORDERS),
    [COUPON_COUPON] = ROW_TYPE(coupon, "coupon", coupon_code, ROW_BY_LOCK, coupon_columns,
                               SQL_LOCK_COUPONS, SQL_SAVE_COUPONS),
};
