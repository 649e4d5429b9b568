/* lag.c — one run of the command line for all who look. */
#include "bridge/lag.h"
#include "base/instant.h"
#include "bridge/admin_stream.h"
#include "bridge/calls.h"
#include "bridge/children.h"
#include "bridge/text.h"
#include "json/json_read.h"

#define LAG_US_MAX      (60 * INT64_C(1000000))
#define LAG_BYTES_MAX   (64 * 1024)
#define ARENA_BYTES     8192
#define WAITING_MAX     64

struct lag {
    struct bridge *bridge;
    struct child *child; /* NULL: none runs */
    int64_t begun_us;    /* the last run; 0: none */
    int64_t told_at_us;  /* the last answer, wall clock; 0: none */
    struct arena *arenas[2]; /* of the answer, and of the run */
    struct text groups, coming; /* objects with a comma between two */
    struct request *waiting[WAITING_MAX];
    uint32_t waiting_count;
};

void
lag_open(struct bridge *bridge)
{
    struct lag *lag = memory_new(sizeof *lag);

    bridge->lag = lag;
    lag->bridge = bridge;
    lag->arenas[0] = arena_new(ARENA_BYTES);
    lag->arenas[1] = arena_new(ARENA_BYTES);
}

bool
lag_write(const struct bridge *bridge, struct json_writer *out)
{
    const struct lag *lag = bridge->lag;

    if (lag->told_at_us == 0)
        return false;
    json_begin_object(out);
    json_name(out, "at");
    json_instant(out, lag->told_at_us);
    json_name(out, "groups");
    json_begin_array(out);
    if (lag->groups.length > 0)
        json_raw(out, lag->groups.bytes, lag->groups.length);
    json_end_array(out);
    json_end_object(out);
    return true;
}

/* ---- who asked ----------------------------------------------------------------------------------- */

static void
answer(struct request *request)
{
    struct json_writer json;

    json_writer_init(&json, request->arena, 4096);
    if (lag_write(request->bridge, &json))
        request_answer_json(request, MHD_HTTP_OK, &json);
}

static void
refuse(struct request *request)
{
    request_refuse_with(request, PROBLEM_SERVER_UNAVAILABLE,
                        "How far the groups are could not be asked");
}

static void
answer_all(struct lag *lag, bool is_told)
{
    for (uint32_t i = 0; i < lag->waiting_count; i++) {
        struct request *request = lag->waiting[i];

        if (!request_is_over(request)) {
            if (is_told)
                answer(request);
            else
                refuse(request);
        }
        request_release(request);
    }
    lag->waiting_count = 0;
}

/* ---- the run ------------------------------------------------------------------------------------- */

static void
on_line(void *owner, const char *line, size_t bytes, bool is_error, bool cut)
{
    struct lag *lag = owner;
    struct json_error wrong;
    struct json_doc doc;
    const char *own;

    if (is_error || cut || lag->coming.length + bytes > LAG_BYTES_MAX)
        return;
    own = arena_text(lag->arenas[1], line, bytes);
    if (!json_parse(lag->arenas[1], own, bytes, &doc, &wrong) || doc.nodes[0].type != JSON_OBJECT)
        return;
    if (lag->coming.length > 0)
        text_add(&lag->coming, ",", 1);
    text_add(&lag->coming, own, bytes);
}

static void
on_end(void *owner, int status, bool stopped)
{
    struct lag *lag = owner;
    struct arena *former = lag->arenas[0];
    bool is_told = lag->coming.length > 0 && !stopped;

    (void)status; /* 3 where one database of several is away: the others are told */
    lag->child = NULL;
    if (is_told) {
        lag->groups = lag->coming;
        lag->told_at_us = instant_now_us();
        lag->arenas[0] = lag->arenas[1];
        lag->arenas[1] = former;
    }
    answer_all(lag, is_told);
    if (is_told)
        admin_streams_tell_lag(lag->bridge);
}

static bool
begin(struct lag *lag, int64_t now_us)
{
    const struct child_run run = { .kind = CHILD_CALL, .us_max = LAG_US_MAX, .on_line = on_line,
                                   .on_end = on_end, .owner = lag };
    struct error err = { .class = ERROR_NONE };
    struct arguments arguments;

    arena_reset(lag->arenas[1], ARENA_BYTES);
    lag->coming = (struct text){ .arena = lag->arenas[1] };
    lag->begun_us = now_us;
    arguments_init(&arguments, lag->arenas[1]);
    arguments_add(&arguments, "lag");
    arguments_add(&arguments, "--json");
    lag->child = child_start(lag->bridge, &arguments, &run, &err);
    return lag->child != NULL;
}

static int64_t
due_us(const struct lag *lag)
{
    return lag->begun_us == 0 ? 0 : lag->begun_us + LAG_EVERY_US;
}

void
lag_tick(struct bridge *bridge, int64_t now_us)
{
    struct lag *lag = bridge->lag;

    if (admin_streams_count(bridge) > 0 && lag->child == NULL && now_us >= due_us(lag) &&
        bridge->stopping_at_us == 0)
        (void)begin(lag, now_us);
}

int
lag_next_ms(const struct bridge *bridge, int64_t now_us)
{
    const struct lag *lag = bridge->lag;
    int64_t in_us = due_us(lag) - now_us;

    if (admin_streams_count(bridge) == 0 || lag->child != NULL || bridge->stopping_at_us != 0)
        return -1;
    return in_us <= 0 ? 0 : (int)((in_us + 999) / 1000);
}

/* ---- GET /v1/admin/lag --------------------------------------------------------------------------- */

void
call_lag(struct request *request)
{
    struct lag *lag = request->bridge->lag;
    int64_t now_us = monotonic_now_us();

    if (lag->told_at_us != 0 && now_us < due_us(lag)) {
        answer(request);
        return;
    }
    if (lag->waiting_count == WAITING_MAX || (lag->child == NULL && !begin(lag, now_us))) {
        request_refuse_with(request, PROBLEM_TOO_MANY_REQUESTS, "Too many commands run already");
        return;
    }
    request_hold(request);
    request_set_deadline(request, LAG_US_MAX, refuse);
    lag->waiting[lag->waiting_count++] = request;
}
