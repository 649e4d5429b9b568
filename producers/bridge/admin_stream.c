/* admin_stream.c — one page at a time for each who follows. */
#include "bridge/admin_stream.h"
#include "base/instant.h"
#include "bridge/calls.h"
#include "bridge/connections.h"
#include "bridge/jobs.h"
#include "bridge/lag.h"
#include "bridge/metering.h"
#include "bridge/stats.h"
#include "bridge/text.h"
#include <string.h>

#define HEARTBEAT_US    (15 * INT64_C(1000000))
#define STALLED_US_MAX  (30 * INT64_C(1000000))
#define TIMER_US        (500 * INT64_C(1000))
#define CHUNK_BYTES     4096
#define PAGE_KEEP_BYTES 65536

struct admin_stream {
    struct admin_stream *previous, *next;
    struct request *request;
    struct arena *page_arena;
    struct text page;
    size_t sent;
    int64_t pulled_us; /* when the connection last took or asked for bytes */
    bool stats_due, lag_due, ends;
    uint32_t job_count; /* that are due */
    char jobs[JOBS_KEPT_MAX][UUID_TEXT_BYTES];
};

struct admin_streams {
    struct admin_stream *first;
    uint32_t count;
};

uint32_t
admin_streams_count(const struct bridge *bridge)
{
    return bridge->admin_streams->count;
}

/* ---- a page -------------------------------------------------------------------------------------- */

static void
begin_page(struct admin_stream *stream)
{
    arena_reset(stream->page_arena, PAGE_KEEP_BYTES);
    stream->page = (struct text){ .arena = stream->page_arena };
    stream->sent = 0;
}

/* JSON of ours has no line breaks. */
static void
add_event(struct admin_stream *stream, const char *name, const struct json_writer *json)
{
    const char *head = arena_printf(stream->page_arena, "event: %s\ndata: ", name);

    text_add(&stream->page, head, strlen(head));
    text_add(&stream->page, json->bytes, json->length);
    text_add(&stream->page, "\n\n", 2);
}

static void
add_jobs(struct admin_stream *stream)
{
    for (uint32_t i = 0; i < stream->job_count; i++) {
        const struct admin_job *job = jobs_find(stream->request->bridge, stream->jobs[i]);
        struct json_writer json;

        if (job == NULL)
            continue;
        json_writer_init(&json, stream->page_arena, 1024);
        job_write(&json, job, false);
        add_event(stream, "job", &json);
    }
    stream->job_count = 0;
}

static void
write_page(struct admin_stream *stream)
{
    struct json_writer json;

    begin_page(stream);
    json_writer_init(&json, stream->page_arena, 8192);
    if (stream->stats_due && stats_write(stream->request->bridge, &json))
        add_event(stream, "stats", &json);
    json_writer_init(&json, stream->page_arena, 4096);
    if (stream->lag_due && lag_write(stream->request->bridge, &json))
        add_event(stream, "lag", &json);
    stream->stats_due = stream->lag_due = false;
    add_jobs(stream);
}

static bool
is_sent(const struct admin_stream *stream)
{
    return stream->sent == stream->page.length;
}

/* ---- sending ------------------------------------------------------------------------------------- */

static ssize_t
pull(void *context, uint64_t position, char *out, size_t room)
{
    struct admin_stream *stream = context;
    struct request *request = stream->request;
    size_t count;

    (void)position;
    stream->pulled_us = monotonic_now_us();
    if (is_sent(stream) && !stream->ends)
        write_page(stream);
    count = stream->page.length - stream->sent;
    if (count > room)
        count = room;
    if (count > 0) {
        memcpy(out, stream->page.bytes + stream->sent, count);
        stream->sent += count;
        return (ssize_t)count;
    }
    if (stream->ends || request->bridge->stopping_at_us != 0)
        return MHD_CONTENT_READER_END_OF_STREAM;
    request->sleeping = true;
    MHD_suspend_connection(request->connection);
    return 0;
}

static void
wake(struct admin_stream *stream)
{
    struct request *request = stream->request;

    if (!request->sleeping)
        return;
    request->sleeping = false;
    stream->pulled_us = monotonic_now_us();
    MHD_resume_connection(request->connection);
}

