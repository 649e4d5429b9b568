/* audit_fold.c — facts, then one function per event.  Contract: audit_fold.h */
#include "cli/audit_store.h"
#include <stdio.h>
#include <string.h>

#define FEED_NUMBERS_MAX (UINT32_MAX / 8)

static void
add_fact(struct audit *audit, struct audit_order *order, const struct event *in, uint32_t which,
         uint64_t hash, bool is_settled)
{
    if (audit->fact_count == 0)
        audit->fact_count = 1; /* index 0 means none */
    audit->facts = audit_grown(audit->facts, &audit->fact_capacity, audit->fact_count + 1,
                               sizeof *audit->facts);
    audit->facts[audit->fact_count] = (struct audit_fact){
        .hash = hash,
        .offset = in->source.offset,
        .next = order->facts,
        .which = which,
        .partition = in->source.partition,
        .type = (uint8_t)in->type,
        .is_settled = is_settled,
    };
    order->facts = audit->fact_count++;
}

static void
complain(struct audit *audit, const struct audit_order *order, enum promise promise,
         const char *text, const struct event *in)
{
    char id[UUID_TEXT_BYTES];
    audit_order_text(order, id);
    findings_add(&audit->findings, promise, SUBJECT_ORDER, id, "%s (%s/%d/%lld)", text,
                 topics[in->type].name, in->source.partition, (long long)in->source.offset);
}

/* True: seen for the first time.  The customer of what services say must be one and the same. */
static bool
is_new_fact(struct audit *audit, struct audit_order *order, const struct event *in, uint32_t which,
            const char *customer_id, bool is_settled)
{
    uint64_t hash = hash_bytes(in->value, in->value_bytes);
    const struct audit_fact *known = audit_fact_find(audit, order, in->type, which);
    if (known && known->hash == hash)
        audit->repeats++;
    if (known && known->hash != hash && in->type != EV_ORDER_REQUESTED)
        complain(audit, order, PROMISE_ONCE, "two different facts where there can be one", in);
    if (known)
        return false;
    add_fact(audit, order, in, which, hash, is_settled);
    uint32_t customer = audit_customer_of(audit, customer_id);
    if (in->type == EV_ORDER_REQUESTED)
        return true; /* anybody may request; stock says whose it is */
    if (order->customer && order->customer != customer)
        complain(audit, order, PROMISE_END, "another customer's", in);
    order->customer = order->customer ? order->customer : customer;
    return true;
}

/* ---- stock ---------------------------------------------------------------------------------- */

/* Lines may be listed in any order: a sum of hashes knows none. */
static uint64_t
line_hash(const char *product_id, int32_t quantity)
{
    return hash_bytes(product_id, strlen(product_id)) * (2 * (uint64_t)(uint32_t)quantity + 1);
}

static void
keep_line(struct audit *audit, struct audit_order *order, const struct priced_line *line)
{
    audit_product_of(audit, line->product_id.text);
    audit->lines = audit_grown(audit->lines, &audit->line_capacity, audit->line_count + 1,
                               sizeof *audit->lines);
    audit->lines[audit->line_count++] =
        (struct audit_line){ names_find(&audit->products, line->product_id.text), line->quantity };
    order->line_count++;
    order->lines_hash += line_hash(line->product_id.text, line->quantity);
}

static void
fold_reserved(struct audit *audit, struct audit_order *order, const struct event *in,
              bool is_settled)
{
    const struct stock_reserved *said = &in->as.stock_reserved;
    __int128 sum = 0;
    if (!is_new_fact(audit, order, in, 0, said->customer_id.text, is_settled))
        return;
    order->lines = audit->line_count;
    for (uint32_t i = 0; i < said->items.count; i++) {
        keep_line(audit, order, &said->items.at[i]);
        sum += (__int128)said->items.at[i].quantity * said->items.at[i].unit_price;
    }
    order->subtotal = said->subtotal;
    if (sum != said->subtotal)
        complain(audit, order, PROMISE_MONEY, "the subtotal is not the sum of its lines", in);
}

static void
fold_released(struct audit *audit, struct audit_order *order, const struct event *in,
              bool is_settled)
{
    const struct stock_released *said = &in->as.stock_released;
    if (!is_new_fact(audit, order, in, 0, said->customer_id.text, is_settled))
        return;
    for (uint32_t i = 0; i < said->items.count; i++)
        order->released_hash +=
            line_hash(said->items.at[i].product_id.text, said->items.at[i].quantity);
}

/* ---- order ---------------------------------------------------------------------------------- */

