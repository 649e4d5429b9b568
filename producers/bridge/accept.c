/* accept.c — encode, derive the id, publish, answer. */
#include "bridge/accept.h"
#include "bridge/identity.h"
#include "bridge/recent.h"
#include "bridge/wait.h"

#define EVENT_FIRST_BYTES 1024
#define PUBLISH_GRACE_US  (1 * INT64_C(1000000)) /* the sender gives up first */

struct acceptance *
acceptance_new(struct request *request)
{
    struct acceptance *acceptance = arena_take(request->arena, sizeof *acceptance);

    acceptance->request = request;
    json_writer_init(&acceptance->answer, request->arena, 128);
    json_begin_object(&acceptance->answer);
    return acceptance;
}

static void
answer_accepted(struct request *request)
{
    struct acceptance *acceptance = request->state;

    request_answer_json(request, MHD_HTTP_ACCEPTED, &acceptance->answer);
}

static void
answer_or_wait(struct acceptance *acceptance, const struct target_offset *after)
{
    struct request *request = acceptance->request;
    int wait_s = header_wait_s(request->headers.value[HEADER_PREFER]);

    request->state = acceptance;
    if (acceptance->location != NULL)
        request_add_header(request, "Location", acceptance->location);
    if (acceptance->order_id != NULL && wait_s > 0)
        wait_for_rest(request, acceptance->order_id, after, wait_s, answer_accepted);
    else
        answer_accepted(request);
}

static void
refuse_broker(struct request *request)
{
    request_refuse_with(request, PROBLEM_BROKER_UNAVAILABLE,
                        "The broker did not acknowledge in time; repeat the request with the same "
                        "Idempotency-Key, it is safe");
}

static void
on_published(struct publication *publication)
{
    struct acceptance *acceptance = publication->owner;
    struct request *request = acceptance->request;
    const struct target_offset after = { publication->type, publication->partition,
                                         publication->offset + 1 };

    if (publication->ok && acceptance->order_id != NULL)
        recent_keep(request->bridge->recent, acceptance->order_id)->last = after;
    if (publication->ok && acceptance->acknowledged != NULL)
        acceptance->acknowledged(acceptance);
    if (!request_is_over(request)) {
        if (publication->ok)
            answer_or_wait(acceptance, &after);
        else
            refuse_broker(request);
    }
    request_release(request);
}

void
accept_event(struct acceptance *acceptance, const struct event *event, const char *which)
{
    struct request *request = acceptance->request;
    struct publication *publication = &acceptance->publication;
    struct json_writer value;

    json_writer_init(&value, request->arena, EVENT_FIRST_BYTES);
    event_write(&value, event);
    publication->type = event->type;
    publication->key = event_key(event);
    publication->value = value.bytes;
    publication->value_bytes = value.length;
    publication->id = identity_intent(publication->key, topics[event->type].name, which,
                                      digest_of(value.bytes, value.length));
    publication->traceparent = request->headers.value[HEADER_TRACEPARENT];
    publication->done = on_published;
    publication->owner = acceptance;
    request_hold(request);
    request_set_deadline(request, PUBLISH_US_MAX + PUBLISH_GRACE_US, refuse_broker);
    sender_send(request->bridge, publication);
}

void
accept_in_flight(struct acceptance *acceptance)
{
    answer_or_wait(acceptance, NULL);
}
