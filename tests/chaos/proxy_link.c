/* proxy_link.c — see proxy_link.h */
#include "proxy_link.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int64_t
now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- the pipe ------------------------------------------------------------------------------- */

static size_t
pipe_room(const struct pipe *pipe)
{
    size_t end = (pipe->first + pipe->used) % PIPE_BYTES;
    if (pipe->mark_count == PIPE_MARKS || pipe->used == PIPE_BYTES)
        return 0;
    return end < pipe->first ? pipe->first - end : PIPE_BYTES - end;
}

static uint8_t *
pipe_end(struct pipe *pipe)
{
    return pipe->bytes + (pipe->first + pipe->used) % PIPE_BYTES;
}

static void
pipe_add(struct pipe *pipe, size_t bytes, int64_t due_ms)
{
    size_t last = (pipe->first_mark + pipe->mark_count++) % PIPE_MARKS;
    pipe->marks[last] = (struct mark){ bytes, due_ms };
    pipe->used += bytes;
}

/* How much may go out now, in one piece. */
static size_t
pipe_ready(const struct pipe *pipe, int64_t now)
{
    const struct mark *mark = &pipe->marks[pipe->first_mark];
    size_t to_edge = PIPE_BYTES - pipe->first;
    if (pipe->mark_count == 0 || mark->due_ms > now)
        return 0;
    return mark->bytes < to_edge ? mark->bytes : to_edge;
}

static void
pipe_take(struct pipe *pipe, size_t bytes)
{
    struct mark *mark = &pipe->marks[pipe->first_mark];
    pipe->first = (pipe->first + bytes) % PIPE_BYTES;
    pipe->used -= bytes;
    mark->bytes -= bytes;
    if (mark->bytes > 0)
        return;
    pipe->first_mark = (pipe->first_mark + 1) % PIPE_MARKS;
    pipe->mark_count--;
}

/* ---- the link ------------------------------------------------------------------------------- */

static int
server_connect(uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons(port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0 || errno == EINPROGRESS)
        return fd;
    close(fd);
    return -1;
}

static void
close_with_reset(int fd)
{
    struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(fd);
}

static bool
end_watch(int epoll, struct link *link, enum side side, int fd)
{
    struct end *end = &link->ends[side];
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = end };
    int one = 1;

    *end = (struct end){ .source = { SOURCE_END, fd }, .link = link, .interest = EPOLLIN };
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

struct link *
link_new(int epoll, struct route *route, int client)
{
    int server = server_connect(route->target_port);
    struct link *link = server < 0 ? NULL : calloc(1, sizeof *link);
    if (!link) {
        close_with_reset(client);
        if (server >= 0)
            close(server);
        return NULL;
    }
    link->route = route;
    link->is_broken = !end_watch(epoll, link, CLIENT, client);
    link->is_broken |= !end_watch(epoll, link, SERVER, server);
    return link;
}

void
link_reset_free(struct link *link)
{
    close_with_reset(link->ends[CLIENT].source.fd);
    close_with_reset(link->ends[SERVER].source.fd);
    free(link);
}

static bool
is_for_later(void)
{
    return errno == EAGAIN || errno == EINTR || errno == ENOTCONN || errno == EINPROGRESS;
}

/* What a side said goes into its pipe, or nowhere. */
static void
link_read(struct link *link, enum side side, int64_t now)
{
    struct pipe *pipe = &link->pipes[side];
    struct route *route = link->route;
    size_t room = pipe->is_ended ? 0 : pipe_room(pipe);
    ssize_t got = room ? recv(link->ends[side].source.fd, pipe_end(pipe), room, 0) : -2;

    if (got == -2 || (got < 0 && is_for_later()))
        return;
    if (got < 0) {
        link->is_broken = true;
    } else if (got == 0) {
        pipe->is_ended = true;
    } else if (route->loses[side]) {
        route->lost[side] += (uint64_t)got;
        link->has_hole = true;
    } else {
        pipe_add(pipe, (size_t)got, now + route->delay_ms);
    }
}

/* What a side said goes out at the other's socket. */
static void
link_write(struct link *link, enum side side, int64_t now)
{
    struct pipe *pipe = &link->pipes[side];
    int fd = link->ends[!side].source.fd;
    size_t ready = pipe_ready(pipe, now);
    ssize_t sent = ready ? send(fd, pipe->bytes + pipe->first, ready, MSG_NOSIGNAL) : 0;

    if (sent > 0) {
        pipe_take(pipe, (size_t)sent);
        link->route->carried[side] += (uint64_t)sent;
    } else if (sent < 0 && !is_for_later()) {
        link->is_broken = true;
    }
    if (pipe->is_ended && pipe->used == 0 && !pipe->is_shut)
        pipe->is_shut = shutdown(fd, SHUT_WR) == 0;
}

static void
end_wait(int epoll, struct link *link, enum side side, int64_t now)
{
    struct end *end = &link->ends[side];
    const struct pipe *in = &link->pipes[side];
    uint32_t interest = 0;

    if (!in->is_ended && pipe_room(in) > 0)
        interest |= EPOLLIN;
    if (pipe_ready(&link->pipes[!side], now) > 0)
        interest |= EPOLLOUT;
    if (interest == end->interest)
        return;
    struct epoll_event event = { .events = interest, .data.ptr = end };
    end->interest = interest;
    if (epoll_ctl(epoll, EPOLL_CTL_MOD, end->source.fd, &event) != 0)
        link->is_broken = true;
}

void
link_step(int epoll, struct link *link)
{
    int64_t now = now_ms();
    for (enum side side = CLIENT; side < SIDES; side++)
        link_read(link, side, now);
    for (enum side side = CLIENT; side < SIDES; side++)
        link_write(link, side, now);
    for (enum side side = CLIENT; side < SIDES; side++)
        end_wait(epoll, link, side, now);
    if (link->pipes[CLIENT].is_shut && link->pipes[SERVER].is_shut)
        link->is_broken = true;
}

int64_t
link_due_ms(const struct link *link)
{
    int64_t due = INT64_MAX;
    for (enum side side = CLIENT; side < SIDES; side++) {
        const struct pipe *pipe = &link->pipes[side];
        if (pipe->mark_count && pipe->marks[pipe->first_mark].due_ms < due)
            due = pipe->marks[pipe->first_mark].due_ms;
    }
    return due;
}
