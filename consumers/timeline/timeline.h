/* timeline.h — the read model: what every order, product, customer and coupon looks like by now.
 *
 * Shapes     order_view(order_id), order_early(order_id), product_view(product_id),
 *            customer_view(customer_id), coupon_view(coupon_code), replenishment_seen, credit_seen:
 *            one row each; order_events: one row per order and batch, only ever appended;
 *            order_place, order_tally: what a batch changed of where orders stand, without a table.
 * Emits      nothing; it answers nobody.
 *
 * The bridge reads what follows, and computes none of it a second time.
 *   order_shown     a view of order_view: one row per order that exists, in the contract's names,
 *                   NULL where the contract says null.  at_rest and next are computed by the fold;
 *                   next is JSON text ('["payment","shipping","cancel"]'); items, shipping and
 *                   rejection_lines are JSON in the contract's form.  coupon_*, payment_* and
 *                   compensation_* are the members of those objects: coupon is null where
 *                   coupon_status is, payment where payment_status is, rejection where
 *                   rejection_reason is.  *_open: an intent of that kind is still to be answered.
 *                   last_revision, last_attempt: the highest ever asked for, 0 for none; the next
 *                   ShippingSubmitted is last_revision + 1, the next PaymentRequested
 *                   last_attempt + 1, or last_attempt again while payment_open.
 *                   is_over: it ended, nothing is asked, nothing more comes: an event stream ends.
 *                   ETag: order_id and version.
 *   of a customer   order_shown WHERE customer_id = $1 ORDER BY created_at DESC, order_id DESC;
 *                   the cursor is (created_at, order_id) < ($2, $3).
 *   order_events    WHERE order_id = $1 AND last_seq > $2 ORDER BY first_seq.  `events` is a JSON
 *                   array of {"seq","event","event_id","at","data"}: the contract's "timeline",
 *                   and what a server-sent event says; data is the event's value byte for byte.
 *                   A row may begin at or before $2: skip by seq.
 *   product_view    WHERE listed; available is a plain sum and may be below zero for a moment while
 *                   topics overtake each other: show greatest(available, 0).
 *   customer_view   WHERE known.
 *   coupon_view     WHERE issued; customer_id NULL: for anyone; percent 0: discount counts, else
 *                   percent does; used_by is the order that had it last.
 *   order_count     how many orders stand where: the sum of all its rows; `moving` are not at rest.
 *   order_open      (created_at, order_id) of every order that has not ended, or has and is not
 *                   at rest: few, whatever the number of orders.
 *   order_coupon    (coupon_code, order_id): every code that an order has named.
 *   consumer_position, the runtime's table: to wait until a request has been folded.
 *   TIMELINE_CHANNEL  each commit tells there which orders it changed and how far it has read (news.h).
 *
 * States     UNKNOWN (only requests were seen), REQUESTED, SOLD_OUT, RESERVED, PENDING, PAID,
 *            CANCELLED.  Not a machine that moves: computed from all that is known, after every
 *            event, so that no order of arrival matters.
 * At rest    as the contract's table says; and RESERVED is not at rest while a revision is on its
 *            way to PENDING (one that is held, because its coupon was refused, is not on its way),
 *            nor is an open order of which a capture, a failure that cancels, or a compensation is
 *            known: its end is under way.
 * Ownership  requests count for the customer whom OrderRequested names, until stock or a later
 *            event decides it; what comes before anybody is named waits in order_early (at most
 *            EARLY_INTENTS_MAX), what turns out to be another customer's is not shown.
 * Once       an event is known by its type and its attempt, revision, code or reason.  So the
 *            events of an order are bounded by the contract's limits, and what is published again
 *            by hand, under another event id, is a repeat all the same.
 * Invariant  the same row whatever the order of arrival across topics, seq apart; available =
 *            replenished − held; balance = credited − captured + refunded.
 * Compensation  stock is NONE where nothing was held, coupon where none was applied, payment where
 *            none was captured (revision 0, or PaymentVoided); PENDING until each has been told.
 * Units      amounts in won; *_at_us in µs since 1970-01-01 UTC.
 * Threads    none: called by the one loop.
 * Source     schemas/topics.json; the order as shown: schemas/openapi.yaml */
#pragma once
#include "runtime/service.h"

#define EARLY_INTENTS_MAX 16
#define EARLY_BYTES_MAX   16384

#define TIMELINE_CHANNEL "jumun_timeline"

extern const struct service timeline_service;

/* For `jumun rebuild`: what load_early.sql finds beside an order's row. */
void timeline_refers_to(const void *order, struct keys *keys);

/* Row types, by their index in the service table. */
enum timeline_row {
    TIMELINE_ORDER,
    TIMELINE_EARLY,
    TIMELINE_EVENTS,
    TIMELINE_PRODUCT,
    TIMELINE_CUSTOMER,
    TIMELINE_COUPON,
    TIMELINE_REPLENISHMENT,
    TIMELINE_CREDIT,
    TIMELINE_PLACE,
    TIMELINE_TALLY, /* saved last, see save_tallies.sql */
    TIMELINE_ROW_TYPES,
};
