/* stock_rows.c — how stock's rows lie in its tables. */
#include "domain_stock_sql.h"
#include "stock/stock_parts.h"

const char *const hold_states[] = { "NONE", "HELD", "REFUSED", "RELEASED", "FENCED", NULL };

static const char *const reasons[] = {
    "NONE", "CANCELLED", "UNKNOWN_PRODUCT", "AMOUNT_TOO_LARGE", "SOLD_OUT", NULL
};

static const struct column hold_columns[] = {
    COLUMN(stock_hold, order_id, COLUMN_UUID, true),
    COLUMN(stock_hold, customer_id, COLUMN_TEXT, true),
    COLUMN_ENUM(stock_hold, state, hold_states, true),
    COLUMN_ENUM(stock_hold, reason, reasons, true),
    COLUMN_STRUCT(stock_hold, items, priced_lines, true),
    COLUMN(stock_hold, subtotal, COLUMN_INT64, true),
    COLUMN_INSTANT(stock_hold, deadline_at, true),
};

static const struct column product_columns[] = {
    COLUMN(stock_product, product_id, COLUMN_TEXT, true),
    COLUMN(stock_product, listed, COLUMN_BOOL, true),
    COLUMN(stock_product, revision, COLUMN_INT64, true),
    COLUMN(stock_product, unit_price, COLUMN_INT64, true),
    COLUMN(stock_product, replenished_units, COLUMN_INT64, true),
    COLUMN(stock_product, available_units, COLUMN_INT64, true),
    COLUMN(stock_product, held_units, COLUMN_INT64, true),
};

static const struct column replenishment_columns[] = {
    COLUMN(stock_replenishment, replenishment_id, COLUMN_TEXT, true),
    COLUMN(stock_replenishment, product_id, COLUMN_TEXT, true),
    COLUMN(stock_replenishment, quantity, COLUMN_INT32, true),
    COLUMN_INSTANT(stock_replenishment, counted_at, true),
};

const struct row_type stock_rows[STOCK_ROW_TYPES] = {
    [STOCK_HOLD] = ROW_TYPE(stock_hold, "hold", order_id, ROW_BY_VERSION, hold_columns,
                            SQL_LOAD_HOLDS, SQL_SAVE_HOLDS),
    [STOCK_PRODUCT] = ROW_TYPE(stock_product, "product", product_id, ROW_BY_LOCK, product_columns,
                               SQL_LOCK_PRODUCTS, SQL_SAVE_PRODUCTS),
    [STOCK_REPLENISHMENT] =
        ROW_TYPE(stock_replenishment, "replenishment", replenishment_id, ROW_BY_VERSION,
                 replenishment_columns, SQL_LOAD_REPLENISHMENTS, SQL_SAVE_REPLENISHMENTS),
};
