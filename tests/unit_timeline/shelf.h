/* shelf.h — rows of one service kept as the database keeps them: by column, JSON as its text.
 *
 * Shapes   shelf: per row type key → columns; appended rows in a list.
 * Differs  from support/world.h in what it stores: what a row does not load stays on the shelf, as
 *          a statement with coalesce keeps it, and appended rows can be read.
 * Threads  none. */
#pragma once
#include "runtime/service.h"

struct shelf;

struct shelf *shelf_new(const struct service *service);
void shelf_free(struct shelf *shelf);
/* One batch: keys, load, decide, save.  Aborts when anything is emitted. */
void shelf_batch(struct shelf *shelf, const struct event *const *batch, uint32_t count);
/* Fills the struct; false where there is no such row. */
bool shelf_row(struct shelf *shelf, unsigned row_type, const char *key, void *out);
/* The stored text of a JSON column, "null" where nothing was written. */
const char *shelf_json(struct shelf *shelf, unsigned row_type, const char *key, const char *column);
uint32_t shelf_appended_count(const struct shelf *shelf, unsigned row_type);
/* The JSON text of the last column of an appended row. */
const char *shelf_appended(const struct shelf *shelf, unsigned row_type, uint32_t position);
/* Its columns that are no JSON; the rest is zeros. */
const void *shelf_appended_row(const struct shelf *shelf, unsigned row_type, uint32_t position);
/* All columns that are facts, of all rows, as text: equal text, equal view. */
const char *shelf_facts(struct shelf *shelf);