/* Items, coupon and amounts are fixed by the first OrderCreated: later revisions repeat them. */
static void
fold_created(struct audit *audit, struct audit_order *order, const struct event *in,
             bool is_settled)
{
    const struct order_created *said = &in->as.order_created;
    if (!is_new_fact(audit, order, in, (uint32_t)said->revision, said->customer_id.text,
                     is_settled))
        return;
    bool differs =
        order->was_created && (order->amount != said->amount || order->discount != said->discount);
    if (differs)
        complain(audit, order, PROMISE_MONEY, "the amount changed after the first OrderCreated",
                 in);
    if (said->amount != said->subtotal - said->discount || said->discount > said->subtotal)
        complain(audit, order, PROMISE_MONEY, "amount is not subtotal less discount", in);
    order->was_created = true;
    order->amount = said->amount;
    order->discount = said->discount;
}

static uint64_t
sale_hash(const char *customer_id, const struct priced_lines *items, const int64_t won[3])
{
    uint64_t hash = hash_bytes(customer_id, strlen(customer_id)) ^ hash_bytes(won, 3 * sizeof *won);
    for (uint32_t i = 0; i < items->count; i++)
        hash += line_hash(items->at[i].product_id.text, items->at[i].quantity) *
                (2 * (uint64_t)items->at[i].unit_price + 1);
    return hash;
}

static void
fold_paid(struct audit *audit, struct audit_order *order, const struct event *in, bool is_settled)
{
    const struct order_paid *said = &in->as.order_paid;
    const int64_t won[] = { said->subtotal, said->discount, said->amount };
    if (!is_new_fact(audit, order, in, 0, said->customer_id.text, is_settled))
        return;
    order->paid = said->amount;
    order->paid_code = said->has_coupon_code ? audit_coupon_of(audit, said->coupon_code.text) : 0;
    order->paid_hash = sale_hash(said->customer_id.text, &said->items, won);
}

static void
fold_cancelled(struct audit *audit, struct audit_order *order, const struct event *in,
               bool is_settled)
{
    const struct order_cancelled *said = &in->as.order_cancelled;
    if (is_new_fact(audit, order, in, 0, said->customer_id.text, is_settled))
        order->cancel_revision = said->revision;
}

/* ---- payment -------------------------------------------------------------------------------- */

static void
fold_captured(struct audit *audit, struct audit_order *order, const struct event *in,
              bool is_settled)
{
    const struct payment_completed *said = &in->as.payment_completed;
    bool stands = audit_fact_of(audit, order, EV_PAYMENT_COMPLETED) != NULL;
    if (!is_new_fact(audit, order, in, (uint32_t)said->attempt, said->customer_id.text, is_settled))
        return;
    if (stands)
        complain(audit, order, PROMISE_MONEY, "captured twice", in);
    order->captured += said->amount;
}

static void
fold_refunded(struct audit *audit, struct audit_order *order, const struct event *in,
              bool is_settled)
{
    const struct payment_refunded *said = &in->as.payment_refunded;
    if (is_new_fact(audit, order, in, 0, said->customer_id.text, is_settled))
        order->refunded = said->amount;
}

/* ---- export --------------------------------------------------------------------------------- */

static void
number_order(struct audit *audit, const struct audit_order *order, const struct event *in)
{
    int64_t sequence = in->as.partner_order.feed_sequence;
    struct audit_feed *feed = audit_feed_of(audit, in->source.partition);
    uint32_t self = (uint32_t)(order - audit->orders) + 1;
    if (sequence < 1 || sequence > FEED_NUMBERS_MAX) {
        feed->outside++;
        return;
    }
    feed->orders =
        audit_grown(feed->orders, &feed->capacity, (uint32_t)sequence, sizeof *feed->orders);
    feed->highest = feed->highest > sequence ? feed->highest : sequence;
    if (feed->orders[sequence - 1] && feed->orders[sequence - 1] != self)
        complain(audit, order, PROMISE_EXPORT, "its number in the feed belongs to another order",
                 in);
    else
        feed->orders[sequence - 1] = self;
}

static void
fold_sent(struct audit *audit, struct audit_order *order, const struct event *in, bool is_settled)
{
    const struct partner_order *said = &in->as.partner_order;
    const int64_t won[] = { said->subtotal, said->discount, said->amount };
    const struct audit_fact *known = audit_fact_find(audit, order, EV_PARTNER_ORDER, 0);
    if (known && known->partition != in->source.partition)
        complain(audit, order, PROMISE_EXPORT, "sent to two feeds", in);
    if (known && known->hash != hash_bytes(in->value, in->value_bytes))
        complain(audit, order, PROMISE_EXPORT, "sent twice with different content", in);
    if (!is_new_fact(audit, order, in, 0, said->customer_id.text, is_settled))
        return;
    order->sent_hash = sale_hash(said->customer_id.text, &said->items, won);
    number_order(audit, order, in);
}

/* ---- the catalogue -------------------------------------------------------------------------- */

