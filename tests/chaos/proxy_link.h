/* proxy_link.h — one connection through the proxy: two sockets, and a bounded pipe each way.
 *
 * Shapes   route: a port that is listened on, the port behind it, and what is wrong with it now.
 *          link: a client's socket (CLIENT), the server's (SERVER); pipe[SIDE] holds what SIDE said.
 * Faults   delay_ms: every byte waits so long.  is_cut: connections are reset, new ones too.
 *          loses[SIDE]: what SIDE says is read and thrown away; loses[SERVER] is a lost acknowledgement.
 *          A stream with a hole is no stream: when the losing ends, whoever lost bytes is reset.
 * Limits   PIPE_BYTES and PIPE_MARKS for each direction; a full pipe is not read into.
 * Errors   a broken socket closes its link, both ends.
 * Threads  none: one epoll loop. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PIPE_BYTES  65536
#define PIPE_MARKS  64
#define ROUTE_BYTES 32

enum side { CLIENT, SERVER, SIDES };
enum source_kind { SOURCE_CONTROL, SOURCE_ASKER, SOURCE_ROUTE, SOURCE_END };

/* What epoll gives back: the first member of everything that has a socket. */
struct source {
    enum source_kind kind;
    int fd;
};

struct route {
    struct source source;
    char name[ROUTE_BYTES];
    uint16_t port, target_port;
    int64_t delay_ms;
    bool is_cut, loses[SIDES];
    uint64_t connections, resets, carried[SIDES], lost[SIDES]; /* bytes by who said them */
};

/* Bytes that arrived together may go out together, at due_ms. */
struct mark {
    size_t bytes;
    int64_t due_ms;
};

struct pipe {
    uint8_t bytes[PIPE_BYTES];
    size_t first, used;
    struct mark marks[PIPE_MARKS];
    size_t first_mark, mark_count;
    bool is_ended, is_shut; /* nothing more comes in; the other socket was told */
};

struct end {
    struct source source;
    struct link *link;
    uint32_t interest;
};

struct link {
    struct link *next;
    struct route *route;
    struct end ends[SIDES];
    struct pipe pipes[SIDES];
    bool has_hole, is_broken;
};

int64_t now_ms(void);
/* Takes the client's socket; NULL and the socket closed when the server cannot be reached or asked. */
struct link *link_new(int epoll, struct route *route, int client);
/* Reads, writes and says what to wait for; may break the link. */
void link_step(int epoll, struct link *link);
/* When something in it is due next; INT64_MAX: nothing waits. */
int64_t link_due_ms(const struct link *link);
/* Both ends get a reset. */
void link_reset_free(struct link *link);
