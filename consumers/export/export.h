/* export.h — paid orders, handed to the partner platform once and numbered without gaps.
 *
 * Shapes     export(order_id): one row per paid order · feed(feed): the counter of one feed.  By
 *            value. A feed is a partition of OrderPaid; its orders go to the same partition of
 *            PartnerOrder.
 * Units      amount is won; *_at_us are µs since 1970-01-01 UTC; feed_sequence counts from 1.
 * States     NONE → SENT → ACKNOWLEDGED.  Table in export.c.
 * Invariant  per feed the sequences of its exports are 1 … last_sequence, each once, at every
 *            commit.
 * Refusals   an acknowledgement of what was not sent, or of another sequence: a dead letter.
 * Errors     none: decisions are total.
 * Threads    none: called by the one loop.
 * Source     schemas/topics.json; docs/saga.md#export */
#pragma once
#include "runtime/service.h"

enum export_row { EXPORT_ORDER, EXPORT_FEED, EXPORT_ROW_TYPES };

enum export_state { EXPORT_NONE, EXPORT_SENT, EXPORT_ACKNOWLEDGED };

#define FEED_TEXT_BYTES 12

struct feed_name {
    char text[FEED_TEXT_BYTES]; /* the partition's number */
};

struct export_order {
    struct order_id order_id;
    struct customer_id customer_id;
    enum export_state state;
    struct feed_name feed;
    int64_t feed_sequence;
    int64_t amount;
    int64_t sent_at_us;
    int64_t acknowledged_at_us;
    struct partner_id partner;
};

struct export_feed {
    struct feed_name feed;
    int64_t last_sequence;
};

extern const struct service export_service;
