/* stats.c — one question a second, a ring of differences, and GET /v1/admin/stats. */
#include "bridge/stats.h"
#include "base/instant.h"
#include "bridge/admin_stream.h"
#include "bridge/calls.h"
#include "bridge/lookup.h"
#include "bridge/queries.h"
#include <stdio.h>
#include <string.h>

#define SAMPLE_US     INT64_C(1000000)
#define QUIET_US_MAX  (5 * INT64_C(1000000)) /* a chart goes on where nothing happens */
#define POINTS_MAX    60
#define WINDOW_S      60
#define OPEN_LOOKED   20000 /* the oldest order in flight is looked for among so many open ones */
#define TIME_BYTES    32

enum count_column { COUNT_AT, COUNT_FIRST, COUNT_MOVING = 7, COUNT_COLUMNS };
enum oldest_column { OLDEST_ID, OLDEST_AT, OLDEST_COLUMNS };

/* In the order of admin_counts.sql. */
#define STATUSES(X)                                                                                \
    X(REQUESTED)                                                                                   \
    X(SOLD_OUT)                                                                                    \
    X(RESERVED)                                                                                    \
    X(PENDING)                                                                                     \
    X(PAID)                                                                                        \
    X(CANCELLED)

enum counted {
#define X(name) COUNTED_##name,
    STATUSES(X)
#undef X
        COUNTED_STATUSES
};

static const char *const status_names[COUNTED_STATUSES] = {
#define X(name) #name,
    STATUSES(X)
#undef X
};

struct counts {
    char at[TIME_BYTES];
    int64_t orders[COUNTED_STATUSES];
    int64_t moving;
    char oldest_id[UUID_TEXT_BYTES], oldest_at[TIME_BYTES]; /* "": none */
};

struct point {
    char at[TIME_BYTES];
    int64_t seen_us; /* monotonic */
    double seconds;
    int64_t requested, paid, cancelled, sold_out;
};

struct stats {
    struct bridge *bridge;
    struct counts now;
    bool is_known, is_asking;
    int64_t ask_at_us, seen_us;
    int64_t told_us; /* to those who follow */
    struct point points[POINTS_MAX];
    uint32_t first, count;
};

void
stats_open(struct bridge *bridge)
{
    bridge->stats = memory_new(sizeof *bridge->stats);
    bridge->stats->bridge = bridge;
}

/* ---- counts -------------------------------------------------------------------------------------- */

static void
copy_text(char *out, size_t out_bytes, const char *text)
{
    snprintf(out, out_bytes, "%s", text);
}

static void
take_counts(struct counts *out, const struct job *job)
{
    *out = (struct counts){ .moving = job_integer(job, 0, COUNT_MOVING) };
    copy_text(out->at, sizeof out->at, job_text(job, 0, COUNT_AT));
    for (uint32_t i = 0; i < COUNTED_STATUSES; i++)
        out->orders[i] = job_integer(job, 0, COUNT_FIRST + i);
}

static void
take_oldest(struct counts *out, const struct job *job)
{
    if (job->row_count == 0)
        return;
    copy_text(out->oldest_id, sizeof out->oldest_id, job_text(job, 0, OLDEST_ID));
    copy_text(out->oldest_at, sizeof out->oldest_at, job_text(job, 0, OLDEST_AT));
}

static int64_t
all_orders(const struct counts *counts)
{
    int64_t sum = 0;

    for (uint32_t i = 0; i < COUNTED_STATUSES; i++)
        sum += counts->orders[i];
    return sum;
}

/* ---- rates --------------------------------------------------------------------------------------- */

/* Tables that were made anew count from below: that is no rate. */
static int64_t
more(int64_t was, int64_t is)
{
    return is > was ? is - was : 0;
}

