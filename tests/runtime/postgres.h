/* postgres.h — a private PostgreSQL for one test program: made at its start, gone at its end.
 *
 * As root it runs as the user postgres.  Only a unix socket, in a folder of its own under TMPDIR. */
#pragma once
#include <stdbool.h>

/* False, with a message on standard error, when there is no PostgreSQL to start. */
bool postgres_start(void);
void postgres_stop(void);
/* "host=… dbname=postgres user=…": of a superuser. */
const char *postgres_conninfo(void);
/* Stops it hard (crash) or starts it again: for tests of what happens meanwhile. */
bool postgres_crash(void);
bool postgres_restart(void);
