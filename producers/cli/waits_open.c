/* waits_open.c — which answers an order waits for, from what is open of it and from its story.  Contract: waits.h */
#include "cli/waits.h"
#include "json/json_read.h"
#include <string.h>

#define LATEST(trace, ...) latest(trace, (const enum event_type[NAMES_MAX]){ __VA_ARGS__ })

enum waited {
    STOCK, COUPON_ASKED, COUPON, CREATED, PAYMENT, PAID, CANCELLED, ENDED, EXPIRED,
    STOCK_GIVEN_BACK, COUPON_GIVEN_BACK, PAYMENT_GIVEN_BACK, EXPORTED, ACKNOWLEDGED
};

/* Of several causes the latest counts: a request that came early is read, and waits for the order. */
static const struct answer ANSWERS[] = {
    [STOCK] = { "stock", { EV_STOCK_RESERVED, EV_STOCK_REJECTED }, { EV_ORDER_REQUESTED } },
    [COUPON_ASKED] = { "order",
                       { EV_COUPON_REQUESTED, EV_COUPON_REJECTED },
                       { EV_COUPON_SELECTED, EV_SHIPPING_SUBMITTED, EV_STOCK_RESERVED } },
    [COUPON] = { "coupon",
                 { EV_COUPON_APPLIED, EV_COUPON_REJECTED },
                 { EV_COUPON_REQUESTED, EV_STOCK_RESERVED } },
    [CREATED] = { "order",
                  { EV_ORDER_CREATED },
                  { EV_SHIPPING_SUBMITTED, EV_STOCK_RESERVED, EV_COUPON_APPLIED,
                    EV_COUPON_REJECTED } },
    [PAYMENT] = { "payment",
                  { EV_PAYMENT_COMPLETED, EV_PAYMENT_FAILED },
                  { EV_PAYMENT_REQUESTED, EV_ORDER_CREATED } },
    [PAID] = { "order", { EV_ORDER_PAID }, { EV_PAYMENT_COMPLETED } },
    [CANCELLED] = { "order",
                    { EV_ORDER_CANCELLED, EV_CANCEL_REFUSED },
                    { EV_CANCEL_REQUESTED, EV_STOCK_RESERVED, EV_STOCK_REJECTED } },
    [ENDED] = { "order", { EV_ORDER_CANCELLED }, { EV_PAYMENT_FAILED, EV_STOCK_RESERVED } },
    [EXPIRED] = { "order", { EV_ORDER_CANCELLED }, { EV_STOCK_RESERVED } },
    [STOCK_GIVEN_BACK] = { "stock", { EV_STOCK_RELEASED }, { EV_ORDER_CANCELLED } },
    [COUPON_GIVEN_BACK] = { "coupon", { EV_COUPON_RESTORED }, { EV_ORDER_CANCELLED } },
    [PAYMENT_GIVEN_BACK] = { "payment",
                             { EV_PAYMENT_VOIDED, EV_PAYMENT_REFUNDED },
                             { EV_ORDER_CANCELLED } },
    [EXPORTED] = { "export", { EV_PARTNER_ORDER }, { EV_ORDER_PAID } },
    [ACKNOWLEDGED] = { "partner", { EV_EXPORT_ACKNOWLEDGED }, { EV_PARTNER_ORDER } },
};

/* ---- the story ------------------------------------------------------------------------------- */

static const struct traced *
latest(const struct trace *trace, const enum event_type *types)
{
    const struct traced *found = NULL;
    for (uint32_t i = 0; i < trace->count; i++)
        for (uint32_t t = 0; t < NAMES_MAX && types[t] != EV_NONE; t++)
            if (trace->items[i].type == types[t] &&
                (!found || trace->items[i].at_us >= found->at_us))
                found = &trace->items[i];
    return found;
}

static bool
is_after(const struct trace *trace, enum event_type one, enum event_type other)
{
    const struct traced *a = LATEST(trace, one), *b = LATEST(trace, other);
    return a && (!b || a->at_us >= b->at_us);
}

