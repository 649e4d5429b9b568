/* proxy.c — chaos-proxy: a TCP proxy that delays, cuts, or loses one direction; its own small program.
 *
 * Usage     chaos-proxy CONTROL-PORT NAME=PORT:TARGET-PORT ...   All of it on 127.0.0.1.
 * Control   a line for each question, an answer in one line (stats: one for each route, then "end"):
 *             NAME open               nothing is wrong any more; who lost bytes is reset
 *             NAME delay MS           every byte waits so long, both ways
 *             NAME cut                all connections are reset, new ones too
 *             NAME lose to-client     what the server answers is thrown away: lost acknowledgements
 *             NAME lose to-server     what the client asks is thrown away
 *             stats
 * In C      because all traffic of three brokers and two databases goes through it on a small machine:
 *           one epoll loop costs next to nothing there, an interpreter would be the bottleneck. */
#include "proxy_link.h"
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROUTES_MAX   16
#define EVENTS_MAX   64
#define LINE_BYTES   128
#define ANSWER_BYTES 4096
#define DELAY_MS_MAX 60000

struct asker {
    struct source source;
    char line[LINE_BYTES];
    size_t used;
};

static struct {
    int epoll;
    struct source control;
    struct route routes[ROUTES_MAX];
    size_t route_count;
    struct link *links;
} proxy;

/* ---- what is wrong with a route ------------------------------------------------------------- */

static void
route_open(struct route *route)
{
    route->delay_ms = 0;
    route->is_cut = route->loses[CLIENT] = route->loses[SERVER] = false;
    for (struct link *link = proxy.links; link; link = link->next)
        if (link->route == route && link->has_hole)
            link->is_broken = true;
}

static void
route_cut(struct route *route)
{
    route->is_cut = true;
    for (struct link *link = proxy.links; link; link = link->next)
        if (link->route == route)
            link->is_broken = true;
}

/* ---- the control port ----------------------------------------------------------------------- */

static struct route *
route_named(const char *name)
{
    for (size_t i = 0; i < proxy.route_count; i++)
        if (strcmp(proxy.routes[i].name, name) == 0)
            return &proxy.routes[i];
    return NULL;
}

static bool
set_delay(struct route *route, const char *text)
{
    char *rest;
    errno = 0;
    long delay_ms = strtol(text, &rest, 10);
    if (errno || rest == text || *rest || delay_ms < 0 || delay_ms > DELAY_MS_MAX)
        return false;
    route->delay_ms = delay_ms;
    return true;
}

static const char *
command(const char *name, const char *verb, const char *word)
{
    struct route *route = route_named(name);
    if (!route)
        return "no such route\n";
    if (strcmp(verb, "open") == 0 && !*word)
        route_open(route);
    else if (strcmp(verb, "cut") == 0 && !*word)
        route_cut(route);
    else if (strcmp(verb, "lose") == 0 && strcmp(word, "to-client") == 0)
        route->loses[SERVER] = true;
    else if (strcmp(verb, "lose") == 0 && strcmp(word, "to-server") == 0)
        route->loses[CLIENT] = true;
    else if (strcmp(verb, "delay") != 0 || !set_delay(route, word))
        return "open, delay MS, cut, lose to-client or lose to-server\n";
    return "done\n";
}

static void
tell_stats(char out[ANSWER_BYTES])
{
    size_t used = 0;
    for (size_t i = 0; i < proxy.route_count; i++) {
        const struct route *route = &proxy.routes[i];
        used += (size_t)snprintf(
            out + used, ANSWER_BYTES - used,
            "%s connections=%" PRIu64 " resets=%" PRIu64 " to_server=%" PRIu64 " to_client=%" PRIu64
            " lost_to_server=%" PRIu64 " lost_to_client=%" PRIu64 "\n",
            route->name, route->connections, route->resets, route->carried[CLIENT],
            route->carried[SERVER], route->lost[CLIENT], route->lost[SERVER]);
    }
    snprintf(out + used, ANSWER_BYTES - used, "end\n");
}

static void
answer(const struct asker *asker, const char *line)
{
    char name[LINE_BYTES] = "", verb[LINE_BYTES] = "", word[LINE_BYTES] = "", out[ANSWER_BYTES];
    sscanf(line, "%127s %127s %127s", name, verb, word);
    if (strcmp(name, "stats") == 0 && !*verb)
        tell_stats(out);
    else
        snprintf(out, sizeof out, "%s", command(name, verb, word));
    if (send(asker->source.fd, out, strlen(out), MSG_NOSIGNAL) < 0)
        fprintf(stderr, "chaos-proxy: nobody waits for the answer to: %s\n", line);
}

