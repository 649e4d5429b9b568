/* stream.c — GET /v1/orders/{order_id}/events: server-sent events.
 *
 *   state     a page of text from the read model, how much of it is sent, the last seq in it
 *   pull      the connection asks for bytes: from the page, or it sleeps
 *   read      the next page; when there is none: end, or wait for the watch
 *   timer     heartbeats, a look in case something was missed, and readers that never read are cut
 *
 * Memory is one page per stream whatever the reader does: the next is read when this one is gone.  One that sleeps
 * has none. */
#include "base/instant.h"
#include "base/logger.h"
#include "bridge/calls.h"
#include "bridge/connections.h"
#include "bridge/lookup.h"
#include "bridge/metering.h"
#include "bridge/queries.h"
#include "bridge/sse.h"
#include "bridge/stream.h"
#include "bridge/together.h"
#include "bridge/watch.h"
#include <stddef.h>

#define HEARTBEAT_US    (15 * INT64_C(1000000))
#define LOOK_US         (5 * INT64_C(1000000))
#define STALLED_US_MAX  (30 * INT64_C(1000000))
#define CHUNK_BYTES     4096
#define PAGE_KEEP_BYTES 65536

enum stream_column { STREAM_IS_OVER, STREAM_EVENTS, STREAM_COLUMNS };
enum page_column { PAGE_PLACE, PAGE_IS_OVER, PAGE_EVENTS, PAGE_COLUMNS };

struct stream {
    struct request *request;
    struct together_ask ask;
    struct watch watch;
    struct arena *page_arena;
    struct text page;
    size_t sent;
    int64_t last_seq;
    int64_t pulled_us; /* when the connection last took or asked for bytes */
    int64_t looked_us;
    bool reading, read_again, ends;
};

static void read_page(struct stream *stream);

/* ---- pull ------------------------------------------------------------------------------------ */

/* Most streams sleep most of the time: then they keep no memory for bytes. */
static void
drop_page(struct stream *stream)
{
    if (stream->page_arena != NULL)
        arena_free(stream->page_arena);
    stream->page_arena = NULL;
    stream->page = (struct text){ .arena = NULL };
    stream->sent = 0;
}

static ssize_t
pull(void *context, uint64_t position, char *out, size_t room)
{
    struct stream *stream = context;
    struct request *request = stream->request;
    size_t left = stream->page.length - stream->sent, count = left < room ? left : room;

    (void)position;
    stream->pulled_us = monotonic_now_us();
    if (count > 0) {
        memcpy(out, stream->page.bytes + stream->sent, count);
        stream->sent += count;
        if (stream->sent == stream->page.length && stream->read_again)
            read_page(stream);
        return (ssize_t)count;
    }
    if (stream->ends || request->bridge->stopping_at_us != 0)
        return MHD_CONTENT_READER_END_OF_STREAM;
    drop_page(stream);
    request->sleeping = true;
    MHD_suspend_connection(request->connection);
    return 0;
}

static void
wake(struct stream *stream)
{
    struct request *request = stream->request;

    if (!request->sleeping)
        return;
    request->sleeping = false;
    stream->pulled_us = monotonic_now_us();
    MHD_resume_connection(request->connection);
}

static void
begin_page(struct stream *stream)
{
    if (stream->page_arena == NULL)
        stream->page_arena = arena_new(CHUNK_BYTES);
    arena_reset(stream->page_arena, PAGE_KEEP_BYTES);
    stream->page = (struct text){ .arena = stream->page_arena };
    stream->sent = 0;
}

/* ---- read ------------------------------------------------------------------------------------ */

static void
append_rows(struct stream *stream, const struct together_rows *rows)
{
    begin_page(stream);
    for (uint32_t row = rows->first; row < rows->first + rows->count; row++) {
        const struct cell *events = job_cell(rows->job, row, PAGE_EVENTS);

        if (events->text == NULL ||
            sse_append(&stream->page, events->text, events->bytes, &stream->last_seq))
            continue;
        log_error("a row of order_events cannot be shown",
                  F_STR("order_id", stream->watch.order_id), F_INT("seq", stream->last_seq));
        stream->ends = true;
    }
}

static void
on_page(struct together_ask *ask, const struct together_rows *rows, bool again)
{
    struct stream *stream = (struct stream *)((char *)ask - offsetof(struct stream, ask));
    struct request *request = stream->request;
    bool is_full = rows->count == PAGE_ROWS;

    (void)again; /* read_page remembers it */
    stream->reading = false;
    if (!request->ended && rows->count > 0) {
        append_rows(stream, rows);
        stream->ends =
            stream->ends || (!is_full && job_is(rows->job, rows->first, PAGE_IS_OVER, "true"));
        stream->read_again = stream->read_again || is_full;
        if (stream->page.length > 0 || stream->ends)
            wake(stream);
        else if (stream->read_again)
            read_page(stream);
    }
    request_release(request);
}

