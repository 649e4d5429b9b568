/* timeline_rows.c — how the read model's rows lie in its tables. */
#include "domain_timeline_sql.h"
#include "timeline/timeline_parts.h"

static const char *const coupon_uses[] = { "AVAILABLE", "USED", NULL };

/* The fold's memory as it lies in the struct; no fact, because last_seq depends on arrival. */
#define FOLD_COLUMN                                                                                \
    {                                                                                              \
        .name = "fold", .type = COLUMN_BYTES, .offset = FOLD_OFFSET, .bytes = FOLD_BYTES           \
    }
/* Computed from the whole row, so that is its member. */
#define SHOWN_COLUMN                                                                               \
    {                                                                                              \
        .name = "shown", .type = COLUMN_JSON, .bytes = sizeof(struct order_view), .is_fact = true, \
        .write_json = json_write_order_shown, .read_json = json_read_shown_json                    \
    }
/* Only ever written. */
#define EVENTS_COLUMN                                                                              \
    {                                                                                              \
        .name = "events", .type = COLUMN_JSON, .offset = offsetof(struct order_events, events),    \
        .bytes = sizeof(struct json_writer), .write_json = json_write_order_events                 \
    }

static const struct column order_columns[] = {
    COLUMN(order_view, order_id, COLUMN_UUID, true),
    COLUMN(order_view, customer_id, COLUMN_TEXT, true),
    COLUMN_INSTANT(order_view, created_at, true),
    COLUMN(order_view, request_digest, COLUMN_TEXT, true),
    COLUMN_ENUM(order_view, status, shown_statuses, true),
    FOLD_COLUMN,
    COLUMN_STRUCT(order_view, codes, order_codes, true),
    SHOWN_COLUMN,
    COLUMN_STRUCT(order_view, items, shown_json, true),
    COLUMN_STRUCT(order_view, shipping, shown_json, true),
    COLUMN_STRUCT(order_view, rejection_lines, shown_json, true),
};

static const struct column early_columns[] = {
    COLUMN(order_early, order_id, COLUMN_UUID, false),
    COLUMN_STRUCT(order_early, intents, early_intents, false),
};

static const struct column events_columns[] = {
    COLUMN(order_events, order_id, COLUMN_UUID, false),
    COLUMN(order_events, first_seq, COLUMN_INT32, false),
    COLUMN(order_events, last_seq, COLUMN_INT32, false),
    EVENTS_COLUMN,
};

static const struct column product_columns[] = {
    COLUMN(product_view, product_id, COLUMN_TEXT, true),
    COLUMN(product_view, listed, COLUMN_BOOL, true),
    COLUMN(product_view, revision, COLUMN_INT64, true),
    COLUMN(product_view, name, COLUMN_TEXT, true),
    COLUMN(product_view, unit_price, COLUMN_INT64, true),
    COLUMN(product_view, available, COLUMN_INT64, true),
};

static const struct column customer_columns[] = {
    COLUMN(customer_view, customer_id, COLUMN_TEXT, true),
    COLUMN(customer_view, known, COLUMN_BOOL, true),
    COLUMN(customer_view, credited, COLUMN_INT64, true),
    COLUMN(customer_view, balance, COLUMN_INT64, true),
};

static const struct column coupon_columns[] = {
    COLUMN(coupon_view, coupon_code, COLUMN_TEXT, true),
    COLUMN(coupon_view, issued, COLUMN_BOOL, true),
    COLUMN(coupon_view, revision, COLUMN_INT64, true),
    COLUMN(coupon_view, customer_id, COLUMN_TEXT, true),
    COLUMN(coupon_view, discount, COLUMN_INT64, true),
    COLUMN(coupon_view, percent, COLUMN_INT32, true),
    COLUMN(coupon_view, minimum_amount, COLUMN_INT64, true),
    COLUMN_INSTANT(coupon_view, expires_at, true),
    COLUMN(coupon_view, standing, COLUMN_INT32, true),
    COLUMN_ENUM(coupon_view, status, coupon_uses, true),
    COLUMN(coupon_view, used_by, COLUMN_UUID, true),
    COLUMN_INSTANT(coupon_view, used_at, true),
};

static const struct column replenishment_columns[] = {
    COLUMN(replenishment_seen, replenishment_id, COLUMN_TEXT, true),
    COLUMN(replenishment_seen, product_id, COLUMN_TEXT, true),
    COLUMN(replenishment_seen, quantity, COLUMN_INT32, true),
};

