/* tables.h — a service's tables as text, the same from memory and from PostgreSQL.
 *
 * Shapes   table: rows of cells, the first of them the key; sorted.  NULL and empty text are both "".
 *          JSON is as PostgreSQL prints jsonb, so that only what it says is compared. */
#pragma once
#include "sim/sim.h"

#define CELLS_MAX 48

struct table {
    const char *name; /* as people find it: jumun_stock.hold */
    const char *columns[CELLS_MAX];
    uint32_t column_count;
    const char ***rows;
    uint32_t row_count, row_capacity;
};

struct pg;

const char **table_row(struct arena *arena, struct table *table);
void table_sort(struct table *table);
uint64_t table_digest(const struct table *table, uint64_t seed);
const char *cell_of(struct arena *arena, const struct column *column, const void *member);

/* tables_memory.c: at 0 … row types − 1 the service's own, then the loop's */
#define TABLES_OF_LOOP 4
/* NULL: its key is memory's alone. */
const struct column *table_key(const struct row_type *type);
void table_named(struct arena *arena, const struct service *service, uint32_t at,
                 struct table *out);
void table_from_memory(struct arena *arena, struct database *database, uint32_t at,
                       struct table *out);
/* tables_postgres.c */
bool table_from_postgres(struct pg *pg, struct arena *arena, const struct service *service,
                         uint32_t at, struct table *out, struct error *err);
/* JSON cells as PostgreSQL prints them. */
bool table_print_json(struct pg *pg, struct arena *arena, const struct service *service,
                      uint32_t at, struct table *table, struct error *err);
