/* intents.c — coupon, payment and cancel: an order at the right step, then one event. */
#include "bridge/intents.h"
#include "bridge/calls.h"
#include "bridge/queries.h"
#include <stdio.h>
#include <string.h>

/* ---- the step -------------------------------------------------------------------------------- */

/* next is JSON text: ["payment","shipping","cancel"] */
static bool
next_holds(const struct job *job, const char *step)
{
    char quoted[32];

    snprintf(quoted, sizeof quoted, "\"%s\"", step);
    return strstr(job_text(job, 0, STEP_NEXT), quoted) != NULL;
}

/* Precedence: paid, cancelled, then the step.  Terminal statuses are never stale. */
static enum lookup_verdict
judge_step(struct request *request, const struct job *job, struct problem *why)
{
    const struct intent *intent = request->state;

    if (job->row_count == 0)
        return judge_exists(request, job, why);
    *why =
        problem_make(PROBLEM_WRONG_STEP, "The order is %s; this call is not among its next steps",
                     job_text(job, 0, STEP_STATUS));
    if (job_is(job, 0, STEP_STATUS, "PAID"))
        *why = problem_make(PROBLEM_ALREADY_PAID, "Nothing can be changed any more");
    else if (job_is(job, 0, STEP_STATUS, "CANCELLED"))
        *why = problem_make(PROBLEM_ALREADY_CANCELLED, "Nothing can be changed any more");
    else if (!job_is(job, 0, STEP_STATUS, "SOLD_OUT"))
        return next_holds(job, intent->step) ? LOOKUP_YES : LOOKUP_NO;
    return LOOKUP_NO_FINAL;
}

struct intent *
intent_begin(struct request *request, const struct body_schema *schema, enum event_type type,
             const struct body_member *prefix, const char *into, const char *const *into_names)
{
    struct intent *intent = arena_take(request->arena, sizeof *intent);
    struct problem *problem = arena_take(request->arena, sizeof *problem);
    const char *body = request->body_bytes > 0 ? request->body : "{}";
    size_t bytes = request->body_bytes > 0 ? request->body_bytes : 2;
    struct json_doc doc;

    intent->event = arena_take(request->arena, sizeof *intent->event);
    intent->order_id = request->match.params[0];
    request->state = intent;
    if (body_parse(request->arena, body, bytes, schema, &doc, problem) &&
        body_decode(request->arena, &doc, type, prefix, into, into_names, intent->event, problem))
        return intent;
    request_refuse(request, problem);
    return NULL;
}

void
intent_look_up(struct request *request, const char *step,
               void (*found)(struct request *request, const struct job *job))
{
    struct intent *intent = request->state;

    intent->step = step;
    intent->lookup = (struct lookup){
        .sql = &QUERY_STEP, .column_count = STEP_COLUMN_COUNT, .judge = judge_step, .found = found
    };
    lookup_order(request, intent->order_id, &intent->lookup);
}

struct acceptance *
intent_accept(struct request *request, const char *number_name, int32_t number)
{
    const struct intent *intent = request->state;
    struct acceptance *acceptance = acceptance_new(request);

    acceptance->order_id = intent->order_id;
    json_name(&acceptance->answer, "order_id");
    json_text(&acceptance->answer, intent->order_id);
    if (number_name != NULL) {
        json_name(&acceptance->answer, number_name);
        json_integer(&acceptance->answer, number);
    }
    json_end_object(&acceptance->answer);
    return acceptance;
}

/* The ids that only the path and the read model know; both fit, they were checked on their way in. */
void
intent_name(struct order_id *order_id, struct customer_id *customer_id, const struct intent *intent,
            const struct job *job)
{
    snprintf(order_id->text, sizeof order_id->text, "%s", intent->order_id);
    snprintf(customer_id->text, sizeof customer_id->text, "%s", job_text(job, 0, STEP_CUSTOMER));
}

/* ---- PUT coupon ------------------------------------------------------------------------------ */

