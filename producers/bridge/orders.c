/* orders.c — placing an order, showing one, listing a customer's. */
#include "base/instant.h"
#include "bridge/accept.h"
#include "bridge/calls.h"
#include "bridge/identity.h"
#include "bridge/lookup.h"
#include "bridge/order.h"
#include "bridge/queries.h"
#include "bridge/recent.h"
#include "bridge/wait.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGEST_READ_US (250 * INT64_C(1000)) /* an order never waits longer for the read model */
#define LIST_DEFAULT   20
#define LIST_MAX       100
#define FAR_FUTURE_US  INT64_C(253402300799000000) /* the end of the year 9999 */
#define NO_ORDER_ID    "\"00000000-0000-0000-0000-000000000000\""

/* ---- POST /v1/orders ------------------------------------------------------------------------- */

struct placing {
    struct event *event;
    struct uuid id;
    struct digest digest;
};

static void
remember_request(struct acceptance *acceptance)
{
    const struct placing *placing = acceptance->context;
    struct memory *memory = recent_keep(acceptance->request->bridge->recent, acceptance->order_id);

    memory->has_request = true;
    memory->request = placing->digest;
}

static void
publish_order(struct request *request)
{
    struct placing *placing = request->state;
    const char *order_id = placing->event->as.order_requested.order_id.text;
    struct acceptance *acceptance = acceptance_new(request);

    acceptance->order_id = order_id;
    acceptance->context = placing;
    acceptance->acknowledged = remember_request;
    acceptance->location = arena_printf(request->arena, "/v1/orders/%s", order_id);
    json_name(&acceptance->answer, "order_id");
    json_text(&acceptance->answer, order_id);
    json_name(&acceptance->answer, "status");
    json_text(&acceptance->answer, "REQUESTED");
    json_end_object(&acceptance->answer);
    accept_event(acceptance, placing->event, "");
}

static void
refuse_reuse(struct request *request)
{
    request_refuse_with(request, PROBLEM_IDEMPOTENCY_KEY_REUSED,
                        "This Idempotency-Key belongs to an order with another body");
}

static bool
is_other_request(const struct job *job, const struct placing *placing)
{
    const char *ours = placing->event->as.order_requested.request_digest.text;

    return job->ok && job->row_count > 0 && job_text(job, 0, 0)[0] != 0 && !job_is(job, 0, 0, ours);
}

static void
on_digest(struct job *job)
{
    struct request *request = job->owner;

    /* Otherwise the deadline published already, and request->state is no longer ours: only let go. */
    if (request->search == job) {
        request->search = NULL;
        if (is_other_request(job, request->state))
            refuse_reuse(request);
        else
            publish_order(request);
    }
    job_free(job);
    request_release(request);
}

/* The read model takes too long: the order is accepted without its word. */
static void
publish_unasked(struct request *request)
{
    request->search = NULL;
    publish_order(request);
}

static void
ask_digest(struct request *request)
{
    struct placing *placing = request->state;
    struct job *job = job_new(request->bridge, QUERY_DIGEST, 1, on_digest, request);

    pg_param_uuid(&job->params, placing->id);
    request->search = job;
    request_hold(request);
    request_set_deadline(request, DIGEST_READ_US, publish_unasked);
    job_submit(job);
}

/* Everything the caller said, as it will be published, but for the digest itself. */
static void
name_order(struct request *request, struct placing *placing)
{
    struct order_requested *order = &placing->event->as.order_requested;
    struct json_writer canonical;

    uuid_format(placing->id, order->order_id.text);
    json_writer_init(&canonical, request->arena, 1024);
    write_order_requested(&canonical, order);
    placing->digest = digest_of(canonical.bytes, canonical.length);
    order->has_request_digest = true;
    digest_format(placing->digest, order->request_digest.text);
}

static bool
decode_order(struct request *request, struct event *out)
{
    static const struct body_member prefix[] = {
        {"order_id", NO_ORDER_ID},
        { NULL,      NULL       }
    };
    struct problem *problem = arena_take(request->arena, sizeof *problem);
    struct json_doc doc;

    if (body_parse(request->arena, request->body, request->body_bytes, &BODY_ORDER, &doc,
                   problem) &&
        body_decode(request->arena, &doc, EV_ORDER_REQUESTED, prefix, NULL, NULL, out, problem))
        return true;
    request_refuse(request, problem);
    return false;
}