static void
bind_pages(struct pg_params *params, struct together_ask *const *asks, uint32_t count)
{
    struct uuid ids[PAGES_TOGETHER];
    int32_t seqs[PAGES_TOGETHER];

    for (uint32_t i = 0; i < count; i++) {
        const struct stream *stream =
            (const struct stream *)((const char *)asks[i] - offsetof(struct stream, ask));
        ids[i] = asks[i]->order_id;
        seqs[i] = (int32_t)stream->last_seq;
    }
    pg_param_uuids(params, ids, count);
    pg_param_int32s(params, seqs, count);
    pg_param_int32(params, PAGE_ROWS);
}

void
streams_open(struct bridge *bridge)
{
    static const struct together_kind KIND = { .sql = &QUERY_EVENTS_OF_MANY,
                                               .column_count = PAGE_COLUMNS,
                                               .asks_max = PAGES_TOGETHER,
                                               .bind = bind_pages,
                                               .answered = on_page };

    bridge->pages = together_new(bridge, &KIND);
}

/* One at a time, and never over a page that is not sent yet. */
static void
read_page(struct stream *stream)
{
    stream->read_again = stream->reading || stream->sent < stream->page.length;
    if (stream->read_again || stream->ends)
        return;
    stream->reading = true;
    stream->looked_us = monotonic_now_us();
    request_hold(stream->request);
    together_ask(stream->request->bridge->pages, &stream->ask);
}

static void
on_changed(struct watch *watch, enum watch_news news)
{
    (void)news;
    read_page(watch->owner);
}

/* ---- timer ----------------------------------------------------------------------------------- */

static void
on_timer(struct request *request)
{
    struct stream *stream = request->state;
    int64_t now_us = monotonic_now_us();
    bool is_idle = stream->sent == stream->page.length && request->sleeping;

    if (!request->sleeping && now_us - stream->pulled_us > STALLED_US_MAX) {
        connections_cut(request->connection);
        metering_cut();
        return;
    }
    if (request->sleeping && connections_is_gone(request->connection))
        stream->ends = true;
    if (stream->ends || request->bridge->stopping_at_us != 0) {
        wake(stream);
    } else if (is_idle && now_us - stream->pulled_us >= HEARTBEAT_US) {
        begin_page(stream);
        text_add(&stream->page, ": heartbeat\n\n", 13);
        wake(stream);
    } else if (now_us - stream->looked_us >= LOOK_US) {
        read_page(stream);
    }
    request_set_timer(request, 500 * INT64_C(1000), on_timer);
}

/* ---- begin and end --------------------------------------------------------------------------- */

static void
end_stream(struct request *request)
{
    struct stream *stream = request->state;

    watch_end(&stream->watch);
    request->bridge->stream_count--;
    drop_page(stream);
}

static void
begin_stream(struct request *request, int64_t last_seq)
{
    struct stream *stream = arena_take(request->arena, sizeof *stream);
    struct MHD_Response *response;

    stream->request = request;
    stream->last_seq = last_seq;
    begin_page(stream);
    text_add(&stream->page, "retry: 1000\n\n", 13);
    if (!uuid_parse(request->match.params[0], UUID_TEXT_BYTES - 1, &stream->ask.order_id))
        stream->ends = true;
    request->state = stream;
    request->on_end = end_stream;
    request->bridge->stream_count++;
    stream->pulled_us = monotonic_now_us();
    response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, CHUNK_BYTES, pull, stream, NULL);
    MHD_add_response_header(response, "Content-Type", "text/event-stream");
    MHD_add_response_header(response, "X-Accel-Buffering", "no");
    watch_begin(request->bridge, &stream->watch, request->match.params[0], on_changed, stream);
    stream->read_again = true; /* the first page follows the greeting */
    request_answer_stream(request, response);
    connections_streaming(request->connection);
    request_set_timer(request, 500 * INT64_C(1000), on_timer);
}

static void
on_found(struct request *request, const struct job *job)
{
    int64_t last_seq = *(const int64_t *)request->state;
    bool has_more = job_cell(job, 0, STREAM_EVENTS)->text != NULL;

    if (!has_more && last_seq > 0 && job_is(job, 0, STREAM_IS_OVER, "true"))
        request_answer_empty(request,
                             MHD_HTTP_NO_CONTENT); /* tells an EventSource to stop asking */
    else
        begin_stream(request, last_seq);
}

static void
bind_last_seq(struct request *request, struct job *job)
{
    pg_param_int32(&job->params, (int32_t) * (const int64_t *)request->state);
    pg_param_int32(&job->params, 1);
}

void
call_stream_events(struct request *request)
{
    static const struct lookup lookup = { .sql = &QUERY_EVENTS,
                                          .column_count = STREAM_COLUMNS,
                                          .bind = bind_last_seq,
                                          .judge = judge_exists,
                                          .found = on_found };
    int64_t *last_seq = arena_take(request->arena, sizeof *last_seq);

    request->state = last_seq;
    if (!header_last_event_id(request->headers.value[HEADER_LAST_EVENT_ID], last_seq))
        request_refuse_with(request, PROBLEM_INVALID_HEADER,
                            "Last-Event-ID is the seq of an event");
    else if (request->bridge->stream_count >= STREAMS_MAX)
        request_refuse_with(request, PROBLEM_TOO_MANY_REQUESTS, "Too many event streams are open");
    else
        lookup_order(request, request->match.params[0], &lookup);
}