/* Replenishments and credits count once, by their own id; the first one seen counts. */
static bool
is_new_single(struct audit *audit, const struct event *in, const char *kind, const char *id)
{
    char name[80];
    snprintf(name, sizeof name, "%s %s", kind, id);
    uint32_t before = audit->singles.count;
    uint32_t index = names_index(&audit->singles, name);
    uint64_t hash = hash_bytes(in->value, in->value_bytes);
    audit->single_hashes = audit_grown(audit->single_hashes, &audit->single_room, index + 1,
                                       sizeof *audit->single_hashes);
    if (index > before)
        audit->single_hashes[index] = hash;
    else if (audit->single_hashes[index] == hash)
        audit->repeats++;
    return index > before;
}

static void
fold_replenished(struct audit *audit, const struct event *in)
{
    const struct stock_replenished *said = &in->as.stock_replenished;
    struct audit_product *product = audit_product_of(audit, said->product_id.text);
    if (is_new_single(audit, in, "replenishment", said->replenishment_id.text))
        product->replenished += said->quantity;
}

static void
fold_credited(struct audit *audit, const struct event *in)
{
    const struct balance_credited *said = &in->as.balance_credited;
    uint32_t customer = audit_customer_of(audit, said->customer_id.text);
    if (is_new_single(audit, in, "credit", said->credit_id.text))
        audit->customer_sums[customer].credited += said->amount;
}

/* Who may use it can change until it is used, so an owner is only kept when all issues agree. */
static void
fold_issued(struct audit *audit, const struct event *in)
{
    const struct coupon_issued *said = &in->as.coupon_issued;
    uint32_t owner = said->has_customer_id ? audit_customer_of(audit, said->customer_id.text) : 0;
    uint32_t code = audit_coupon_of(audit, said->coupon_code.text);
    struct audit_coupon *coupon = &audit->coupon_sums[code];
    coupon->owner = !coupon->is_issued || coupon->owner == owner ? owner : 0;
    coupon->is_issued = true;
}

/* ---- the door ------------------------------------------------------------------------------- */

static void
fold_of_order(struct audit *audit, const struct event *in, bool is_settled)
{
    struct audit_order *order = audit_order_of(audit, event_key(in));
    if (!order)
        return;
        /* clang-format off */
#define PLAIN(member, which)                                                                       \
    is_new_fact(audit, order, in, (uint32_t)(which), in->as.member.customer_id.text, is_settled)
#define CODE(member) audit_coupon_of(audit, in->as.member.coupon_code.text)
    switch ((int)in->type) {
    case EV_ORDER_REQUESTED:   PLAIN(order_requested, 0); return;
    case EV_STOCK_RESERVED:    fold_reserved(audit, order, in, is_settled); return;
    case EV_STOCK_REJECTED:
        if (PLAIN(stock_rejected, 0))
            order->refused_by_cancel = in->as.stock_rejected.reason == STOCK_REJECTED_CANCELLED;
        return;
    case EV_STOCK_RELEASED:    fold_released(audit, order, in, is_settled); return;
    case EV_COUPON_APPLIED:    PLAIN(coupon_applied, CODE(coupon_applied)); return;
    case EV_COUPON_REJECTED:   PLAIN(coupon_rejected, CODE(coupon_rejected)); return;
    case EV_COUPON_RESTORED:   PLAIN(coupon_restored, CODE(coupon_restored)); return;
    case EV_ORDER_CREATED:     fold_created(audit, order, in, is_settled); return;
    case EV_PAYMENT_COMPLETED: fold_captured(audit, order, in, is_settled); return;
    case EV_PAYMENT_FAILED:    PLAIN(payment_failed, in->as.payment_failed.attempt); return;
    case EV_PAYMENT_REFUNDED:  fold_refunded(audit, order, in, is_settled); return;
    case EV_PAYMENT_VOIDED:    PLAIN(payment_voided, 0); return;
    case EV_ORDER_PAID:        fold_paid(audit, order, in, is_settled); return;
    case EV_ORDER_CANCELLED:   fold_cancelled(audit, order, in, is_settled); return;
    case EV_PARTNER_ORDER:     fold_sent(audit, order, in, is_settled); return;
    default:                   return; /* says nothing about what is conserved */
    }
#undef PLAIN
#undef CODE
    /* clang-format on */
}

void
audit_fold(struct audit *audit, const struct event *event, bool is_settled)
{
    audit->events++;
    switch ((int)event->type) {
    case EV_STOCK_REPLENISHED:
        fold_replenished(audit, event);
        return;
    case EV_BALANCE_CREDITED:
        fold_credited(audit, event);
        return;
    case EV_COUPON_ISSUED:
        fold_issued(audit, event);
        return;
    default:
        if (topics[event->type].key == KEY_ORDER)
            fold_of_order(audit, event, is_settled);
    }
}
