/* order_early.c — requests that came before anybody knew whose order it is.
 *
 * They wait per customer; when StockReserved or StockRejected names the owner, the owner's take
 * effect and everybody else's become dead letters. */
#include "order/order_parts.h"
#include "runtime/mutant.h"
#include <assert.h>
#include <string.h>

static struct early *
early_of(const struct step *step)
{
    return view_row(step->view, ORDER_EARLY, step->order->order_id.text);
}

/* NULL: nothing waits. */
static struct early *
known_early_of(const struct step *step)
{
    return view_known_row(step->view, ORDER_EARLY, step->order->order_id.text);
}

static struct early_source
source_of(const struct step *step)
{
    return (struct early_source){ .partition = step->in->source.partition,
                                  .offset = step->in->source.offset };
}

/* NULL: four others wait already; the message became a dead letter. */
static struct early_customer *
customer_slot(const struct step *step, const struct customer_id *customer_id)
{
    struct early_customers *customers = &early_of(step)->customers;

    for (uint32_t i = 0; i < customers->count; i++)
        if (strcmp(customers->at[i].customer_id.text, customer_id->text) == 0)
            return &customers->at[i];
    if (customers->count == EARLY_CUSTOMERS_MAX) {
        emitter_dead_letter(step->out, "too_many_customers",
                            "requests of four customers wait for this order");
        return NULL;
    }
    struct early_customer *slot = &customers->at[customers->count++];
    slot->customer_id = *customer_id;
    step->order->has_early = true;
    return slot;
}

/* ---- keeping */

static bool
knows_code(const struct early_customer *slot, const struct coupon_code *coupon_code)
{
    for (uint32_t i = 0; i < slot->codes.count; i++)
        if (strcmp(slot->codes.at[i].coupon_code.text, coupon_code->text) == 0)
            return true;
    return false;
}

static bool
keep_code(const struct step *step, struct early_customer *slot,
          const struct coupon_code *coupon_code, struct early_source source)
{
    if (knows_code(slot, coupon_code))
        return true;
    if (slot->codes.count == EARLY_CODES_MAX) {
        emitter_dead_letter(step->out, "too_many_codes", "eight codes wait for this order already");
        return false;
    }
    slot->codes.at[slot->codes.count++] =
        (struct early_code){ .coupon_code = *coupon_code, .source = source };
    return true;
}

void
early_code(const struct step *step, const struct customer_id *customer_id,
           const struct coupon_code *coupon_code)
{
    struct early_customer *slot = customer_slot(step, customer_id);
    if (slot != NULL)
        (void)keep_code(step, slot, coupon_code, source_of(step));
}

void
early_shipping(const struct step *step, const struct shipping_submitted *submitted)
{
    const struct early_source part_of_shipping = { .partition = step->in->source.partition,
                                                   .offset = -1 };
    struct early_customer *slot = customer_slot(step, &submitted->customer_id);

    if (slot == NULL || submitted->revision <= slot->revision)
        return;
    if (submitted->has_coupon_code &&
        !keep_code(step, slot, &submitted->coupon_code, part_of_shipping))
        return;
    slot->revision = submitted->revision;
    slot->has_coupon_code = submitted->has_coupon_code;
    slot->coupon_code =
        submitted->has_coupon_code ? submitted->coupon_code : (struct coupon_code){ 0 };
    slot->has_shipping = true;
    slot->shipping = submitted->shipping;
    slot->shipping_source = source_of(step);
}

void
early_cancel(const struct step *step, const struct customer_id *customer_id,
             enum cancel_requested_reason reason)
{
    struct early_customer *slot = customer_slot(step, customer_id);
    if (slot == NULL)
        return;
    for (uint32_t i = 0; i < slot->cancels.count; i++)
        if (slot->cancels.at[i].reason == reason)
            return;
    assert(slot->cancels.count < EARLY_CANCELS_MAX);
    slot->cancels.at[slot->cancels.count++] =
        (struct early_cancel){ .reason = reason, .source = source_of(step) };
}

const struct early_customer *
early_of_owner(const struct step *step)
{
    const struct early *early = known_early_of(step);
    for (uint32_t i = 0; early != NULL && i < early->customers.count; i++)
        if (strcmp(early->customers.at[i].customer_id.text, step->order->customer_id.text) == 0)
            return MUTANT(EARLY_FORGOTTEN, &early->customers.at[i], NULL);
    return NULL;
}

/* ---- strangers */

static void
tell(const struct step *step, struct event *waited, enum event_type type,
     struct early_source source)
{
    waited->type = type;
    waited->source = (struct source){ type, source.partition, source.offset };
    emitter_dead_letter_of(step->out, waited, "customer_mismatch",
                           "the order belongs to another customer");
}

static void
tell_codes(const struct step *step, const struct early_customer *stranger)
{
    for (uint32_t i = 0; i < stranger->codes.count; i++) {
        struct event waited = {
            .as.coupon_selected = {.order_id = step->order->order_id,
                                   .customer_id = stranger->customer_id,
                                   .coupon_code = stranger->codes.at[i].coupon_code}
        };
        if (stranger->codes.at[i].source.offset >= 0)
            tell(step, &waited, EV_COUPON_SELECTED, stranger->codes.at[i].source);
    }
}

static void
tell_cancels(const struct step *step, const struct early_customer *stranger)
{
    for (uint32_t i = 0; i < stranger->cancels.count; i++) {
        struct event waited = {
            .as.cancel_requested = {.order_id = step->order->order_id,
                                    .customer_id = stranger->customer_id,
                                    .reason = stranger->cancels.at[i].reason}
        };
        tell(step, &waited, EV_CANCEL_REQUESTED, stranger->cancels.at[i].source);
    }
}

static void
tell_shipping(const struct step *step, const struct early_customer *stranger)
{
    struct event waited = {
        .as.shipping_submitted = {.order_id = step->order->order_id,
                                  .customer_id = stranger->customer_id,
                                  .shipping = stranger->shipping,
                                  .revision = stranger->revision,
                                  .has_coupon_code = stranger->has_coupon_code,
                                  .coupon_code = stranger->coupon_code}
    };
    if (stranger->has_shipping)
        tell(step, &waited, EV_SHIPPING_SUBMITTED, stranger->shipping_source);
}

void
early_end(const struct step *step)
{
    struct early *early = known_early_of(step);
    if (early == NULL)
        return;
    for (uint32_t i = 0; i < early->customers.count; i++) {
        const struct early_customer *customer = &early->customers.at[i];
        if (strcmp(customer->customer_id.text, step->order->customer_id.text) == 0)
            continue;
        tell_codes(step, customer);
        tell_shipping(step, customer);
        tell_cancels(step, customer);
    }
    memset(&early->customers, 0, sizeof early->customers);
    step->order->has_early = false;
}
