/* columns.h — a row on its way through its columns, as the database would give it back.
 *
 * Errors   aborts with a message where a byte is lost: a member without a column, a JSON column
 *          that does not read what it wrote.
 * Threads  none. */
#pragma once
#include "base/arena.h"
#include "runtime/service.h"

void columns_check(struct arena *arena, const struct row_type *type, const void *data);
