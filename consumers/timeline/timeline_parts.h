/* timeline_parts.h — what timeline's own files share; no one else includes it.
 *
 * Files      timeline.c        which events touch which rows
 *            timeline_rows.c   how rows lie in their tables
 *            order_fold.c      whose event it is
 *            order_once.c      whether it was told before
 *            order_facts.c     what it tells
 *            order_codes.c     the coupon codes of one order
 *            order_content.c   items, shipping, rejected lines
 *            order_state.c     where the order stands
 *            order_rest.c      at rest, over, next
 *            order_shown.c     all that is shown, as JSON
 *            order_history.c   its events; requests that came early
 *            order_place.c     where it stands among all others
 *            catalogue.c       products, balances, coupons
 * Threads    none. */
#pragma once
#include "timeline/timeline_rows.h"

/* One event on its way into one order's row. */
struct fold {
    struct view *view;
    struct order_view *order;
    const struct event *in;
};

static inline bool
order_knows(const struct order_view *order, int32_t any_of_facts)
{
    return (order->facts & any_of_facts) != 0;
}

static inline void
order_note(struct order_view *order, enum order_fact fact, bool is_so)
{
    order->facts = is_so ? order->facts | (int32_t)fact : order->facts & ~(int32_t)fact;
}

/* timeline_rows.c */
extern const struct row_type timeline_rows[TIMELINE_ROW_TYPES];

/* order_fold.c: the decision of every order-keyed route. */
void fold_order_event(struct view *view, const struct event *in, struct emitter *out);

/* order_once.c */
/* The customer an event names, or NULL. */
const struct customer_id *fold_customer_of(const struct event *in);
/* True the first time; false for a repeat, which must change nothing. */
bool fold_is_new(struct order_view *order, const struct event *in);

/* order_facts.c */
void fold_facts(const struct fold *fold);

/* order_codes.c */
struct order_code *order_code_find(struct order_codes *codes, const struct coupon_code *code);
/* NULL when ORDER_CODES_MAX others are known. */
struct order_code *order_code_add(struct order_codes *codes, const struct coupon_code *code);
bool order_code_mark(struct order_view *order, const struct coupon_code *code, enum code_fact fact,
                     int64_t at_us);
bool order_code_is_answered(const struct order_code *code);
bool order_code_is_open(const struct order_code *code);
const struct order_code *order_code_applied(const struct order_codes *codes);
void json_write_order_codes(struct json_writer *out, const void *member);
bool json_read_order_codes(const struct json_doc *doc, uint32_t node, void *member);

/* order_content.c */
void content_items(const struct fold *fold, const struct priced_lines *items);
void content_unpriced_items(const struct fold *fold, const struct order_lines *items);
void content_rejection(const struct fold *fold, const struct short_lines *lines);
void content_shipping(const struct fold *fold, int32_t revision, int32_t rank,
                      const struct shipping *shipping);
void json_write_shown_json(struct json_writer *out, const void *member);
bool json_read_shown_json(const struct json_doc *doc, uint32_t node, void *member);

/* order_state.c: everything shown, from everything known. */
void show_order(struct order_view *order);
bool order_is_going_on(const struct order_view *order);

/* order_rest.c */
void show_rest(struct order_view *order);

/* order_shown.c */
extern const char *const shown_statuses[];
/* member: a whole order_view. */
void json_write_order_shown(struct json_writer *out, const void *member);

/* order_history.c */
void history_append(struct view *view, struct order_view *order, const struct event *in);
void early_keep(struct view *view, struct order_view *order, const struct event *in);
/* Hands each waiting request of the order's customer to `take`; others stay until the owner is
 * decided. */
void early_claim(struct view *view, struct order_view *order,
                 void (*take)(struct view *, struct order_view *, const struct event *));
void json_write_early_intents(struct json_writer *out, const void *member);
bool json_read_early_intents(const struct json_doc *doc, uint32_t node, void *member);
void json_write_order_events(struct json_writer *out, const void *member);

/* order_place.c: after show_order. */
void place_tell(struct view *view, struct order_view *order);
void json_write_code_names(struct json_writer *out, const void *member);

/* catalogue.c: keys and decisions of the other routes, and what orders do to the catalogue. */
void catalogue_keys_of_listing(const struct event *in, struct keys *keys);
void catalogue_keys_of_replenishment(const struct event *in, struct keys *keys);
void catalogue_keys_of_coupon(const struct event *in, struct keys *keys);
void catalogue_keys_of_credit(const struct event *in, struct keys *keys);
void catalogue_on_product_listed(struct view *view, const struct event *in, struct emitter *out);
void catalogue_on_stock_replenished(struct view *view, const struct event *in, struct emitter *out);
void catalogue_on_coupon_issued(struct view *view, const struct event *in, struct emitter *out);
void catalogue_on_balance_credited(struct view *view, const struct event *in, struct emitter *out);
void catalogue_product_moves(struct view *view, const struct product_id *product_id, int64_t units);
void catalogue_balance_moves(struct view *view, const struct customer_id *customer_id,
                             int64_t amount);
void catalogue_coupon_moves(const struct fold *fold, const struct coupon_code *code,
                            int32_t standing);
