/* payment_attempt.c — one attempt: its outcome, or not yet.  Guards in the order of the refusals. */
#include "emit.h"
#include "payment/payment_parts.h"
#include "runtime/mutant.h"
#include <string.h>

bool
payment_is_cancelled(const struct payment *payment)
{
    return payment->state == PAYMENT_REFUNDED || payment->state == PAYMENT_VOIDED ||
           payment->state == PAYMENT_FENCED;
}

bool
attempt_is_decided(const struct payment *payment, int32_t attempt)
{
    return MUTANT(ATTEMPT_AGAIN, payment->decided[attempt / 8] >> (attempt % 8) & 1, false);
}

struct attempt {
    struct payment *payment;
    struct balance *balance;
    const struct payment_request *request;
};

bool
payment_must_wait(const struct payment *payment, const struct payment_request *request)
{
    bool is_ended = payment_is_cancelled(payment) || payment->state == PAYMENT_CAPTURED;
    bool is_early = payment->state == PAYMENT_NONE || payment->revision < request->revision;
    return is_early && !is_ended;
}

/* The first refusal that applies, or PAYMENT_FAILED_OTHER for none. */
static enum payment_failed_reason
refusal_of(const struct attempt *attempt)
{
    const struct payment *payment = attempt->payment;
    const struct payment_request *request = attempt->request;

    if (payment_is_cancelled(payment))
        return PAYMENT_FAILED_CANCELLED;
    if (payment->state == PAYMENT_CAPTURED)
        return PAYMENT_FAILED_ALREADY_PAID;
    if (MUTANT(EXPECTED_IGNORED, request->has_expected_amount, false) &&
        request->expected_amount != payment->amount)
        return PAYMENT_FAILED_AMOUNT_CHANGED;
    if (!attempt->balance->known)
        return PAYMENT_FAILED_UNKNOWN_CUSTOMER;
    if (attempt->balance->balance < payment->amount)
        return PAYMENT_FAILED_INSUFFICIENT_BALANCE;
    return PAYMENT_FAILED_OTHER;
}

static int32_t
revision_told(const struct attempt *attempt)
{
    int32_t asked = attempt->request->revision;
    return asked > 0 ? asked : attempt->payment->revision;
}

static void
fail(const struct attempt *attempt, enum payment_failed_reason reason, struct emitter *out)
{
    const struct payment *payment = attempt->payment;
    emit_payment_failed(out, &(struct payment_failed){ .order_id = payment->order_id,
                                                       .customer_id = payment->customer_id,
                                                       .attempt = attempt->request->attempt,
                                                       .revision = revision_told(attempt),
                                                       .reason = reason,
                                                       .has_amount = payment->revision > 0,
                                                       .amount = payment->amount });
}

static void
capture(const struct attempt *attempt, const struct event *in, struct emitter *out)
{
    struct payment *payment = attempt->payment;
    attempt->balance->balance -= MUTANT(INT32_CAPTURE, payment->amount, (int32_t)payment->amount);
    attempt->balance->captured += payment->amount;
    payment->captured_attempt = attempt->request->attempt;
    payment->captured_amount = payment->amount;
    payment_enter(payment, PAYMENT_CAPTURED, in);
    emit_payment_completed(out, &(struct payment_completed){ .order_id = payment->order_id,
                                                             .customer_id = payment->customer_id,
                                                             .attempt = attempt->request->attempt,
                                                             .revision = payment->revision,
                                                             .amount = payment->amount });
}

/* True when the attempt has its outcome. */
static bool
decide(const struct attempt *attempt, const struct event *in, struct emitter *out)
{
    struct payment *payment = attempt->payment;
    int32_t number = attempt->request->attempt;

    if (payment_must_wait(payment, attempt->request))
        return false;
    enum payment_failed_reason reason = refusal_of(attempt);
    payment->decided[number / 8] = (uint8_t)(payment->decided[number / 8] | 1u << (number % 8));
    if (reason == PAYMENT_FAILED_OTHER)
        capture(attempt, in, out);
    else
        fail(attempt, reason, out);
    return true;
}

void
payment_settle(struct view *view, struct payment *payment, const struct event *in,
               struct emitter *out)
{
    struct balance *balance = view_row(view, PAYMENT_BALANCE, payment->customer_id.text);
    for (int pass = 0; pass < 2; pass++) {
        struct payment_requests waiting = payment->waiting;
        memset(&payment->waiting, 0, sizeof payment->waiting);
        for (uint32_t i = 0; i < waiting.count; i++) {
            const struct attempt attempt = { payment, balance, &waiting.at[i] };
            if (!decide(&attempt, in, out))
                waiting_add(payment, &waiting.at[i]);
        }
    }
}
