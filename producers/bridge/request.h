/* request.h — one HTTP request from its first line to the end of its answer.
 *
 * Shapes   request: arena, target, headers, body, the endpoint, and what it waits for.
 * Life     made at the request line; refused or handled when the body is there; a handler that cannot
 *          answer yet returns, and the connection sleeps until someone calls request_answer… on the
 *          loop's thread.  Freed when the connection is done with it and nobody holds it any more.
 * Holds    whoever will call back (a read, a delivery report) holds the request; an answer given in
 *          between (deadline, disconnect) makes request_is_over true, and the callback only lets go.
 * Timers   every sleeping request has a deadline, with a function that answers; and may have one more
 *          timer, to look again.  Both strike on the loop, a millisecond late at most when it is idle.
 * Errors   answering twice is a bug: abort.
 * Threads  the loop's. */
#pragma once
#include "bridge/bridge.h"
#include "bridge/headers.h"
#include "bridge/problem.h"
#include "bridge/router.h"

#define REQUEST_HEADERS_MAX 6
#define TIMER_GRAIN_US      (25 * INT64_C(1000)) /* of what is further away than four of them */
#define ARENA_FIRST_BYTES   8192
#define ARENA_KEEP_BYTES    16384

struct answer_header {
    const char *name, *value;
};

struct request {
    struct bridge *bridge;
    struct MHD_Connection *connection;
    struct arena *arena;
    struct request *previous, *next;
    const char *method;
    const char *raw_target;
    struct target target;
    struct headers headers;
    struct router_match match; /* .endpoint: NULL until found */
    char *body;
    uint32_t body_bytes, body_expected;
    uint64_t drained_bytes;  /* of a body nobody will look at */
    struct problem *refusal; /* decided by the headers, told when the body is through */
    struct answer_header answer_headers[REQUEST_HEADERS_MAX];
    uint32_t answer_header_count;
    int64_t started_us;
    int64_t deadline_us, timer_us; /* 0: none */
    void (*on_deadline)(struct request *request);
    void (*on_timer)(struct request *request);
    void (*on_end)(struct request *request); /* the connection is done with it: stop watching */
    void *state;                             /* the handler's, in the arena */
    void *search;                            /* lookup.c's */
    uint32_t holds;
    bool begun, sleeping, answered, ended, closes;
    bool shows_page; /* the answer is for a browser to show, not for a program */
};

struct request *request_new(struct bridge *bridge, struct MHD_Connection *connection,
                            const char *raw_target);
void request_hold(struct request *request);
void request_release(struct request *request);
/* Answered, or its connection is gone: nothing to do but to let go. */
bool request_is_over(const struct request *request);
/* The connection has no more use for it. */
void request_end(struct request *request);
/* A handler returned without an answer. */
void request_sleep(struct request *request);
void request_set_deadline(struct request *request, int64_t in_us,
                          void (*on_deadline)(struct request *request));
void request_set_timer(struct request *request, int64_t in_us,
                       void (*on_timer)(struct request *request));
/* Calls what is due. */
void requests_tick(struct bridge *bridge, int64_t now_us);

/* name and value must live as long as the request. */
void request_add_header(struct request *request, const char *name, const char *value);
void request_answer(struct request *request, unsigned status, const char *media_type,
                    const char *bytes, size_t length);
void request_answer_json(struct request *request, unsigned status, const struct json_writer *json);
void request_answer_empty(struct request *request, unsigned status);
void request_answer_stream(struct request *request, struct MHD_Response *response);
void request_refuse(struct request *request, const struct problem *problem);
void request_refuse_with(struct request *request, enum problem_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
