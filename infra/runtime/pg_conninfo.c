/* pg_conninfo.c — what a connection string asks for that this session must ask otherwise.  Contract: pg_private.h */
#include "runtime/pg_private.h"
#include <string.h>

/* A connection string that is made for services asks for a server that takes writes; a session whose role may
 * only read looks to libpq like one that does not, on any server.  What is meant is the primary. */
const char *
pg_attrs_for_reading(const struct pg_settings *settings)
{
    const char *instead = NULL;
    PQconninfoOption *options =
        settings->read_only ? PQconninfoParse(settings->conninfo, NULL) : NULL;

    for (const PQconninfoOption *at = options; at && at->keyword; at++)
        if (strcmp(at->keyword, "target_session_attrs") == 0 && at->val &&
            strcmp(at->val, "read-write") == 0)
            instead = "primary";
    PQconninfoFree(options);
    return instead;
}
