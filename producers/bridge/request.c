/* request.c — life of a request: made, held, put to sleep, ended. */
#include "bridge/request.h"
#include "base/instant.h"
#include "bridge/connections.h"
#include <string.h>

static void
link_request(struct bridge *bridge, struct request *request)
{
    request->next = bridge->requests;
    if (request->next != NULL)
        request->next->previous = request;
    bridge->requests = request;
    bridge->request_count++;
}

static void
unlink_request(struct bridge *bridge, struct request *request)
{
    if (request->next != NULL)
        request->next->previous = request->previous;
    if (request->previous != NULL)
        request->previous->next = request->next;
    else
        bridge->requests = request->next;
    bridge->request_count--;
}

struct request *
request_new(struct bridge *bridge, struct MHD_Connection *connection, const char *raw_target)
{
    struct arena *arena = arena_new(ARENA_FIRST_BYTES);
    struct request *request = arena_take(arena, sizeof *request);

    request->arena = arena;
    request->bridge = bridge;
    request->connection = connection;
    request->raw_target = arena_text(arena, raw_target, strlen(raw_target));
    request->started_us = monotonic_now_us();
    link_request(bridge, request);
    return request;
}

static void
free_when_unused(struct request *request)
{
    if (!request->ended || request->holds > 0)
        return;
    unlink_request(request->bridge, request);
    arena_free(request->arena); /* the request lies in it */
}

void
request_hold(struct request *request)
{
    request->holds++;
}

void
request_release(struct request *request)
{
    request->holds--;
    free_when_unused(request);
}

bool
request_is_over(const struct request *request)
{
    return request->answered || request->ended;
}

void
request_end(struct request *request)
{
    if (request->on_end != NULL)
        request->on_end(request);
    request->ended = true;
    request->connection = NULL;
    request->deadline_us = request->timer_us = 0;
    free_when_unused(request);
}

void
request_sleep(struct request *request)
{
    request->sleeping = true;
    MHD_suspend_connection(request->connection);
}

/* When one strikes all are looked at: what has time strikes together, so that thousands of sleeping streams cost
 * TIMER_GRAIN_US's worth of looks and not one each. */
static int64_t
strikes_at(struct bridge *bridge, int64_t in_us)
{
    int64_t at_us = monotonic_now_us() + in_us;

    if (in_us >= 4 * TIMER_GRAIN_US)
        at_us += TIMER_GRAIN_US - at_us % TIMER_GRAIN_US;
    if (at_us < bridge->next_timer_us)
        bridge->next_timer_us = at_us;
    return at_us;
}

void
request_set_deadline(struct request *request, int64_t in_us,
                     void (*on_deadline)(struct request *request))
{
    request->deadline_us = strikes_at(request->bridge, in_us);
    request->on_deadline = on_deadline;
}

void
request_set_timer(struct request *request, int64_t in_us, void (*on_timer)(struct request *request))
{
    request->timer_us = strikes_at(request->bridge, in_us);
    request->on_timer = on_timer;
}

static bool
is_due(int64_t *at_us, int64_t now_us)
{
    if (*at_us == 0 || *at_us > now_us)
        return false;
    *at_us = 0;
    return true;
}

static int64_t
earlier(int64_t earliest_us, int64_t at_us)
{
    return at_us != 0 && at_us < earliest_us ? at_us : earliest_us;
}

/* What is due may answer, sleep on or set timers anew; it frees no other request. */
void
requests_tick(struct bridge *bridge, int64_t now_us)
{
    int64_t next_us = INT64_MAX;

    if (now_us < bridge->next_timer_us)
        return;
    for (struct request *request = bridge->requests, *next; request != NULL; request = next) {
        next = request->next;
        if (is_due(&request->deadline_us, now_us))
            request->on_deadline(request);
        else if (is_due(&request->timer_us, now_us))
            request->on_timer(request);
    }
    for (const struct request *request = bridge->requests; request != NULL; request = request->next)
        next_us = earlier(earlier(next_us, request->deadline_us), request->timer_us);
    bridge->next_timer_us = next_us;
}
