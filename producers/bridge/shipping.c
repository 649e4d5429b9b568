/* shipping.c — PUT /v1/orders/{order_id}/shipping: which revision it is, and which coupon it awaits.
 *
 * Revision   the same as the last one while that is in flight with the same content (a double click), else the
 *            next.  In flight: published here and not folded yet, or shown as open by the read model.
 * Coupon     the one named; else the one that is SELECTED, or was selected here a moment ago. */
#include "bridge/calls.h"
#include "bridge/identity.h"
#include "bridge/intents.h"
#include "bridge/queries.h"
#include <stdio.h>
#include <string.h>

struct submission {
    struct intent *intent;
    struct digest content;
    int32_t last; /* the highest revision the read model knows */
};

static void
submit(struct request *request, int32_t revision)
{
    struct submission *submission = request->search;
    struct intent *intent = submission->intent;
    struct memory *memory = recent_keep(request->bridge->recent, intent->order_id);
    char which[16];

    if (revision > REVISION_MAX) {
        request_refuse_with(request, PROBLEM_WRONG_STEP, "An order has at most %d revisions",
                            REVISION_MAX);
        return;
    }
    memory->revision = revision;
    memory->revision_content = submission->content;
    intent->event->as.shipping_submitted.revision = revision;
    snprintf(which, sizeof which, "%d", revision);
    accept_event(intent_accept(request, "revision", revision), intent->event, which);
}

static void
await_coupon(struct request *request, const struct job *job, struct shipping_submitted *shipping)
{
    const struct intent *intent = request->state;
    const struct memory *memory = recent_find(request->bridge->recent, intent->order_id);
    const char *code = "";

    if (shipping->has_coupon_code)
        return;
    if (job_is(job, 0, STEP_COUPON_STATUS, "SELECTED"))
        code = job_text(job, 0, STEP_COUPON_CODE);
    else if (memory != NULL && memory->coupon[0] != 0 &&
             !job_is(job, 0, STEP_COUPON_CODE, memory->coupon) &&
             !positions_are_past(request->bridge->positions, &memory->coupon_at))
        code = memory->coupon;
    shipping->has_coupon_code = code[0] != 0;
    snprintf(shipping->coupon_code.text, sizeof shipping->coupon_code.text, "%s", code);
}

static struct digest
digest_of_content(struct request *request, const struct shipping_submitted *shipping)
{
    struct json_writer json;

    json_writer_init(&json, request->arena, 1024);
    json_begin_array(&json);
    json_write_shipping(&json, &shipping->shipping);
    json_text(&json, shipping->coupon_code.text);
    json_end_array(&json);
    return digest_of(json.bytes, json.length);
}

/* The id that this very content had if it was submitted as that revision. */
static struct uuid
id_as_revision(struct request *request, struct event *event, int32_t revision)
{
    struct json_writer json;
    char which[16];

    event->as.shipping_submitted.revision = revision;
    json_writer_init(&json, request->arena, 1024);
    event_write(&json, event);
    snprintf(which, sizeof which, "%d", revision);
    return identity_intent(event_key(event), topics[event->type].name, which,
                           digest_of(json.bytes, json.length));
}

static void
on_compared(struct request *request, const struct job *job)
{
    const struct submission *submission = request->search;

    submit(request, job_is(job, 0, 0, "true") ? submission->last : submission->last + 1);
}

/* Open, but not from here: another bridge took it, or this one has forgotten. */
static void
compare_with_shown(struct request *request, struct submission *submission)
{
    struct job *job = read_new(request, QUERY_HAS_EVENT, 1);
    struct uuid order_id,
        event_id = id_as_revision(request, submission->intent->event, submission->last);
    char text[UUID_TEXT_BYTES];

    uuid_format(event_id, text);
    if (uuid_parse(submission->intent->order_id, UUID_TEXT_BYTES - 1, &order_id))
        pg_param_uuid(&job->params, order_id);
    pg_param_text(&job->params, arena_text(job->arena, text, sizeof text - 1));
    read_for(request, job, on_compared);
}

static void
on_shipping_step(struct request *request, const struct job *job)
{
    struct submission *submission = arena_take(request->arena, sizeof *submission);
    struct intent *intent = request->state;
    struct shipping_submitted *shipping = &intent->event->as.shipping_submitted;
    const struct memory *memory = recent_find(request->bridge->recent, intent->order_id);
    bool is_open = job_is(job, 0, STEP_SHIPPING_OPEN, "true");
    bool is_same;

    intent_name(&shipping->order_id, &shipping->customer_id, intent, job);
    await_coupon(request, job, shipping);
    submission->intent = intent;
    submission->content = digest_of_content(request, shipping);
    submission->last = (int32_t)job_integer(job, 0, STEP_LAST_REVISION);
    request->search = submission;
    is_same = memory != NULL && memcmp(&memory->revision_content, &submission->content,
                                       sizeof submission->content) == 0;
    if (memory != NULL && memory->revision > submission->last)
        submit(request, is_same ? memory->revision : memory->revision + 1);
    else if (!is_open || submission->last == 0)
        submit(request, submission->last + 1);
    else if (memory != NULL && memory->revision == submission->last)
        submit(request, is_same ? submission->last : submission->last + 1);
    else
        compare_with_shown(request, submission);
}

void
call_submit_shipping(struct request *request)
{
    static const struct body_member prefix[] = {
        INTENT_PREFIX, {"revision", "1" },
         { NULL,      NULL}
    };
    static const char *const names[] = { "recipient", "address", "contact", NULL };

    if (intent_begin(request, &BODY_SHIPPING, EV_SHIPPING_SUBMITTED, prefix, "shipping", names) !=
        NULL)
        intent_look_up(request, "shipping", on_shipping_step);
}
