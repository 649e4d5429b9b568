/* http.h — the bridge, as the command line talks to it.
 *
 * Shapes   answer: status and body of one call, in the arena.  A stream: one server-sent event at a time.
 * Errors   ERROR_RETRY: the bridge does not answer, or says 503 itself.  ERROR_REFUSED: any other status of
 *          400 and above; the message is the problem's title, code, detail and bad fields.
 * Threads  none.
 * Source   contract.md section 3. */
#pragma once
#include "cli/cli.h"

struct http_call {
    const char *method;
    const char *path;            /* "/v1/orders" */
    const char *body;            /* JSON, or NULL */
    const char *idempotency_key; /* or NULL */
    int64_t wait_s;              /* Prefer: wait=…; < 0: none */
};

struct http_answer {
    long status;
    const char *body; /* NUL-terminated */
    size_t body_bytes;
};

bool http_call(struct cli *cli, const struct http_call *call, struct http_answer *out,
               struct error *err) MUST_USE;

/* Called with every event's data; false stops the stream. */
typedef bool http_each(void *context, const char *data, size_t bytes);
/* Follows a stream of events, reconnecting with Last-Event-ID, until the server ends it. */
bool http_follow(struct cli *cli, const char *path, http_each *each, void *context,
                 struct error *err) MUST_USE;
