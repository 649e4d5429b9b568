/* bridge.h — the process: what it has, and who owns it.
 *
 * Shapes   bridge: one per process.  The loop's thread owns every request and every table below;
 *          reader threads, the sender's, the subscriber's and the asker's own only their handles and
 *          hand results back through the mailbox.
 * State    none that matters: an accepted request is an acknowledged record, what is shown is the read
 *          model's.  What is remembered (recent.h) makes answers better, not right.
 * Limits   each table names its own; CONNECTIONS_MAX bounds the requests there can be.
 * Threads  as said; the pointers never change after bridge_start. */
#pragma once
#include "base/settings.h"
#include "bridge/mailbox.h"
#include "bridge/policy.h"
#include <microhttpd.h>

#define CONNECTIONS_MAX 8192
#define STOP_US_MAX     (10 * INT64_C(1000000)) /* from SIGTERM to the end */
#define STOP_WAITS_US   (5 * INT64_C(1000000))  /* what waits is answered by then */

struct connections;
struct request;
struct sender;
struct readmodel;
struct asker;
struct subscriber;
struct recent;
struct watches;
struct together;
struct positions;
struct children;
struct jobs;
struct stats;
struct lag;
struct admin_streams;

struct bridge {
    struct settings settings;
    struct policy policy;
    struct mailbox mailbox;
    struct MHD_Daemon *daemon;
    struct connections *connections;
    struct request *requests; /* all that are open */
    int64_t next_timer_us;    /* no request's timer strikes before */
    uint32_t request_count, stream_count;
    struct sender *sender;
    struct readmodel *readmodel;
    struct asker *asker;
    struct subscriber *subscriber;
    struct recent *recent;
    struct watches *watches;
    struct together *rests, *pages; /* rest.h, stream.c */
    struct positions *positions;
    struct children *children;
    struct jobs *jobs;
    struct stats *stats;
    struct lag *lag;
    struct admin_streams *admin_streams;
    int64_t stopping_at_us; /* 0: not yet asked to stop */
    uint16_t port;
};

bool bridge_start(struct bridge *bridge, struct error *err) MUST_USE;
/* Runs until SIGTERM or SIGINT, then until what is in flight is answered or STOP_US_MAX is over. */
void bridge_run(struct bridge *bridge);
void bridge_stop(struct bridge *bridge);
