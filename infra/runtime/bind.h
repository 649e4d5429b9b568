/* bind.h — rows of plain structs to and from PostgreSQL, by their column tables.
 *
 * Saving    changed rows sorted by key (so that two batches cannot deadlock), one binary array per column
 *           behind the array of new versions.
 * Loading   version, then the columns in table order, into the struct.
 * Errors    bind_load: FATAL when a row cannot be understood (another type of column, unknown name).
 * Source    service.h (SQL of a row type). */
#pragma once
#include "runtime/pg.h"
#include "runtime/service.h"

/* Returns how many rows changed; 0: params are not filled. */
uint32_t bind_save(const struct row_type *type, const struct row_table *table,
                   struct pg_params *params);
/* The parameter types of both statements, for preparing them. */
void bind_save_types(const struct row_type *type, struct pg_params *params);
bool bind_load(const struct row_type *type, unsigned row_type, const struct pg_result *result,
               struct view *view, struct error *err) MUST_USE;
