/* payment_credit.c — the facts payment is told: money that came in, each once. */
#include "payment/payment_parts.h"
#include <string.h>

#define MONEY_MAX_WON INT64_C(9007199254740991)

void
keys_of_credit(const struct event *in, struct keys *keys)
{
    keys_add(keys, PAYMENT_CREDIT, in->as.balance_credited.credit_id.text);
    keys_add(keys, PAYMENT_BALANCE, in->as.balance_credited.customer_id.text);
}

static bool
is_same(const struct credit *counted, const struct balance_credited *in)
{
    return strcmp(counted->customer_id.text, in->customer_id.text) == 0 &&
           counted->amount == in->amount;
}

void
on_balance_credited(struct view *view, const struct event *in, struct emitter *out)
{
    const struct balance_credited *more = &in->as.balance_credited;
    struct credit *credit = view_row(view, PAYMENT_CREDIT, more->credit_id.text);
    struct balance *balance = view_row(view, PAYMENT_BALANCE, more->customer_id.text);
    bool is_counted = credit->customer_id.text[0] != '\0';

    if (is_counted && !is_same(credit, more)) {
        emitter_dead_letter(out, "credit_id_reused",
                            "this credit_id was counted with another customer or amount");
        return;
    }
    if (is_counted)
        return;
    if (more->amount > MONEY_MAX_WON - balance->credited) {
        emitter_dead_letter(out, "amount_too_large",
                            "more money of one customer than can be counted");
        return;
    }
    credit->customer_id = more->customer_id;
    credit->amount = more->amount;
    credit->credited_at_us = in->at_us;
    balance->known = true;
    balance->credited += more->amount;
    balance->balance += more->amount;
}