static void
remember_coupon(struct acceptance *acceptance)
{
    const struct event *event = acceptance->context;
    struct memory *memory = recent_keep(acceptance->request->bridge->recent, acceptance->order_id);

    snprintf(memory->coupon, sizeof memory->coupon, "%s",
             event->as.coupon_selected.coupon_code.text);
    memory->coupon_at =
        (struct target_offset){ EV_COUPON_SELECTED, acceptance->publication.partition,
                                acceptance->publication.offset + 1 };
}

static void
on_coupon_step(struct request *request, const struct job *job)
{
    struct intent *intent = request->state;
    struct coupon_selected *coupon = &intent->event->as.coupon_selected;
    struct acceptance *acceptance = intent_accept(request, NULL, 0);

    intent_name(&coupon->order_id, &coupon->customer_id, intent, job);
    acceptance->context = intent->event;
    acceptance->acknowledged = remember_coupon;
    accept_event(acceptance, intent->event, coupon->coupon_code.text);
}

void
call_select_coupon(struct request *request)
{
    static const struct body_member prefix[] = {
        INTENT_PREFIX, {NULL, NULL}
    };

    if (intent_begin(request, &BODY_COUPON, EV_COUPON_SELECTED, prefix, NULL, NULL) != NULL)
        intent_look_up(request, "coupon", on_coupon_step);
}

/* ---- POST payment ---------------------------------------------------------------------------- */

static int32_t
latest_revision(const struct memory *memory, int32_t shown)
{
    int32_t revision = memory != NULL && memory->revision > shown ? memory->revision : shown;

    return revision > 0 ? revision : 1;
}

static void
on_payment_step(struct request *request, const struct job *job)
{
    struct intent *intent = request->state;
    struct payment_requested *payment = &intent->event->as.payment_requested;
    int32_t last = (int32_t)job_integer(job, 0, STEP_LAST_ATTEMPT);
    int32_t shown_revision = (int32_t)job_integer(job, 0, STEP_LAST_REVISION);
    bool is_open = job_is(job, 0, STEP_PAYMENT_OPEN, "true");
    struct memory *memory = recent_keep(request->bridge->recent, intent->order_id);
    char which[16];

    /* In flight, published here and not folded yet: the same again, the broker will have it once
     * more. */
    payment->attempt = memory->attempt > last ? memory->attempt : is_open ? last : last + 1;
    payment->revision = latest_revision(memory, shown_revision);
    if (payment->attempt > PAYMENT_ATTEMPT_MAX) {
        request_refuse_with(request, PROBLEM_WRONG_STEP,
                            "An order can be tried to be paid %d times", PAYMENT_ATTEMPT_MAX);
        return;
    }
    intent_name(&payment->order_id, &payment->customer_id, intent, job);
    if (payment->attempt <= last) {
        accept_in_flight(intent_accept(request, "attempt", payment->attempt));
        return;
    }
    memory->attempt = payment->attempt;
    snprintf(which, sizeof which, "%d", payment->attempt);
    accept_event(intent_accept(request, "attempt", payment->attempt), intent->event, which);
}

void
call_request_payment(struct request *request)
{
    static const struct body_member prefix[] = {
        INTENT_PREFIX, {"attempt",   "1" },
         { "revision", "1" },
         { NULL,       NULL}
    };

    if (intent_begin(request, &BODY_PAYMENT, EV_PAYMENT_REQUESTED, prefix, NULL, NULL) != NULL)
        intent_look_up(request, "payment", on_payment_step);
}

/* ---- POST cancel ----------------------------------------------------------------------------- */

static void
on_cancel_step(struct request *request, const struct job *job)
{
    struct intent *intent = request->state;
    struct cancel_requested *cancel = &intent->event->as.cancel_requested;

    intent_name(&cancel->order_id, &cancel->customer_id, intent, job);
    accept_event(intent_accept(request, NULL, 0), intent->event, "");
}

void
call_request_cancel(struct request *request)
{
    static const struct body_member prefix[] = {
        INTENT_PREFIX, {"reason", "\"CUSTOMER\""},
         { NULL,    NULL          }
    };

    if (intent_begin(request, &BODY_CANCEL, EV_CANCEL_REQUESTED, prefix, NULL, NULL) != NULL)
        intent_look_up(request, "cancel", on_cancel_step);
}