static void
add_point(struct stats *stats, const struct counts *was, const struct counts *is, int64_t now_us)
{
    uint32_t at = (stats->first + stats->count) % POINTS_MAX;
    struct point *point = &stats->points[at];

    if (stats->count < POINTS_MAX)
        stats->count++;
    else
        stats->first = (stats->first + 1) % POINTS_MAX;
    *point = (struct point){
        .seen_us = now_us,
        .seconds = (double)(now_us - stats->seen_us) / 1e6,
        .requested = more(all_orders(was), all_orders(is)),
        .paid = more(was->orders[COUNTED_PAID], is->orders[COUNTED_PAID]),
        .cancelled = more(was->orders[COUNTED_CANCELLED], is->orders[COUNTED_CANCELLED]),
        .sold_out = more(was->orders[COUNTED_SOLD_OUT], is->orders[COUNTED_SOLD_OUT]),
    };
    memcpy(point->at, is->at, sizeof point->at);
}

static bool
is_in_window(const struct point *point, int64_t now_us)
{
    return now_us - point->seen_us <= WINDOW_S * INT64_C(1000000);
}

static bool
moves(const struct stats *stats, int64_t now_us)
{
    for (uint32_t i = 0; i < stats->count; i++) {
        const struct point *point = &stats->points[(stats->first + i) % POINTS_MAX];

        if (is_in_window(point, now_us) &&
            (point->requested | point->paid | point->cancelled | point->sold_out) != 0)
            return true;
    }
    return false;
}

/* ---- each second --------------------------------------------------------------------------------- */

static bool
is_same(const struct counts *was, const struct counts *is)
{
    return memcmp(was->orders, is->orders, sizeof was->orders) == 0 &&
           was->moving == is->moving && strcmp(was->oldest_id, is->oldest_id) == 0;
}

static void
keep(struct stats *stats, const struct counts *counts)
{
    int64_t now_us = monotonic_now_us();
    bool was_moving = moves(stats, now_us);
    bool is_news = !stats->is_known || was_moving || !is_same(&stats->now, counts) ||
                   now_us - stats->told_us >= QUIET_US_MAX;

    if (stats->is_known)
        add_point(stats, &stats->now, counts, now_us);
    stats->now = *counts;
    stats->is_known = true;
    stats->seen_us = now_us;
    if (!is_news)
        return;
    stats->told_us = now_us;
    admin_streams_tell_stats(stats->bridge);
}

struct sample {
    struct stats *stats;
    struct counts counts;
};

static void
on_sampled_oldest(struct job *job)
{
    struct sample *sample = job->owner;

    if (job->ok) {
        take_oldest(&sample->counts, job);
        keep(sample->stats, &sample->counts);
    }
    sample->stats->is_asking = false;
    memory_free(sample);
    job_free(job);
}

static void
ask_oldest(struct stats *stats, const struct counts *counts)
{
    struct sample *sample = memory_new(sizeof *sample);
    struct job *job;

    *sample = (struct sample){ stats, *counts };
    job = job_new(stats->bridge, QUERY_ADMIN_OLDEST, OLDEST_COLUMNS, on_sampled_oldest, sample);
    pg_param_int32(&job->params, OPEN_LOOKED);
    job_submit(job);
}

/* The oldest is looked for only where somebody looks. */
static void
on_sampled(struct job *job)
{
    struct stats *stats = job->owner;
    struct counts counts = { .moving = 0 };

    if (job->ok)
        take_counts(&counts, job);
    if (counts.moving > 0 && admin_streams_count(stats->bridge) > 0) {
        ask_oldest(stats, &counts);
    } else {
        if (job->ok)
            keep(stats, &counts);
        stats->is_asking = false;
    }
    job_free(job);
}

void
stats_tick(struct bridge *bridge, int64_t now_us)
{
    struct stats *stats = bridge->stats;

    if (now_us < stats->ask_at_us)
        return;
    stats->ask_at_us = now_us + SAMPLE_US;
    if (stats->is_asking || bridge->stopping_at_us != 0 || !readmodel_is_up(bridge->readmodel))
        return;
    stats->is_asking = true;
    job_submit(job_new(bridge, QUERY_ADMIN_COUNTS, COUNT_COLUMNS, on_sampled, stats));
}

