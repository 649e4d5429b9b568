/* fault.c — see fault.h */
#include "runtime/fault.h"
#include "base/logger.h"
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct fault_point {
    const char *name, *where;
};

/* In the order in which a service passes them; the last two are the bridge's. */
static const struct fault_point points[] = {
    { "rebalanced", "partitions have come or gone; nothing is known about them yet" },
    { "positions_taken", "the positions carry this member's epoch; nothing is published again" },
    { "after_republish", "what was not acknowledged is published again; nothing is read yet" },
    { "batch_collected", "records are read, nothing is loaded" },
    { "timers_fired", "deadlines that have passed are looked for" },
    { "after_load", "the transaction is open, rows are loaded and locked" },
    { "after_decide", "everything is decided, nothing is sent to the database" },
    { "before_commit", "the last moment before rows, outbox and positions are sent" },
    { "after_commit_before_publish", "everything is committed, nothing is published" },
    { "event_sent", "an event is handed to the producer, those behind it are not" },
    { "after_publish", "everything is handed to the producer, nothing is acknowledged" },
    { "request_sent", "a request is handed to the producer, not acknowledged, not answered" },
    { "request_acknowledged", "the broker has the request, the client has no answer" },
};
#define POINTS (sizeof points / sizeof *points)

static struct {
    const struct fault_point *point; /* NULL: none */
    int signal;
    long pass;
    atomic_long passed;
} armed;

void
fault_list(FILE *out)
{
    for (size_t i = 0; i < POINTS; i++)
        fprintf(out, "%-28s %s\n", points[i].name, points[i].where);
}

static const struct fault_point *
point_named(const char *name, size_t bytes)
{
    for (size_t i = 0; i < POINTS; i++)
        if (strlen(points[i].name) == bytes && memcmp(points[i].name, name, bytes) == 0)
            return &points[i];
    return NULL;
}

static bool
read_action(const char *text, struct error *err)
{
    size_t bytes = strcspn(text, ":");
    char *rest;

    if (bytes == 4 && memcmp(text, "kill", 4) == 0)
        armed.signal = SIGKILL;
    else if (bytes == 4 && memcmp(text, "stop", 4) == 0)
        armed.signal = SIGSTOP;
    else
        return error_set(err, ERROR_REFUSED, "JUMUN_FAULT: action '%.*s': kill or stop", (int)bytes,
                         text);
    armed.pass = 1;
    if (text[bytes] != ':')
        return true;
    errno = 0;
    armed.pass = strtol(text + bytes + 1, &rest, 10);
    if (errno || *rest || armed.pass < 1)
        return error_set(err, ERROR_REFUSED, "JUMUN_FAULT: pass '%s': a whole number from 1",
                         text + bytes + 1);
    return true;
}

static bool
read_armed(const char *text, struct error *err)
{
    size_t bytes = strcspn(text, ":");

    armed.passed = 0;
    armed.point = point_named(text, bytes);
    if (!armed.point)
        return error_set(err, ERROR_REFUSED,
                         "JUMUN_FAULT: no fault point '%.*s': --fault-points lists them",
                         (int)bytes, text);
    if (text[bytes] != ':')
        return error_set(err, ERROR_REFUSED, "JUMUN_FAULT: wanted POINT:ACTION[:PASS], got '%s'",
                         text);
    return read_action(text + bytes + 1, err);
}

#ifdef JUMUN_FAULT_POINTS

/* The log line is the proof that it was this point and nothing else that ended the process. */
static void
pass(const char *name)
{
    if (!point_named(name, strlen(name)))
        abort();
    if (!armed.point || strcmp(armed.point->name, name) != 0 ||
        atomic_fetch_add(&armed.passed, 1) + 1 != armed.pass)
        return;
    log_warn("fault point", F_STR("point", name), F_INT("pass", armed.pass),
             F_STR("signal", armed.signal == SIGKILL ? "kill" : "stop"));
    log_flush();
    raise(armed.signal);
}

void (*fault_hook)(const char *name) = pass;

bool
fault_arm(const char *text, struct error *err)
{
    if (!text || !*text || read_armed(text, err))
        return true;
    armed.point = NULL;
    return false;
}

int
fault_option(const char *program)
{
    (void)program;
    fault_list(stdout);
    return 0;
}

#else

bool
fault_arm(const char *text, struct error *err)
{
    if (!text || !*text)
        return true;
    return read_armed(text, err) &&
           error_set(err, ERROR_REFUSED,
                     "JUMUN_FAULT is set, but this program is built without fault points: "
                     "cmake --preset faults");
}

int
fault_option(const char *program)
{
    fprintf(stderr, "%s: built without fault points: cmake --preset faults\n", program);
    return 2;
}

#endif
