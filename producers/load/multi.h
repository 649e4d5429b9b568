/* multi.h — many HTTP transfers at once, over one epoll set; for thousands of them libcurl's own loop, which
 * looks at every socket each time, would be what is measured.
 *
 * Shapes   a transfer is a CURL handle that somebody has set up; the handle comes back when it has ended.
 * Limits   transfers_max connections are kept open for the next transfers.
 * Errors   none of its own; out of memory aborts.
 * Threads  none.
 * Source   libcurl, the multi-socket interface. */
#pragma once
#include <curl/curl.h>
#include <stdint.h>

struct multi;

/* Called once for each transfer that has ended; it may begin the next with the same handle. */
typedef void multi_ended(void *context, CURL *transfer, CURLcode code);

struct multi *multi_new(long transfers_max, multi_ended *ended, void *context);
void multi_free(struct multi *multi);
void multi_begin(struct multi *multi, CURL *transfer);
void multi_abandon(struct multi *multi, CURL *transfer);
/* Waits for something to do, at most wait_us, and does it. */
void multi_step(struct multi *multi, int64_t wait_us);
