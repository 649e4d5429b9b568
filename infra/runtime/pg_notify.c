/* pg_notify.c — what the server tells without being asked.  Contract: pg.h */
#include "runtime/pg_private.h"
#include <assert.h>
#include <poll.h>
#include <stdio.h>

bool
pg_listen(struct pg *pg, const char *channel, struct error *err)
{
    char sql[80];

    int length = snprintf(sql, sizeof sql, "LISTEN %s", channel);
    assert(length < (int)sizeof sql);
    return pg_run(pg, sql, NULL, PG_NOTHING, NULL, err);
}

static bool
hand_over(struct pg *pg, void (*each)(void *, const char *), void *context)
{
    bool any = false;

    for (PGnotify *told; (told = PQnotifies(pg->conn)); any = true) {
        each(context, told->extra);
        PQfreemem(told);
    }
    return any;
}

static bool
lost(struct pg *pg, struct error *err)
{
    pg_error_of_connection(pg->conn, "read", err);
    pg_close(pg);
    return false;
}

bool
pg_notified(struct pg *pg, int wait_ms, void (*each)(void *context, const char *payload),
            void *context, struct error *err)
{
    if (!pg_is_open(pg))
        return error_set(err, ERROR_RETRY, "PostgreSQL: not connected");
    if (hand_over(pg, each, context)) /* they came with the answer to something else */
        return true;
    struct pollfd fd = { .fd = PQsocket(pg->conn), .events = POLLIN };
    if (poll(&fd, 1, wait_ms) > 0 && !PQconsumeInput(pg->conn))
        return lost(pg, err);
    hand_over(pg, each, context);
    return true;
}
