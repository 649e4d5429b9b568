/* store_pg.h — the store of production: one PostgreSQL connection per loop.
 *
 * Errors   as pg.h; a commit that fails with the connection closed has an unknown outcome.
 * Source   seams.h. */
#pragma once
#include "runtime/pg.h"
#include "runtime/seams.h"

struct store_pg;

/* The connection is opened by the loop. */
struct store_pg *store_pg_new(const struct pg_settings *settings, const struct service *service);
void store_pg_free(struct store_pg *store);
struct store store_pg_seam(struct store_pg *store);
