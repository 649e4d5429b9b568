/* export_rows.c — how export's rows lie in its tables. */
#include "domain_export_sql.h"
#include "export/export_parts.h"

const char *const export_states[] = { "NONE", "SENT", "ACKNOWLEDGED", NULL };

static const struct column order_columns[] = {
    COLUMN(export_order, order_id, COLUMN_UUID, true),
    COLUMN(export_order, customer_id, COLUMN_TEXT, true),
    COLUMN_ENUM(export_order, state, export_states, true),
    COLUMN(export_order, feed, COLUMN_TEXT, true),
    COLUMN(export_order, feed_sequence, COLUMN_INT64, true),
    COLUMN(export_order, amount, COLUMN_INT64, true),
    COLUMN_INSTANT(export_order, sent_at, true),
    COLUMN_INSTANT(export_order, acknowledged_at, true),
    COLUMN(export_order, partner, COLUMN_TEXT, true),
};

static const struct column feed_columns[] = {
    COLUMN(export_feed, feed, COLUMN_TEXT, true),
    COLUMN(export_feed, last_sequence, COLUMN_INT64, true),
};

const struct row_type export_rows[EXPORT_ROW_TYPES] = {
    [EXPORT_ORDER] = ROW_TYPE(export_order, "export", order_id, ROW_BY_VERSION, order_columns,
                              SQL_LOAD_EXPORTS, SQL_SAVE_EXPORTS),
    [EXPORT_FEED] = ROW_TYPE(export_feed, "feed", feed, ROW_BY_LOCK, feed_columns, SQL_LOCK_FEEDS,
                             SQL_SAVE_FEEDS),
};
