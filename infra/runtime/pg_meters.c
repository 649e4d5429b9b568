/* pg_meters.c — what a session costs the server.  Contract: pg_private.h */
#include "runtime/pg_private.h"

/* By program: a service has one session, the bridge several that are counted together. */
void
pg_meters_init(struct pg_meters *out, const char *application)
{
    const struct metric_label *labels =
        LABELS({ "program", application ? application : "" });

    out->statements =
        metric_counter("jumun_pg_statements_total", "statements sent to PostgreSQL", labels);
    out->round_trips = metric_counter("jumun_pg_round_trips_total",
                                      "times that PostgreSQL's answer was waited for", labels);
}
