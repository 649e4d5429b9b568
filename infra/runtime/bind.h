/* bind.h — rows of plain structs to and from PostgreSQL, by their column tables.
 *
 * Shape     the columns of a row type's table as the server has them, asked for once per connection.
 * Saving    changed rows sorted by key (so that two batches cannot deadlock) as one array of whole rows, each
 *           with its new version: the server takes a row apart once, where an array per column would be
 *           unpacked into a table of its own (27 of them for an order: half the time of writing it).
 * Loading   version, then the columns in table order, into the struct.
 * Errors    bind_shape: FATAL when the table is missing, or a column of another type.
 *           bind_load: FATAL when a row cannot be understood (another type of column, unknown name).
 * Source    service.h (SQL of a row type). */
#pragma once
#include "runtime/pg.h"
#include "runtime/service.h"

#define ROW_ATTRIBUTES_MAX 48

enum { ATTRIBUTE_UNKNOWN = -1, ATTRIBUTE_VERSION = -2 }; /* else the index of a column */

struct row_shape {
    uint32_t record_oid, records_oid;
    uint32_t count;
    struct {
        uint32_t oid;
        enum pg_element element; /* PG_ELEMENTS: given as NULL */
        int column;
    } attributes[ROW_ATTRIBUTES_MAX];
};

bool bind_shape(struct pg *pg, const struct row_type *type, struct row_shape *out,
                struct error *err) MUST_USE;
/* Returns how many rows changed; 0: params are not filled. */
uint32_t bind_save(const struct row_type *type, const struct row_shape *shape,
                   const struct row_table *table, struct pg_params *params);
/* The parameter's type, for preparing the statement. */
void bind_save_types(const struct row_shape *shape, struct pg_params *params);
bool bind_load(const struct row_type *type, unsigned row_type, const struct pg_result *result,
               struct view *view, struct error *err) MUST_USE;
