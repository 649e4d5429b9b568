/* multi.c — libcurl's multi-socket interface over epoll.  Contract: multi.h */
#include "load/multi.h"
#include "base/arena.h"
#include "base/instant.h"
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS_AT_ONCE = 256 };

struct multi {
    CURLM *curl;
    int epoll;
    int64_t timer_us; /* when libcurl wants to be asked; 0: not at all */
    multi_ended *ended;
    void *context;
};

static int
on_socket(CURL *transfer, curl_socket_t fd, int what, void *context, void *known)
{
    struct multi *multi = context;
    struct epoll_event event = { .data.fd = fd };

    (void)transfer;
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(multi->epoll, EPOLL_CTL_DEL, fd, NULL);
        curl_multi_assign(multi->curl, fd, NULL);
        return 0;
    }
    if (what & CURL_POLL_IN)
        event.events |= EPOLLIN;
    if (what & CURL_POLL_OUT)
        event.events |= EPOLLOUT;
    epoll_ctl(multi->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
    curl_multi_assign(multi->curl, fd, multi);
    return 0;
}

static int
on_timer(CURLM *curl, long wait_ms, void *context)
{
    struct multi *multi = context;

    (void)curl;
    multi->timer_us = wait_ms < 0 ? 0 : monotonic_now_us() + wait_ms * 1000;
    return 0;
}

struct multi *
multi_new(long transfers_max, multi_ended *ended, void *context)
{
    struct multi *multi = memory_new(sizeof *multi);

    *multi = (struct multi){ .curl = curl_multi_init(),
                             .epoll = epoll_create1(EPOLL_CLOEXEC),
                             .ended = ended,
                             .context = context };
    curl_multi_setopt(multi->curl, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi->curl, CURLMOPT_SOCKETDATA, multi);
    curl_multi_setopt(multi->curl, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(multi->curl, CURLMOPT_TIMERDATA, multi);
    curl_multi_setopt(multi->curl, CURLMOPT_MAXCONNECTS, transfers_max);
    return multi;
}

void
multi_free(struct multi *multi)
{
    curl_multi_cleanup(multi->curl);
    close(multi->epoll);
    memory_free(multi);
}

void
multi_begin(struct multi *multi, CURL *transfer)
{
    curl_multi_add_handle(multi->curl, transfer);
}

void
multi_abandon(struct multi *multi, CURL *transfer)
{
    curl_multi_remove_handle(multi->curl, transfer);
}

static void
take_ended(struct multi *multi)
{
    int left;

    for (const CURLMsg *message; (message = curl_multi_info_read(multi->curl, &left));) {
        CURL *transfer = message->easy_handle;
        CURLcode code = message->data.result;
        if (message->msg != CURLMSG_DONE)
            continue;
        curl_multi_remove_handle(multi->curl, transfer);
        multi->ended(multi->context, transfer, code);
    }
}

static int
patience_ms(const struct multi *multi, int64_t wait_us)
{
    if (multi->timer_us) {
        int64_t until_us = multi->timer_us - monotonic_now_us();
        if (until_us < wait_us)
            wait_us = until_us;
    }
    return wait_us <= 0 ? 0 : (int)((wait_us + 999) / 1000);
}

void
multi_step(struct multi *multi, int64_t wait_us)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    int count = epoll_wait(multi->epoll, events, EVENTS_AT_ONCE, patience_ms(multi, wait_us));
    int running;

    for (int i = 0; i < count; i++) {
        int what = (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                   (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                   (events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
        curl_multi_socket_action(multi->curl, events[i].data.fd, what, &running);
    }
    if (multi->timer_us && monotonic_now_us() >= multi->timer_us) {
        multi->timer_us = 0;
        curl_multi_socket_action(multi->curl, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    take_ended(multi);
}