static bool
names_coupon(struct arena *arena, const struct traced *event)
{
    struct json_doc doc;
    struct json_error wrong;
    return event && event->data &&
           json_parse(arena, event->data, event->data_bytes, &doc, &wrong) &&
           doc.nodes[0].type == JSON_OBJECT && json_member(&doc, 0, "coupon_code") != JSON_NONE;
}

/* A coupon in OrderRequested is tried by coupon itself; one selected later is asked for by order. */
static bool
coupon_owes(const struct waits *waits, struct arena *arena)
{
    const struct trace *trace = &waits->trace;
    const struct traced *reserved = LATEST(trace, EV_STOCK_RESERVED);
    const struct traced *asked = LATEST(trace, EV_COUPON_REQUESTED);
    const struct traced *outcome = LATEST(trace, EV_COUPON_APPLIED, EV_COUPON_REJECTED);

    if (!asked && names_coupon(arena, reserved))
        asked = reserved;
    return asked && (!outcome || outcome->at_us < asked->at_us);
}

/* ---- what is open ---------------------------------------------------------------------------- */

static void
add(struct waits *waits, enum waited which)
{
    const struct answer *answer = &ANSWERS[which];
    const struct traced *cause = latest(&waits->trace, answer->causes);
    waits->items[waits->count++] = (struct wait){ .answer = answer,
                                                  .cause = cause,
                                                  .since_us = cause ? cause->at_us : 0,
                                                  .next_offset = -1,
                                                  .end_offset = -1,
                                                  .members = -1 };
}

static void
add_forward(struct waits *waits, struct arena *arena)
{
    const struct order_open *open = &waits->open;
    bool may_go_on = strcmp(open->status, "PAID") != 0 && strcmp(open->status, "CANCELLED") != 0;

    if (strcmp(open->status, "REQUESTED") == 0)
        add(waits, STOCK);
    else if (may_go_on && open->coupon)
        add(waits, coupon_owes(waits, arena) ? COUPON : COUPON_ASKED);
    else if (may_go_on && open->shipping)
        add(waits, CREATED);
    else if (may_go_on && open->payment)
        add(waits,
            is_after(&waits->trace, EV_PAYMENT_COMPLETED, EV_PAYMENT_REQUESTED) ? PAID : PAYMENT);
    if (open->cancel)
        add(waits, CANCELLED);
}

static void
add_backward(struct waits *waits, const struct order_open *open)
{
    if (open->stock_back)
        add(waits, STOCK_GIVEN_BACK);
    if (open->coupon_back)
        add(waits, COUPON_GIVEN_BACK);
    if (open->payment_back)
        add(waits, PAYMENT_GIVEN_BACK);
    if (strcmp(open->status, "PAID") == 0 && strcmp(open->export, "ACKNOWLEDGED") != 0)
        add(waits, is_after(&waits->trace, EV_PARTNER_ORDER, EV_ORDER_PAID) ? ACKNOWLEDGED
                                                                            : EXPORTED);
}

/* Nothing that was asked for is open.  Not at rest: a payment's outcome ends the order by itself.  Else whoever
 * may go on with it is the shopper, and after the deadline the timer of order. */
static void
add_end(struct waits *waits, int64_t now_us)
{
    const struct order_open *open = &waits->open;

    if (!open->is_at_rest) {
        add(waits, LATEST(&waits->trace, EV_PAYMENT_COMPLETED) ? PAID : ENDED);
    } else if (open->deadline_us != 0 && open->deadline_us < now_us) {
        add(waits, EXPIRED);
        waits->items[0].since_us = open->deadline_us;
    } else {
        waits->items[waits->count++] = (struct wait){ .next_offset = -1,
                                                      .end_offset = -1,
                                                      .members = -1 };
    }
}

void
waits_find(struct waits *waits, struct arena *arena, int64_t now_us)
{
    const struct order_open *open = &waits->open;
    bool can_end = strcmp(open->status, "RESERVED") == 0 || strcmp(open->status, "PENDING") == 0;

    add_forward(waits, arena);
    add_backward(waits, open);
    waits->is_over = waits->count == 0 && !can_end;
    if (waits->count == 0 && can_end)
        add_end(waits, now_us);
}
