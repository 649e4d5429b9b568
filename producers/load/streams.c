/* streams.c — Contract: streams.h
 *
 *   stream   one connection: the line that is not whole yet, how far its order is
 *   events   what each line is worth
 *   run      open all, then pay one after another */
#include "load/streams.h"
#include "base/instant.h"
#include "load/body.h"
#include "load/multi.h"
#include "load/sender.h"
#include <string.h>

enum {
    LINE_BYTES_MAX = 16 * 1024,
    ARENA_BYTES = 64 * 1024,
    EVENTS_EACH_MAX = 16,
    HISTORY = 2, /* OrderRequested, StockReserved: what a stream of a waiting order begins with */
    LOOK_US = 100000,
};
#define SILENCE_US (20 * INT64_C(1000000)) /* nothing on any stream for so long: what is open does not end */

struct stream {
    CURL *curl;
    struct run *run;
    size_t length;
    int events;
    char url[400];
    char line[LINE_BYTES_MAX];
};

struct run {
    const struct workload *load;
    struct streams_result *out;
    struct multi *multi;
    struct stream *streams;
    struct sender *sender;
    struct event *event;
    struct arena *arena;
    int64_t first, rate, paid, opened, ended, started_us, heard_us;
};

/* ---- events --------------------------------------------------------------------------------------- */

static void
complain(struct run *run, const char *what, const struct stream *stream)
{
    if (run->out->errors++ == 0)
        snprintf(run->out->first_error, sizeof run->out->first_error, "%s: %.200s", what,
                 stream->url);
}

static void
take_event(struct stream *stream, const char *data, size_t bytes)
{
    struct run *run = stream->run;
    char at[INSTANT_TEXT_BYTES];
    int64_t at_us = 0;

    stream->events++;
    run->heard_us = monotonic_now_us(); /* heartbeats do not count */
    if (stream->events == HISTORY)
        run->opened++;
    if (stream->events <= HISTORY)
        return;
    run->out->events++;
    if (!body_text(run->arena, data, bytes, "at", at, sizeof at) ||
        !instant_parse(at, strlen(at), &at_us))
        complain(run, "an event without its time", stream);
    else
        latency_add(&run->out->latency, instant_now_us() - at_us);
    arena_reset(run->arena, ARENA_BYTES);
}

static void
take_line(struct stream *stream)
{
    static const char DATA[] = "data: ";

    if (stream->length > sizeof DATA && memcmp(stream->line, DATA, sizeof DATA - 1) == 0)
        take_event(stream, stream->line + sizeof DATA - 1, stream->length - (sizeof DATA - 1));
    stream->length = 0;
}

static size_t
on_bytes(char *bytes, size_t size, size_t count, void *context)
{
    struct stream *stream = context;

    for (size_t i = 0; i < size * count; i++)
        if (bytes[i] == '\n')
            take_line(stream);
        else if (stream->length < sizeof stream->line)
            stream->line[stream->length++] = bytes[i];
    return size * count;
}

static void
on_ended(void *context, CURL *transfer, CURLcode code)
{
    struct run *run = context;
    struct stream *stream;
    long status = 0;

    curl_easy_getinfo(transfer, CURLINFO_PRIVATE, (char **)&stream);
    curl_easy_getinfo(transfer, CURLINFO_RESPONSE_CODE, &status);
    run->ended++;
    if (code != CURLE_OK || status != 200)
        complain(run, code != CURLE_OK ? curl_easy_strerror(code) : "not 200", stream);
    else if (stream->events <= HISTORY)
        complain(run, "ended before its order", stream);
    else
        run->out->finished++;
}

/* ---- run ------------------------------------------------------------------------------------------ */

