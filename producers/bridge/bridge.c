/* bridge.c — the loop: mail, timers, the HTTP library; and how it starts and stops. */
#include "bridge/bridge.h"
#include "base/instant.h"
#include "base/logger.h"
#include "bridge/admin_stream.h"
#include "bridge/asker.h"
#include "bridge/children.h"
#include "bridge/connections.h"
#include "bridge/jobs.h"
#include "bridge/lag.h"
#include "bridge/metering.h"
#include "bridge/positions.h"
#include "bridge/readmodel.h"
#include "bridge/recent.h"
#include "bridge/request.h"
#include "bridge/rest.h"
#include "bridge/sender.h"
#include "bridge/server.h"
#include "bridge/stats.h"
#include "bridge/stream.h"
#include "bridge/subscriber.h"
#include "bridge/watch.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define CHECK_US (250 * INT64_C(1000)) /* slow connections are looked for so often */
#define EVENTS   8

struct loop {
    struct bridge *bridge;
    int epoll_fd, signal_fd;
    int64_t check_at_us;
};

/* ---- start ----------------------------------------------------------------------------------- */

/* Before any thread is made: all inherit the mask, and only the loop reads the signals. */
static void
block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    pthread_sigmask(SIG_BLOCK, set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* A descriptor for each connection, and some for the servers behind. */
static void
allow_descriptors(void)
{
    const rlim_t wanted = CONNECTIONS_MAX + 256;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted)
        log_warn("fewer connections than wanted", F_INT("descriptors", limit.rlim_cur));
}

bool
bridge_start(struct bridge *bridge, struct error *err)
{
    int listening = -1;
    sigset_t set;

    block_signals(&set);
    allow_descriptors();
    bridge->next_timer_us = INT64_MAX;
    TRY(policy_load(&bridge->policy, bridge->settings.http_hosts, err));
    TRY(server_listen(bridge, &listening, err));
    TRY(mailbox_open(&bridge->mailbox, err));
    TRY(children_open(bridge, err));
    jobs_open(bridge);
    admin_streams_open(bridge);
    stats_open(bridge);
    lag_open(bridge);
    metering_open();
    positions_open(bridge);
    watches_open(bridge);
    rests_open(bridge);
    streams_open(bridge);
    recent_open(bridge);
    TRY(sender_start(bridge, err));
    TRY(asker_start(bridge, err));
    TRY(readmodel_start(bridge, err));
    TRY(subscriber_start(bridge, err));
    TRY(server_start(bridge, listening, err));
    log_info("listening", F_STR("address", bridge->settings.http), F_INT("port", bridge->port));
    return true;
}

/* ---- run ------------------------------------------------------------------------------------- */

static void
add_fd(struct loop *loop, int fd)
{
    struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

    epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static int
sooner_ms(int a, int b)
{
    if (a < 0 || b < 0)
        return a < 0 ? b : a;
    return a < b ? a : b;
}

static int
ms_until(int64_t at_us, int64_t now_us)
{
    return at_us <= now_us ? 0 : (int)((at_us - now_us + 999) / 1000);
}

static int
wait_ms(const struct loop *loop, int64_t now_us)
{
    struct bridge *bridge = loop->bridge;
    int ms = ms_until(loop->check_at_us, now_us);

    ms = sooner_ms(ms, server_next_ms(bridge));
    ms = sooner_ms(ms, positions_next_ms(bridge->positions, now_us));
    ms = sooner_ms(ms, children_next_ms(bridge, now_us));
    ms = sooner_ms(ms, jobs_next_ms(bridge, now_us));
    ms = sooner_ms(ms, stats_next_ms(bridge, now_us));
    ms = sooner_ms(ms, lag_next_ms(bridge, now_us));
    if (bridge->next_timer_us != INT64_MAX)
        ms = sooner_ms(ms, ms_until(bridge->next_timer_us, now_us));
    return ms;
}

/* What waits is answered soon: nobody's wait outlives the stop. */
static void
shorten_waits(struct bridge *bridge, int64_t now_us)
{
    for (struct request *request = bridge->requests; request != NULL; request = request->next)
        if (request->deadline_us > now_us + STOP_WAITS_US)
            request->deadline_us = now_us + STOP_WAITS_US;
    bridge->next_timer_us = now_us;
}

static void
take_signal(struct loop *loop, int64_t now_us)
{
    struct signalfd_siginfo info;

    if (read(loop->signal_fd, &info, sizeof info) != sizeof info ||
        loop->bridge->stopping_at_us != 0)
        return;
    log_info("stopping", F_INT("requests", loop->bridge->request_count));
    loop->bridge->stopping_at_us = now_us;
    server_quiesce(loop->bridge);
    children_stop(loop->bridge);
    shorten_waits(loop->bridge, now_us);
}

static bool
is_idle(const struct bridge *bridge)
{
    return bridge->request_count == 0 && children_count(bridge, CHILD_JOB) == 0 &&
           children_count(bridge, CHILD_CALL) == 0;
}

static bool
is_done(const struct bridge *bridge, int64_t now_us)
{
    return bridge->stopping_at_us != 0 &&
           (is_idle(bridge) || now_us - bridge->stopping_at_us > STOP_US_MAX);
}

static void
turn(struct loop *loop)
{
    struct bridge *bridge = loop->bridge;
    struct epoll_event events[EVENTS];
    int count = epoll_wait(loop->epoll_fd, events, EVENTS, wait_ms(loop, monotonic_now_us()));
    int64_t now_us = monotonic_now_us();

    for (int i = 0; i < count; i++)
        if (events[i].data.fd == loop->signal_fd)
            take_signal(loop, now_us);
    mailbox_deliver(&bridge->mailbox);
    positions_tick(bridge, now_us);
    children_tick(bridge, now_us);
    jobs_tick(bridge, now_us);
    stats_tick(bridge, now_us);
    lag_tick(bridge, now_us);
    requests_tick(bridge, now_us);
    if (now_us >= loop->check_at_us) {
        connections_check(bridge->connections, now_us);
        loop->check_at_us = now_us + CHECK_US;
    }
    server_run(bridge);
}

void
bridge_run(struct bridge *bridge)
{
    struct loop loop = { .bridge = bridge, .epoll_fd = epoll_create1(EPOLL_CLOEXEC) };
    sigset_t set;

    block_signals(&set);
    loop.signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    add_fd(&loop, loop.signal_fd);
    add_fd(&loop, bridge->mailbox.wake_fd);
    add_fd(&loop, server_fd(bridge));
    add_fd(&loop, children_fd(bridge));
    while (!is_done(bridge, monotonic_now_us()))
        turn(&loop);
    close(loop.signal_fd);
    close(loop.epoll_fd);
}

/* ---- stop ------------------------------------------------------------------------------------ */

static void
refuse_all(struct bridge *bridge)
{
    for (struct request *request = bridge->requests; request != NULL; request = request->next)
        if (request->sleeping && !request->answered)
            request_refuse_with(request, PROBLEM_BROKER_UNAVAILABLE, "The bridge is stopping");
        else if (request->sleeping)
            MHD_resume_connection(request->connection);
}

void
bridge_stop(struct bridge *bridge)
{
    int64_t until_us = bridge->stopping_at_us + STOP_US_MAX;

    children_close(bridge);
    sender_stop(bridge, until_us);
    mailbox_deliver(&bridge->mailbox);
    refuse_all(bridge);
    server_run(bridge); /* the library wants no sleeping connection when it stops */
    subscriber_stop(bridge);
    asker_stop(bridge);
    readmodel_stop(bridge);
    server_stop(bridge);
    jobs_close(bridge);
    log_info("stopped");
}