void
call_place_order(struct request *request)
{
    struct placing *placing = arena_take(request->arena, sizeof *placing);
    const struct memory *memory;
    char key[IDEMPOTENCY_KEY_BYTES_MAX + 1];
    bool has_key;

    placing->event = arena_take(request->arena, sizeof *placing->event);
    request->state = placing;
    if (!take_idempotency_key(request, key, &has_key) || !decode_order(request, placing->event))
        return;
    placing->id = has_key ? identity_order(placing->event->as.order_requested.customer_id.text, key)
                          : uuid_v7(instant_now_us());
    name_order(request, placing);
    memory = recent_find(request->bridge->recent, placing->event->as.order_requested.order_id.text);
    if (memory != NULL && memory->has_request &&
        memcmp(&memory->request, &placing->digest, sizeof placing->digest) != 0)
        refuse_reuse(request);
    else if (!has_key || (memory != NULL && memory->has_request) ||
             !readmodel_is_up(request->bridge->readmodel))
        publish_order(request);
    else
        ask_digest(request);
}

/* ---- GET /v1/orders/{order_id} --------------------------------------------------------------- */

/* Where the last event lies that was accepted here and may not be shown yet; NULL: none. */
static const struct target_offset *
unseen(struct request *request)
{
    const struct memory *memory = recent_find(request->bridge->recent, request->match.params[0]);

    if (memory == NULL || memory->last.next_offset == 0 ||
        positions_are_past(request->bridge->positions, &memory->last))
        return NULL;
    return &memory->last;
}

static void
on_shown(struct request *request, const struct job *job)
{
    int wait_s = header_wait_s(request->headers.value[HEADER_PREFER]);
    const struct target_offset *after = unseen(request);

    if (wait_s > 0 && (after != NULL || !job_is(job, 0, ORDER_AT_REST, "true"))) {
        wait_for_rest(request, request->match.params[0], after, wait_s, refuse_read_model);
        return;
    }
    if (wait_s >= 0)
        request_add_header(request, "Preference-Applied",
                           arena_printf(request->arena, "wait=%d", wait_s));
    answer_order(request, job);
}

void
call_show_order(struct request *request)
{
    static const struct lookup lookup = { .sql = &QUERY_ORDER,
                                          .column_count = ORDER_COLUMN_COUNT,
                                          .judge = judge_exists,
                                          .found = on_shown };

    lookup_order(request, request->match.params[0], &lookup);
}

/* ---- GET /v1/orders -------------------------------------------------------------------------- */

struct listing {
    int32_t limit;
    int64_t before_us;
    struct uuid before_id;
};

/* "1795367000000000_0192…": made by write_cursor. */
static bool
parse_cursor(const char *text, struct listing *out)
{
    const char *line = strchr(text, '_');
    char *end;

    if (line == NULL || strspn(text, "0123456789") != (size_t)(line - text) || line == text ||
        line - text > 18)
        return false;
    out->before_us = strtoll(text, &end, 10);
    if (out->before_us > FAR_FUTURE_US)
        out->before_us = FAR_FUTURE_US;
    return uuid_parse(line + 1, strlen(line + 1), &out->before_id);
}

static void
write_cursor(struct json_writer *out, const struct job *job, uint32_t row)
{
    json_text(out, arena_printf(out->arena, "%s_%s", job_text(job, row, ORDER_CREATED_US),
                                job_text(job, row, ORDER_ID)));
}

static void
on_listed(struct request *request, const struct job *job)
{
    const struct listing *listing = request->state;
    uint32_t limit = (uint32_t)listing->limit;
    struct json_writer json;

    json_writer_init(&json, request->arena, 16384);
    json_begin_object(&json);
    json_name(&json, "orders");
    json_begin_array(&json);
    for (uint32_t row = 0; row < job->row_count && row < limit; row++)
        order_write(&json, job, row);
    json_end_array(&json);
    json_name(&json, "next");
    if (job->row_count > limit)
        write_cursor(&json, job, limit - 1);
    else
        json_null(&json);
    json_end_object(&json);
    request_answer_json(request, MHD_HTTP_OK, &json);
}

void
call_list_orders(struct request *request)
{
    const char *customer = target_query(&request->target, "customer_id");
    const char *after = target_query(&request->target, "after");
    struct listing *listing = arena_take(request->arena, sizeof *listing);
    struct job *job;

    listing->before_us = FAR_FUTURE_US;
    memset(&listing->before_id, 0xff, sizeof listing->before_id);
    request->state = listing;
    if (customer == NULL || !is_id(customer)) {
        refuse_query(request, "customer_id", customer == NULL ? "missing" : "pattern");
        return;
    }
    if (after != NULL && !parse_cursor(after, listing)) {
        refuse_query(request, "after", "pattern");
        return;
    }
    if (!take_limit(request, LIST_DEFAULT, LIST_MAX, &listing->limit))
        return;
    job = read_new(request, QUERY_ORDERS, ORDER_COLUMN_COUNT);
    pg_param_text(&job->params, customer);
    pg_param_time(&job->params, listing->before_us);
    pg_param_uuid(&job->params, listing->before_id);
    pg_param_int32(&job->params,
                   listing->limit + 1); /* one more tells whether there is a next page */
    read_for(request, job, on_listed);
}
