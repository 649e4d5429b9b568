/* payment_waiting.c — requests that came before what they need. */
#include "payment/payment_parts.h"
#include <assert.h>
#include <string.h>

struct payment_request
request_of(const struct event *in)
{
    const struct payment_requested *asked = &in->as.payment_requested;
    return (struct payment_request){ .customer_id = asked->customer_id,
                                     .attempt = asked->attempt,
                                     .revision = asked->revision,
                                     .has_expected_amount = asked->has_expected_amount,
                                     .expected_amount =
                                         asked->has_expected_amount ? asked->expected_amount : 0,
                                     .source_partition = in->source.partition,
                                     .source_offset = in->source.offset };
}

static bool
is_of(const struct payment_request *request, const struct customer_id *customer_id)
{
    return strcmp(request->customer_id.text, customer_id->text) == 0;
}

struct payment_request *
waiting_find(struct payment *payment, const struct customer_id *customer_id, int32_t attempt)
{
    for (uint32_t i = 0; i < payment->waiting.count; i++)
        if (payment->waiting.at[i].attempt == attempt &&
            is_of(&payment->waiting.at[i], customer_id))
            return &payment->waiting.at[i];
    return NULL;
}

static uint32_t
count_of(const struct payment_requests *waiting, const struct customer_id *customer_id)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < waiting->count; i++)
        count += is_of(&waiting->at[i], customer_id);
    return count;
}

static bool
is_first_of_its_customer(const struct payment_requests *waiting, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++)
        if (is_of(&waiting->at[i], &waiting->at[index].customer_id))
            return false;
    return true;
}

static uint32_t
count_customers(const struct payment_requests *waiting)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < waiting->count; i++)
        count += is_first_of_its_customer(waiting, i);
    return count;
}

bool
waiting_admit(struct payment *payment, const struct payment_request *request, struct emitter *out)
{
    uint32_t own = count_of(&payment->waiting, &request->customer_id);

    if (own == 0 && count_customers(&payment->waiting) >= PAYMENT_WAITING_CUSTOMERS_MAX) {
        emitter_dead_letter(out, "too_many_customers",
                            "requests of four customers wait for this order");
        return false;
    }
    if (own >= PAYMENT_WAITING_PER_CUSTOMER_MAX) {
        emitter_dead_letter(out, "too_many_waiting",
                            "eight payment attempts wait for this order already");
        return false;
    }
    return true;
}

void
waiting_add(struct payment *payment, const struct payment_request *request)
{
    struct payment_requests *waiting = &payment->waiting;
    uint32_t at = waiting->count;

    assert(waiting->count < PAYMENT_WAITING_MAX);
    for (; at > 0 && waiting->at[at - 1].attempt > request->attempt; at--)
        waiting->at[at] = waiting->at[at - 1];
    waiting->at[at] = *request;
    waiting->count++;
}

static void
tell_stranger(const struct payment *payment, const struct payment_request *request,
              struct emitter *out)
{
    struct event waited = { .type = EV_PAYMENT_REQUESTED, .source.topic = EV_PAYMENT_REQUESTED };

    waited.source.partition = request->source_partition;
    waited.source.offset = request->source_offset;
    waited.as.payment_requested =
        (struct payment_requested){ .order_id = payment->order_id,
                                    .customer_id = request->customer_id,
                                    .attempt = request->attempt,
                                    .revision = request->revision,
                                    .has_expected_amount = request->has_expected_amount,
                                    .expected_amount = request->expected_amount };
    emitter_dead_letter_of(out, &waited, "customer_mismatch",
                           "the order belongs to another customer");
}

void
waiting_expel_strangers(struct payment *payment, struct emitter *out)
{
    struct payment_requests waiting = payment->waiting;

    memset(&payment->waiting, 0, sizeof payment->waiting);
    for (uint32_t i = 0; i < waiting.count; i++)
        if (is_of(&waiting.at[i], &payment->customer_id))
            waiting_add(payment, &waiting.at[i]);
        else
            tell_stranger(payment, &waiting.at[i], out);
}