/* Whole lines are answered; a line that is too long, or the end, closes. */
static bool
asker_read(struct asker *asker)
{
    size_t room = sizeof asker->line - 1 - asker->used;
    ssize_t got = room ? recv(asker->source.fd, asker->line + asker->used, room, 0) : 0;
    char *end;

    if (got <= 0)
        return got < 0 && (errno == EAGAIN || errno == EINTR);
    asker->used += (size_t)got;
    asker->line[asker->used] = '\0';
    while ((end = memchr(asker->line, '\n', asker->used)) != NULL) {
        *end = '\0';
        answer(asker, asker->line);
        asker->used -= (size_t)(end + 1 - asker->line);
        memmove(asker->line, end + 1, asker->used);
    }
    return true;
}

static void
asker_new(int fd)
{
    struct asker *asker = calloc(1, sizeof *asker);
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = asker };
    if (asker)
        asker->source = (struct source){ SOURCE_ASKER, fd };
    if (!asker || epoll_ctl(proxy.epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        close(fd);
        free(asker);
    }
}

static void
asker_free(struct asker *asker)
{
    close(asker->source.fd);
    free(asker);
}

/* ---- the loop ------------------------------------------------------------------------------- */

static void
link_start(struct route *route, int client)
{
    route->connections++;
    if (route->is_cut) {
        struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
        setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close(client);
        route->resets++;
        return;
    }
    struct link *link = link_new(proxy.epoll, route, client);
    if (!link)
        return;
    link->next = proxy.links;
    proxy.links = link;
}

static void
on_event(struct source *source)
{
    int fd;
    switch (source->kind) {
    case SOURCE_CONTROL:
        if ((fd = accept4(source->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
            asker_new(fd);
        return;
    case SOURCE_ROUTE:
        if ((fd = accept4(source->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
            link_start((struct route *)source, fd);
        return;
    case SOURCE_ASKER:
        if (!asker_read((struct asker *)source))
            asker_free((struct asker *)source);
        return;
    case SOURCE_END: link_step(proxy.epoll, ((struct end *)source)->link); return;
    }
}

/* What an end was told while nobody listens to it: its peer is gone. */
static void
on_hangup(struct source *source)
{
    if (source->kind == SOURCE_END && ((struct end *)source)->interest == 0)
        ((struct end *)source)->link->is_broken = true;
    else
        on_event(source);
}

static void
sweep(void)
{
    struct link **at = &proxy.links;
    while (*at) {
        struct link *link = *at;
        if (!link->is_broken) {
            at = &link->next;
            continue;
        }
        *at = link->next;
        link->route->resets++;
        link_reset_free(link);
    }
}

/* Lets out what is due; says how long to wait for the next. */
static int
step_due(void)
{
    int64_t now = now_ms(), next = INT64_MAX;
    for (struct link *link = proxy.links; link; link = link->next) {
        if (link_due_ms(link) <= now)
            link_step(proxy.epoll, link);
        int64_t due = link_due_ms(link);
        if (due > now && due < next)
            next = due;
    }
    return next == INT64_MAX ? -1 : (int)(next - now);
}

static void
serve(void)
{
    struct epoll_event events[EVENTS_MAX];
    for (;;) {
        int wait_ms = step_due();
        sweep();
        int count = epoll_wait(proxy.epoll, events, EVENTS_MAX, wait_ms);
        for (int i = 0; i < count; i++)
            if (events[i].events & (EPOLLHUP | EPOLLERR))
                on_hangup(events[i].data.ptr);
            else
                on_event(events[i].data.ptr);
        sweep();
    }
}

/* ---- the start ------------------------------------------------------------------------------ */

static bool
listen_on(struct source *source, uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons(port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = source };
    int one = 1;

    source->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(source->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(source->fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(source->fd, 256) != 0) {
        fprintf(stderr, "chaos-proxy: port %d: %s\n", port, strerror(errno));
        return false;
    }
    return epoll_ctl(proxy.epoll, EPOLL_CTL_ADD, source->fd, &event) == 0;
}

static bool
route_read(const char *text)
{
    struct route *route = &proxy.routes[proxy.route_count];
    char rest;
    if (proxy.route_count == ROUTES_MAX ||
        sscanf(text, "%31[a-z0-9-]=%" SCNu16 ":%" SCNu16 "%c", route->name, &route->port,
               &route->target_port, &rest) != 3) {
        fprintf(stderr, "chaos-proxy: '%s' is not NAME=PORT:TARGET-PORT\n", text);
        return false;
    }
    proxy.route_count++;
    route->source.kind = SOURCE_ROUTE;
    return listen_on(&route->source, route->port);
}

int
main(int count, char **words)
{
    uint16_t port;
    char rest;
    proxy.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (count < 3 || sscanf(words[1], "%" SCNu16 "%c", &port, &rest) != 1) {
        fprintf(stderr, "usage: chaos-proxy CONTROL-PORT NAME=PORT:TARGET-PORT ...\n");
        return 2;
    }
    proxy.control.kind = SOURCE_CONTROL;
    if (!listen_on(&proxy.control, port))
        return 1;
    for (int i = 2; i < count; i++)
        if (!route_read(words[i]))
            return 1;
    serve();
}
