/* pg_errors.c — what each SQLSTATE asks of us: one table.  Contract: pg.h
 *
 * Order: the first row whose prefix matches.  Unlisted is FATAL: stop and let a person look. */
#include "runtime/pg_private.h"
#include <stdio.h>
#include <string.h>

static const struct {
    const char *prefix;
    enum error_class class;
    const char *because;
} sqlstates[] = {
    { "JM001", ERROR_RETRY,  "another batch wrote the row first"     },
    { "JM002", ERROR_FENCED, "the positions have another owner"      },
    { "08",    ERROR_RETRY,  "connection"                            },
    { "40",    ERROR_RETRY,  "deadlock, serialization"               },
    { "53",    ERROR_RETRY,  "out of memory, disk or connections"    },
    { "55P03", ERROR_RETRY,  "lock not available in time"            },
    { "57P",   ERROR_RETRY,  "the server is stopping or starting"    },
    { "57014", ERROR_RETRY,  "statement timeout"                     },
    { "25006", ERROR_RETRY,  "read-only: not the primary any more"   },
    { "25P03", ERROR_RETRY,  "idle in transaction for too long"      },
    { "22",    ERROR_POISON, "a value the database cannot hold"      },
    { "23",    ERROR_POISON, "a named constraint of a domain table"  },
};

/* A broken constraint of these is a bug of the loop and no message's fault. */
static const char *const runtime_tables[] = { "cluster_identity", "consumer_position",
                                              "batch_counter",    "outbox",
                                              "parked",           "redrive_request",
                                              "redrive_job",      "redrive_history" };

static const char *
field(const PGresult *result, int code)
{
    const char *text = PQresultErrorField(result, code);
    return text ? text : "";
}

static bool
is_runtime_table(const char *table)
{
    for (size_t i = 0; i < sizeof runtime_tables / sizeof *runtime_tables; i++)
        if (strcmp(runtime_tables[i], table) == 0)
            return true;
    return false;
}

/* Whoever loaded a row and did not find it inserts it: when its key is there now, another was faster. */
static bool
is_lost_insert(const char *sqlstate, const char *constraint, const char *table)
{
    size_t table_bytes = strlen(table);

    return strcmp(sqlstate, "23505") == 0 && strncmp(constraint, table, table_bytes) == 0 &&
           strcmp(constraint + table_bytes, "_pkey") == 0;
}

enum error_class
pg_class_of(const char *sqlstate, const char *constraint, const char *table)
{
    if (strncmp(sqlstate, "23", 2) == 0 && (!*constraint || is_runtime_table(table)))
        return ERROR_FATAL;
    if (is_lost_insert(sqlstate, constraint, table))
        return ERROR_RETRY;
    for (size_t i = 0; i < sizeof sqlstates / sizeof *sqlstates; i++)
        if (strncmp(sqlstate, sqlstates[i].prefix, strlen(sqlstates[i].prefix)) == 0)
            return sqlstates[i].class;
    return ERROR_FATAL;
}

/* The first line of a statement says what it is for. */
static int
first_line(const char *sql)
{
    return (int)strcspn(sql ? sql : "", "\n");
}

bool
pg_error_of_result(const PGresult *result, const char *sql, struct error *err)
{
    const char *sqlstate = field(result, PG_DIAG_SQLSTATE);
    const char *constraint = field(result, PG_DIAG_CONSTRAINT_NAME);

    if (!*sqlstate) /* made by libpq itself: the connection is gone */
        return error_set(err, ERROR_RETRY, "PostgreSQL: %s", PQresultErrorMessage(result));
    error_set(err, pg_class_of(sqlstate, constraint, field(result, PG_DIAG_TABLE_NAME)),
              "PostgreSQL %s: %s%s%s (in: %.*s)", sqlstate,
              field(result, PG_DIAG_MESSAGE_PRIMARY),
              *field(result, PG_DIAG_MESSAGE_DETAIL) ? "; " : "",
              field(result, PG_DIAG_MESSAGE_DETAIL), first_line(sql), sql ? sql : "");
    snprintf(err->sqlstate, sizeof err->sqlstate, "%s", sqlstate);
    snprintf(err->constraint, sizeof err->constraint, "%.*s", (int)sizeof err->constraint - 1,
             constraint);
    return false;
}

/* A server that is away, starting, full or demoted comes back; a wrong password, role or database does
 * not become right by waiting, but the person who starts things in the wrong order is not wrong: a
 * missing role or database is waited for as well, and said. */
bool
pg_error_of_connection(PGconn *conn, const char *what, struct error *err)
{
    const char *message = conn ? PQerrorMessage(conn) : "out of memory";
    int length = (int)strcspn(message, "\n");

    return error_set(err, ERROR_RETRY, "PostgreSQL: %s: %.*s", what, length, message);
}
