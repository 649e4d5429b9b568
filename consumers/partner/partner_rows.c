/* partner_rows.c — how partner's rows lie in its tables. */
#include "domain_partner_sql.h"
#include "partner/partner_parts.h"

const char *const entry_states[] = { "NONE", "ACCEPTED", NULL };

static const struct column entry_columns[] = {
    COLUMN(partner_entry, order_id, COLUMN_UUID, true),
    COLUMN(partner_entry, customer_id, COLUMN_TEXT, true),
    COLUMN_ENUM(partner_entry, state, entry_states, true),
    COLUMN(partner_entry, feed, COLUMN_TEXT, true),
    COLUMN(partner_entry, feed_sequence, COLUMN_INT64, true),
    COLUMN(partner_entry, amount, COLUMN_INT64, true),
    COLUMN(partner_entry, digest, COLUMN_BYTES, true),
    COLUMN_INSTANT(partner_entry, received_at, true),
};

static const struct column feed_columns[] = {
    COLUMN(partner_feed, feed, COLUMN_TEXT, true),
    COLUMN(partner_feed, next_sequence, COLUMN_INT64, true),
    COLUMN(partner_feed, gap_count, COLUMN_INT64, true),
};

static const struct column gap_columns[] = {
    COLUMN(partner_gap, feed, COLUMN_TEXT, false),
    COLUMN(partner_gap, first_missing, COLUMN_INT64, false),
    COLUMN(partner_gap, last_missing, COLUMN_INT64, false),
    COLUMN_INSTANT(partner_gap, seen_at, false),
};

const struct row_type partner_rows[PARTNER_ROW_TYPES] = {
    [PARTNER_ENTRY] = ROW_TYPE(partner_entry, "entry", order_id, ROW_BY_VERSION, entry_columns,
                               SQL_LOAD_ENTRIES, SQL_SAVE_ENTRIES),
    [PARTNER_FEED] = ROW_TYPE(partner_feed, "feed", feed, ROW_BY_LOCK, feed_columns, SQL_LOCK_FEEDS,
                              SQL_SAVE_FEEDS),
    [PARTNER_GAP] =
        ROW_TYPE(partner_gap, "feed_gap", gap, ROW_APPENDED, gap_columns, NULL, SQL_SAVE_GAPS),
};
