/* admin.h — /metrics and /healthz of a process, on an address of its own.
 *
 * Shapes   admin: a small HTTP server with one thread of its own.
 * Answers  GET /metrics: Prometheus text.  GET /healthz: 200 or 503, {"status","reason"} as JSON.
 * Limits   ADMIN_CONNECTIONS_MAX at once, ADMIN_IDLE_S without a byte.
 * Errors   admin_start: ERROR_REFUSED one line that names the address and what is wrong.
 * Threads  the check is called from the server's thread: it must only read atomics or lock.
 * Source   contract.md section 5, JUMUN_METRICS. */
#pragma once
#include "base/error.h"
#include <stdint.h>

#define ADMIN_CONNECTIONS_MAX 16
#define ADMIN_IDLE_S          10

struct admin;

struct health {
    bool healthy;
    char reason[256]; /* for people; "" when all is well */
};

typedef void (*health_check)(void *context, struct health *out);

/* address: "127.0.0.1:0" takes a free port.  Logs where it listens. */
bool admin_start(const char *address, health_check check, void *context, struct admin **out,
                 struct error *err) MUST_USE;
uint16_t admin_port(const struct admin *admin);
void admin_stop(struct admin *admin);
