/* wait.c — first past this request, then look until it rests. */
#include "bridge/wait.h"
#include "base/instant.h"
#include "bridge/identity.h"
#include "bridge/lookup.h"
#include "bridge/order.h"
#include "bridge/queries.h"
#include "bridge/rest.h"
#include "bridge/watch.h"
#include <stddef.h>
#include <string.h>

#define LAST_LOOK_US (1 * INT64_C(1000000)) /* for the read when the time is over */

struct waiting {
    struct request *request;
    const char *order_id;
    struct uuid id;
    struct position_wait after;
    struct watch watch;
    enum watch_news news; /* the newest */
    struct rest rest;
    int wait_s;
    int64_t look_in_us;
    bool is_after;   /* the read model is past this request */
    bool looking;    /* a read is under way */
    bool look_again; /* something changed meanwhile */
    bool is_last;    /* the time is over: answer with what the next read says */
    void (*otherwise)(struct request *request);
};

static void ask(struct waiting *waiting);

/* ---- answers --------------------------------------------------------------------------------- */

void
answer_order(struct request *request, const struct job *job)
{
    const char *etag = order_etag(request->arena, job, 0);
    struct json_writer json;

    request_add_header(request, "ETag", etag);
    if (strcmp(request->method, "POST") != 0 && strcmp(request->method, "PUT") != 0 &&
        header_matches_etag(request->headers.value[HEADER_IF_NONE_MATCH], etag)) {
        request_answer_empty(request, MHD_HTTP_NOT_MODIFIED);
        return;
    }
    json_writer_init(&json, request->arena, 8192);
    order_write(&json, job, 0);
    request_answer_json(request, MHD_HTTP_OK, &json);
}

static void
end_waiting(struct request *request)
{
    struct waiting *waiting = request->search;

    positions_cancel(request->bridge, &waiting->after);
    watch_end(&waiting->watch);
}

static void
give_up(struct request *request)
{
    struct waiting *waiting = request->search;

    end_waiting(request);
    waiting->otherwise(request);
}

static void
answer_waited(struct waiting *waiting, const struct job *job)
{
    struct request *request = waiting->request;

    end_waiting(request);
    request_add_header(request, "Preference-Applied",
                       arena_printf(request->arena, "wait=%d", waiting->wait_s));
    answer_order(request, job);
}

/* ---- looking --------------------------------------------------------------------------------- */

static void
on_timer(struct request *request)
{
    ask(request->search);
}

static void
look_later(struct waiting *waiting)
{
    request_set_timer(waiting->request, waiting->look_in_us, on_timer);
    waiting->look_in_us *= 2;
    if (waiting->look_in_us > LOOK_LAST_US)
        waiting->look_in_us = LOOK_LAST_US;
}

static void
on_looked(struct job *job)
{
    struct waiting *waiting = job->owner;
    struct request *request = waiting->request;
    bool found = job->ok && job->row_count > 0;

    waiting->looking = false;
    if (!request_is_over(request)) {
        if (found && (waiting->is_last || job_is(job, 0, ORDER_AT_REST, "true")))
            answer_waited(waiting, job);
        else if (waiting->is_last)
            give_up(request);
        else if (waiting->look_again)
            ask(waiting);
        else
            look_later(waiting);
    }
    job_free(job);
    request_release(request);
}

static void
look(struct waiting *waiting)
{
    struct request *request = waiting->request;
    struct job *job;

    waiting->look_again = waiting->looking;
    if (waiting->looking)
        return;
    waiting->looking = true;
    request_hold(request);
    job = job_new(request->bridge, QUERY_ORDER, ORDER_COLUMN_COUNT, on_looked, waiting);
    pg_param_uuid(&job->params, waiting->id);
    job_submit(job);
}

static void
on_rest(struct rest *rest, bool at_rest)
{
    struct waiting *waiting = (struct waiting *)((char *)rest - offsetof(struct waiting, rest));
    struct request *request = waiting->request;

    if (!request_is_over(request)) {
        if (at_rest)
            look(waiting);
        else
            look_later(waiting);
    }
    request_release(request);
}

/* The whole order is read when it rests, or when the time is over. */
static void
ask(struct waiting *waiting)
{
    if (!waiting->rest.ask.asked)
        request_hold(waiting->request);
    rest_ask(waiting->request->bridge, &waiting->rest);
}

/* What was told last is how the order stands, if it was told at all. */
static void
go_by_news(struct waiting *waiting)
{
    if (waiting->news == WATCH_AT_REST)
        look(waiting);
    else if (waiting->news == WATCH_UNKNOWN)
        ask(waiting);
    else if (!waiting->looking)
        request_set_timer(waiting->request, waiting->look_in_us, on_timer);
}

static void
on_changed(struct watch *watch, enum watch_news news)
{
    struct waiting *waiting = watch->owner;

    waiting->news = news;
    if (waiting->is_after && !request_is_over(waiting->request))
        go_by_news(waiting);
}

static void
on_after(struct position_wait *after)
{
    struct waiting *waiting = after->owner;

    if (request_is_over(waiting->request))
        return;
    waiting->is_after = true;
    waiting->look_in_us = LOOK_FIRST_US;
    go_by_news(waiting);
}

/* The time is over: one more look, or none where it would not be after this request. */
static void
on_time_over(struct request *request)
{
    struct waiting *waiting = request->search;

    if (!waiting->is_after) {
        give_up(request);
        return;
    }
    waiting->is_last = true;
    request_set_deadline(request, LAST_LOOK_US, give_up);
    if (!waiting->looking)
        look(waiting);
}

void
wait_for_rest(struct request *request, const char *order_id, const struct target_offset *after,
              int wait_s, void (*otherwise)(struct request *request))
{
    struct waiting *waiting = arena_take(request->arena, sizeof *waiting);

    *waiting = (struct waiting){
        .request = request, .order_id = order_id, .wait_s = wait_s, .otherwise = otherwise
    };
    waiting->after = (struct position_wait){ .reached = on_after, .owner = waiting };
    request->search = waiting;
    if (!uuid_parse(order_id, strlen(order_id), &waiting->id)) {
        otherwise(request);
        return;
    }
    waiting->rest = (struct rest){ .ask.order_id = waiting->id, .answered = on_rest };
    request->on_end = end_waiting;
    request_set_deadline(request, wait_s * INT64_C(1000000), on_time_over);
    /* Watching before looking: what happens in between is told. */
    watch_begin(request->bridge, &waiting->watch, order_id, on_changed, waiting);
    if (after != NULL)
        positions_add(&waiting->after, *after);
    positions_wait(request->bridge, &waiting->after);
}