static void
on_timer(struct request *request)
{
    struct admin_stream *stream = request->state;
    int64_t now_us = monotonic_now_us();

    if (!request->sleeping && now_us - stream->pulled_us > STALLED_US_MAX) {
        connections_cut(request->connection);
        metering_cut();
        return;
    }
    if (request->sleeping && connections_is_gone(request->connection))
        stream->ends = true;
    if (stream->ends || request->bridge->stopping_at_us != 0) {
        wake(stream);
    } else if (request->sleeping && now_us - stream->pulled_us >= HEARTBEAT_US) {
        begin_page(stream);
        text_add(&stream->page, ": heartbeat\n\n", 13);
        wake(stream);
    }
    request_set_timer(request, TIMER_US, on_timer);
}

/* ---- what has changed ---------------------------------------------------------------------------- */

void
admin_streams_tell_stats(struct bridge *bridge)
{
    for (struct admin_stream *stream = bridge->admin_streams->first; stream != NULL;
         stream = stream->next) {
        stream->stats_due = true;
        wake(stream);
    }
}

void
admin_streams_tell_lag(struct bridge *bridge)
{
    for (struct admin_stream *stream = bridge->admin_streams->first; stream != NULL;
         stream = stream->next) {
        stream->lag_due = true;
        wake(stream);
    }
}

/* Those that are forgotten by now make room. */
static void
note_job(struct admin_stream *stream, const char *id)
{
    for (uint32_t i = 0; i < stream->job_count; i++)
        if (strcmp(stream->jobs[i], id) == 0)
            return;
    if (stream->job_count == JOBS_KEPT_MAX)
        memmove(stream->jobs[0], stream->jobs[1], sizeof stream->jobs[0] * --stream->job_count);
    memcpy(stream->jobs[stream->job_count++], id, UUID_TEXT_BYTES);
}

static void
on_job(void *owner, const struct admin_job *job)
{
    struct bridge *bridge = owner;

    for (struct admin_stream *stream = bridge->admin_streams->first; stream != NULL;
         stream = stream->next) {
        note_job(stream, job->id);
        wake(stream);
    }
}

void
admin_streams_open(struct bridge *bridge)
{
    bridge->admin_streams = memory_new(sizeof *bridge->admin_streams);
    jobs_on_change(bridge, on_job, bridge);
}

/* ---- begin and end ------------------------------------------------------------------------------- */

static void
end_stream(struct request *request)
{
    struct admin_stream *stream = request->state;
    struct admin_streams *streams = request->bridge->admin_streams;

    if (stream->next != NULL)
        stream->next->previous = stream->previous;
    if (stream->previous != NULL)
        stream->previous->next = stream->next;
    else
        streams->first = stream->next;
    streams->count--;
    request->bridge->stream_count--;
    arena_free(stream->page_arena);
}

static void
link_stream(struct admin_stream *stream)
{
    struct admin_streams *streams = stream->request->bridge->admin_streams;

    stream->next = streams->first;
    if (stream->next != NULL)
        stream->next->previous = stream;
    streams->first = stream;
    streams->count++;
    stream->request->bridge->stream_count++;
}

void
call_admin_stream(struct request *request)
{
    struct admin_stream *stream;
    struct MHD_Response *response;

    if (request->bridge->admin_streams->count >= ADMIN_STREAMS_MAX) {
        request_refuse_with(request, PROBLEM_TOO_MANY_REQUESTS, "Too many pages follow already");
        return;
    }
    stream = arena_take(request->arena, sizeof *stream);
    stream->request = request;
    stream->page_arena = arena_new(CHUNK_BYTES);
    stream->stats_due = stream->lag_due = true;
    begin_page(stream);
    text_add(&stream->page, "retry: 1000\n\n", 13);
    for (uint32_t i = 0; jobs_at(request->bridge, i) != NULL; i++)
        note_job(stream, jobs_at(request->bridge, i)->id);
    request->state = stream;
    request->on_end = end_stream;
    link_stream(stream);
    stream->pulled_us = monotonic_now_us();
    response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, CHUNK_BYTES, pull, stream, NULL);
    MHD_add_response_header(response, "Content-Type", "text/event-stream");
    MHD_add_response_header(response, "X-Accel-Buffering", "no");
    request_answer_stream(request, response);
    connections_streaming(request->connection);
    request_set_timer(request, TIMER_US, on_timer);
}