static void
stream_open(struct run *run, struct stream *stream, int64_t index, const struct settings *settings)
{
    struct order_requested *order = &run->event->as.order_requested;

    workload_order(run->load, index, order);
    snprintf(stream->url, sizeof stream->url, "http://%s/v1/orders/%s/events", settings->http,
             order->order_id.text);
    stream->run = run;
    stream->length = 0;
    stream->events = 0;
    stream->curl = curl_easy_init();
    curl_easy_setopt(stream->curl, CURLOPT_URL, stream->url);
    curl_easy_setopt(stream->curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(stream->curl, CURLOPT_WRITEDATA, stream);
    curl_easy_setopt(stream->curl, CURLOPT_PRIVATE, stream);
    curl_easy_setopt(stream->curl, CURLOPT_BUFFERSIZE, (long)LINE_BYTES_MAX);
    curl_easy_setopt(stream->curl, CURLOPT_PROXY, "");
    multi_begin(run->multi, stream->curl);
}

static bool
pay(struct run *run, struct error *err)
{
    struct order_requested order;

    workload_order(run->load, run->first + run->paid++, &order);
    run->event->type = EV_SHIPPING_SUBMITTED;
    run->event->as.shipping_submitted =
        (struct shipping_submitted){ .order_id = order.order_id,
                                     .customer_id = order.customer_id,
                                     .shipping = order.shipping,
                                     .revision = 1 };
    TRY(sender_send(run->sender, run->event, err));
    run->event->type = EV_PAYMENT_REQUESTED;
    run->event->as.payment_requested = (struct payment_requested){ .order_id = order.order_id,
                                                                   .customer_id = order.customer_id,
                                                                   .attempt = 1,
                                                                   .revision = 1 };
    return sender_send(run->sender, run->event, err);
}

/* Pays what is due; how long nothing will be. */
static bool
pay_due(struct run *run, int64_t *wait_us, struct error *err)
{
    *wait_us = LOOK_US;
    while (run->paid < run->load->orders) {
        *wait_us = run->started_us + run->paid * 1000000 / run->rate - monotonic_now_us();
        if (*wait_us > 0)
            return true;
        TRY(pay(run, err));
        *wait_us = LOOK_US;
    }
    return true;
}

static bool
is_silent(const struct run *run)
{
    return monotonic_now_us() - run->heard_us > SILENCE_US;
}

static void
open_all(struct run *run, const struct settings *settings)
{
    enum { AT_ONCE = 64 }; /* a listener's queue is short */

    run->heard_us = monotonic_now_us();
    for (int64_t i = 0; i < run->load->orders; i++) {
        stream_open(run, &run->streams[i], run->first + i, settings);
        while (i + 1 - run->opened - run->ended > AT_ONCE && !is_silent(run))
            multi_step(run->multi, LOOK_US);
    }
    while (run->opened + run->ended < run->load->orders && !is_silent(run))
        multi_step(run->multi, LOOK_US);
    run->out->opened = run->opened;
}

static bool
pay_all(struct run *run, struct error *err)
{
    int64_t wait_us;

    run->started_us = run->heard_us = monotonic_now_us();
    while (run->ended < run->load->orders && !is_silent(run)) {
        TRY(pay_due(run, &wait_us, err));
        multi_step(run->multi, wait_us);
    }
    run->out->took_us = monotonic_now_us() - run->started_us;
    if (run->ended < run->load->orders && run->out->errors++ == 0)
        snprintf(run->out->first_error, sizeof run->out->first_error,
                 "%lld streams did not end", (long long)(run->load->orders - run->ended));
    return true;
}

bool
streams_run(const struct settings *settings, const struct workload *load, int64_t first,
            int64_t rate, struct streams_result *out, struct error *err)
{
    struct run run = { .load = load, .out = out, .first = first, .rate = rate };
    bool ok;

    if (load->orders > STREAMS_MAX || rate < 1)
        return error_set(err, ERROR_REFUSED, "streams takes at most %d orders, and needs --rate",
                         STREAMS_MAX);
    *out = (struct streams_result){ .latency = latency_new(load->orders * EVENTS_EACH_MAX) };
    run.sender = sender_open(settings, err);
    if (!run.sender)
        return false;
    run.multi = multi_new((long)load->orders, on_ended, &run);
    run.streams = memory_new((size_t)load->orders * sizeof *run.streams);
    run.event = memory_new(sizeof *run.event);
    run.arena = arena_new(ARENA_BYTES);
    open_all(&run, settings);
    ok = pay_all(&run, err);
    for (int64_t i = 0; i < load->orders; i++) {
        multi_abandon(run.multi, run.streams[i].curl);
        curl_easy_cleanup(run.streams[i].curl);
    }
    multi_free(run.multi);
    sender_close(run.sender);
    arena_free(run.arena);
    memory_free(run.event);
    memory_free(run.streams);
    return ok;
}

bool
streams_prepare(const struct settings *settings, const struct workload *load, int64_t first,
                struct error *err)
{
    struct sender *sender = sender_open(settings, err);
    struct event *event = memory_new(sizeof *event);
    bool ok = sender != NULL;

    event->type = EV_ORDER_REQUESTED;
    for (int64_t i = first; ok && i < first + load->orders; i++) {
        workload_order(load, i, &event->as.order_requested);
        event->as.order_requested.has_shipping = false;
        event->as.order_requested.auto_pay = false;
        event->as.order_requested.has_coupon_code = false;
        ok = sender_send(sender, event, err);
    }
    ok = ok && sender_drain(sender, 0, err);
    if (sender)
        sender_close(sender);
    memory_free(event);
    return ok;
}