int
stats_next_ms(const struct bridge *bridge, int64_t now_us)
{
    int64_t in_us = bridge->stats->ask_at_us - now_us;

    return in_us <= 0 ? 0 : (int)((in_us + 999) / 1000);
}

/* ---- as JSON ------------------------------------------------------------------------------------- */

static void
write_orders(struct json_writer *out, const struct counts *counts)
{
    json_name(out, "orders");
    json_begin_object(out);
    for (uint32_t i = 0; i < COUNTED_STATUSES; i++) {
        json_name(out, status_names[i]);
        json_integer(out, counts->orders[i]);
    }
    json_end_object(out);
    json_name(out, "at_rest");
    json_integer(out, all_orders(counts) - counts->moving);
    json_name(out, "in_flight");
    json_integer(out, counts->moving);
}

static void
write_oldest(struct json_writer *out, const struct counts *counts)
{
    json_name(out, "oldest_in_flight");
    if (counts->oldest_id[0] == 0) {
        json_null(out);
        return;
    }
    json_begin_object(out);
    json_name(out, "order_id");
    json_text(out, counts->oldest_id);
    json_name(out, "created_at");
    json_text(out, counts->oldest_at);
    json_end_object(out);
}

static void
write_point(struct json_writer *out, const struct point *point)
{
    const char *seconds = arena_printf(out->arena, "%.3f", point->seconds);

    json_begin_object(out);
    json_name(out, "at");
    json_text(out, point->at);
    json_name(out, "seconds");
    json_raw(out, seconds, strlen(seconds));
    json_name(out, "requested");
    json_integer(out, point->requested);
    json_name(out, "paid");
    json_integer(out, point->paid);
    json_name(out, "cancelled");
    json_integer(out, point->cancelled);
    json_name(out, "sold_out");
    json_integer(out, point->sold_out);
    json_end_object(out);
}

static void
write_rates(struct json_writer *out, const struct stats *stats)
{
    int64_t now_us = monotonic_now_us();

    json_name(out, "rates");
    json_begin_object(out);
    json_name(out, "window_s");
    json_integer(out, WINDOW_S);
    json_name(out, "points");
    json_begin_array(out);
    for (uint32_t i = 0; i < stats->count; i++)
        if (is_in_window(&stats->points[(stats->first + i) % POINTS_MAX], now_us))
            write_point(out, &stats->points[(stats->first + i) % POINTS_MAX]);
    json_end_array(out);
    json_end_object(out);
}

static void
write_all(struct json_writer *out, const struct stats *stats, const struct counts *counts)
{
    json_begin_object(out);
    json_name(out, "at");
    json_text(out, counts->at);
    write_orders(out, counts);
    write_oldest(out, counts);
    write_rates(out, stats);
    json_end_object(out);
}

bool
stats_write(const struct bridge *bridge, struct json_writer *out)
{
    if (bridge->stats->is_known)
        write_all(out, bridge->stats, &bridge->stats->now);
    return bridge->stats->is_known;
}

/* ---- GET /v1/admin/stats: as things are now ------------------------------------------------------- */

static void
answer(struct request *request)
{
    struct json_writer json;

    json_writer_init(&json, request->arena, 8192);
    write_all(&json, request->bridge->stats, request->state);
    request_answer_json(request, MHD_HTTP_OK, &json);
}

static void
on_oldest(struct request *request, const struct job *job)
{
    take_oldest(request->state, job);
    answer(request);
}

static void
on_counts(struct request *request, const struct job *job)
{
    struct counts *counts = request->state;
    struct job *next;

    take_counts(counts, job);
    if (counts->moving == 0) {
        answer(request);
        return;
    }
    next = read_new(request, QUERY_ADMIN_OLDEST, OLDEST_COLUMNS);
    pg_param_int32(&next->params, OPEN_LOOKED);
    read_for(request, next, on_oldest);
}

void
call_stats(struct request *request)
{
    request->state = arena_take(request->arena, sizeof(struct counts));
    read_for(request, read_new(request, QUERY_ADMIN_COUNTS, COUNT_COLUMNS), on_counts);
}