static const struct column credit_columns[] = {
    COLUMN(credit_seen, credit_id, COLUMN_TEXT, true),
    COLUMN(credit_seen, customer_id, COLUMN_TEXT, true),
    COLUMN(credit_seen, amount, COLUMN_INT64, true),
};

/* Only ever written. */
#define CODES_COLUMN                                                                               \
    {                                                                                              \
        .name = "codes", .type = COLUMN_JSON, .offset = offsetof(struct order_place, codes),       \
        .bytes = sizeof(struct order_codes), .write_json = json_write_code_names                   \
    }

static const struct column place_columns[] = {
    COLUMN(order_place, order_id, COLUMN_UUID, false),
    COLUMN_INSTANT(order_place, was_open_at, false),
    COLUMN_INSTANT(order_place, open_at, false),
    CODES_COLUMN,
};

static const struct column tally_columns[] = {
    COLUMN(order_tally, requested, COLUMN_INT64, false),
    COLUMN(order_tally, sold_out, COLUMN_INT64, false),
    COLUMN(order_tally, reserved, COLUMN_INT64, false),
    COLUMN(order_tally, pending, COLUMN_INT64, false),
    COLUMN(order_tally, paid, COLUMN_INT64, false),
    COLUMN(order_tally, cancelled, COLUMN_INT64, false),
    COLUMN(order_tally, moving, COLUMN_INT64, false),
};

/* Appended rows that the save statement brings into other tables. */
#define ROW_TYPE_TOLD(row, row_name, row_key, row_columns, save)                                   \
    {                                                                                              \
        .name = row_name, .row_bytes = sizeof(struct row),                                         \
        .key_offset = offsetof(struct row, row_key),                                               \
        .key_bytes = sizeof(((struct row *)0)->row_key),                                           \
        .guard = ROW_APPENDED, .columns = row_columns, .column_count = COUNT_OF(row_columns),      \
        .save_sql = save, .has_no_table = true                                                     \
    }

const struct row_type timeline_rows[TIMELINE_ROW_TYPES] = {
    [TIMELINE_ORDER] = ROW_TYPE(order_view, "order_view", order_id, ROW_BY_VERSION, order_columns,
                                SQL_LOAD_ORDERS, SQL_SAVE_ORDERS),
    [TIMELINE_EARLY] = ROW_TYPE(order_early, "order_early", order_id, ROW_BY_VERSION, early_columns,
                                SQL_LOAD_EARLY, SQL_SAVE_EARLY),
    [TIMELINE_EVENTS] = ROW_TYPE(order_events, "order_events", order_id, ROW_APPENDED,
                                 events_columns, NULL, SQL_SAVE_EVENTS),
    [TIMELINE_PRODUCT] = ROW_TYPE(product_view, "product_view", product_id, ROW_BY_LOCK,
                                  product_columns, SQL_LOCK_PRODUCTS, SQL_SAVE_PRODUCTS),
    [TIMELINE_CUSTOMER] = ROW_TYPE(customer_view, "customer_view", customer_id, ROW_BY_LOCK,
                                   customer_columns, SQL_LOCK_CUSTOMERS, SQL_SAVE_CUSTOMERS),
    [TIMELINE_COUPON] = ROW_TYPE(coupon_view, "coupon_view", coupon_code, ROW_BY_LOCK,
                                 coupon_columns, SQL_LOCK_COUPONS, SQL_SAVE_COUPONS),
    [TIMELINE_REPLENISHMENT] =
        ROW_TYPE(replenishment_seen, "replenishment_seen", replenishment_id, ROW_BY_VERSION,
                 replenishment_columns, SQL_LOAD_REPLENISHMENTS, SQL_SAVE_REPLENISHMENTS),
    [TIMELINE_CREDIT] = ROW_TYPE(credit_seen, "credit_seen", credit_id, ROW_BY_VERSION,
                                 credit_columns, SQL_LOAD_CREDITS, SQL_SAVE_CREDITS),
    [TIMELINE_PLACE] =
        ROW_TYPE_TOLD(order_place, "order_place", order_id, place_columns, SQL_SAVE_PLACES),
    [TIMELINE_TALLY] =
        ROW_TYPE_TOLD(order_tally, "order_tally", key, tally_columns, SQL_SAVE_TALLIES),
};
