/* partner.h — the example partner platform: keeps a ledger of the orders it is sent and
 * acknowledges them.
 *
 * Shapes     entry(order_id): one row per order received · feed(feed): what is expected next ·
 *            gap: one row per hole that was seen.  A feed is a partition of PartnerOrder.  By
 *            value.
 * Units      amount is won; *_at_us are µs since 1970-01-01 UTC; feed_sequence counts from 1.
 * States     NONE → ACCEPTED.  Table in partner.c.
 * Invariant  a repeat is identical to what the ledger holds; no number of a feed is given to two
 *            orders; every number below next_sequence is in the ledger or within a gap.
 * Refusals   a repeat that differs: a dead letter.  A gap does not hold the feed up: it is
 *            recorded, and what is missing is accepted whenever it comes.
 * Errors     a number given to two orders breaks entry_numbered_once: the second is parked by the
 *            runtime.
 * Threads    none: called by the one loop.
 * Source     schemas/topics.json; docs/saga.md#partner */
#pragma once
#include "runtime/service.h"

enum partner_row { PARTNER_ENTRY, PARTNER_FEED, PARTNER_GAP, PARTNER_ROW_TYPES };

enum entry_state { ENTRY_NONE, ENTRY_ACCEPTED };

#define PARTNER_NAME          "example-partner"
#define PARTNER_FEED_BYTES    12
#define PARTNER_GAP_KEY_BYTES 40

struct partner_feed_name {
    char text[PARTNER_FEED_BYTES]; /* the partition's number */
};

struct partner_digest {
    uint8_t bytes[16]; /* UUIDv5 of the message's value */
};

struct partner_entry {
    struct order_id order_id;
    struct customer_id customer_id;
    enum entry_state state;
    struct partner_feed_name feed;
    int64_t feed_sequence;
    int64_t amount;
    struct partner_digest digest;
    int64_t received_at_us;
};

struct partner_feed {
    struct partner_feed_name feed;
    int64_t next_sequence; /* 0 in a new row: nothing was received yet */
    int64_t gap_count;
};

struct partner_gap {
    char gap[PARTNER_GAP_KEY_BYTES]; /* feed/first_missing */
    struct partner_feed_name feed;
    int64_t first_missing;
    int64_t last_missing;
    int64_t seen_at_us;
};

extern const struct service partner_service;
