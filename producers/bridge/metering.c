/* metering.c — handles are registered once and kept. */
#include "bridge/metering.h"
#include "base/instant.h"
#include "base/metrics.h"
#include "bridge/calls.h"
#include "bridge/connections.h"
#include "bridge/subscriber.h"
#include "bridge/watch.h"
#include <assert.h>
#include <stdio.h>

#define CALLS_MAX    128 /* calls, pages, and one place for what is neither */
#define STATUSES_MAX 32

static struct {
    struct metric *latency[CALLS_MAX];
    struct {
        unsigned status;
        struct metric *counter;
    } answers[CALLS_MAX][STATUSES_MAX];
    struct metric *refusals[PROBLEM_CODE_COUNT];
    struct metric *published[EV_COUNT][2];
    struct metric *reads[2], *read_trips;
    struct metric *publish_latency, *cuts, *connections, *requests, *streams, *watches, *hears;
} meters;

void
metering_open(void)
{
    assert(ENDPOINT_COUNT + PAGE_COUNT < CALLS_MAX);
    meters.publish_latency = metric_histogram(
        "jumun_bridge_publish_seconds", "From sending an event to the broker's acknowledgement.",
        NULL, METRIC_BOUNDS_LATENCY_US);
    meters.reads[0] = metric_counter("jumun_bridge_reads_total", "Questions to the read model.",
                                     LABELS({ "result", "not_answered" }));
    meters.reads[1] = metric_counter("jumun_bridge_reads_total", "Questions to the read model.",
                                     LABELS({ "result", "answered" }));
    meters.read_trips =
        metric_counter("jumun_bridge_read_trips_total", "Round trips to the read model.", NULL);
    meters.cuts =
        metric_counter("jumun_http_connections_cut_total",
                       "Connections closed because a request or its reader was too slow.", NULL);
    meters.connections = metric_gauge("jumun_http_connections", "Open connections.", NULL);
    meters.requests =
        metric_gauge("jumun_http_requests_open", "Requests being received or answered.", NULL);
    meters.streams = metric_gauge("jumun_http_streams", "Open event streams.", NULL);
    meters.watches =
        metric_gauge("jumun_bridge_watches", "Calls and streams that wait for an order.", NULL);
    meters.hears =
        metric_gauge("jumun_bridge_hears_news",
                     "1 while the read model tells of its commits; 0: who waits asks again.", NULL);
}

static unsigned
index_of(const struct request *request)
{
    const struct endpoint *endpoint = request->match.endpoint;

    if (endpoint == NULL)
        return ENDPOINT_COUNT + PAGE_COUNT;
    if ((endpoint->traits & IS_PAGE) != 0)
        return ENDPOINT_COUNT + (unsigned)(endpoint - PAGES);
    return (unsigned)(endpoint - ENDPOINTS);
}

static const char *
path_of(const struct request *request)
{
    return request->match.endpoint != NULL ? request->match.endpoint->path : "none";
}

static const char *
method_of(const struct request *request)
{
    return request->match.endpoint != NULL ? request->match.endpoint->method : "none";
}

static struct metric *
answers_of(const struct request *request, unsigned call, unsigned status)
{
    char text[16];

    for (unsigned i = 0; i < STATUSES_MAX; i++) {
        if (meters.answers[call][i].status == status)
            return meters.answers[call][i].counter;
        if (meters.answers[call][i].status != 0)
            continue;
        snprintf(text, sizeof text, "%u", status);
        meters.answers[call][i].status = status;
        meters.answers[call][i].counter =
            metric_counter("jumun_http_answers_total", "Answers by call and status.",
                           LABELS({ "method", method_of(request) }, { "path", path_of(request) },
                                  { "status", text }));
        return meters.answers[call][i].counter;
    }
    return NULL;
}

void
metering_answered(const struct request *request, unsigned status)
{
    unsigned call = index_of(request);
    struct metric *counter = answers_of(request, call, status);

    if (counter != NULL)
        metric_add(counter, 1);
    if (meters.latency[call] == NULL)
        meters.latency[call] =
            metric_histogram("jumun_http_answer_seconds", "From the request line to the answer.",
                             LABELS({ "method", method_of(request) }, { "path", path_of(request) }),
                             METRIC_BOUNDS_LATENCY_US);
    metric_observe(meters.latency[call], monotonic_now_us() - request->started_us);
}

void
metering_refused(enum problem_code code)
{
    if (meters.refusals[code] == NULL)
        meters.refusals[code] = metric_counter("jumun_http_refusals_total", "Refusals by code.",
                                               LABELS({ "code", problem_infos[code].code }));
    metric_add(meters.refusals[code], 1);
}

void
metering_cut(void)
{
    metric_add(meters.cuts, 1);
}

void
metering_published(enum event_type type, bool ok, int64_t took_us)
{
    struct metric **counter = &meters.published[type][ok];

    if (*counter == NULL)
        *counter =
            metric_counter("jumun_bridge_published_total", "Events sent, by what became of them.",
                           LABELS({ "topic", topics[type].name },
                                  { "result", ok ? "acknowledged" : "not_acknowledged" }));
    metric_add(*counter, 1);
    if (ok)
        metric_observe(meters.publish_latency, took_us);
}

void
metering_read(uint32_t jobs, bool ok)
{
    metric_add(meters.reads[ok], jobs);
    metric_add(meters.read_trips, 1);
}

void
metering_sample(const struct bridge *bridge)
{
    metric_set(meters.connections, connections_count(bridge->connections));
    metric_set(meters.requests, bridge->request_count);
    metric_set(meters.streams, bridge->stream_count);
    metric_set(meters.watches, watches_count(bridge->watches));
    metric_set(meters.hears, subscriber_is_listening(bridge->subscriber));
}
