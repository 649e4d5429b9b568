/* export_parts.h — what export's own files share; no one else includes it.
 *
 * Shapes   export_rows: the row types (export_rows.c).
 * Threads  none. */
#pragma once
#include "export/export.h"

extern const char *const export_states[];
extern const struct row_type export_rows[EXPORT_ROW_TYPES];
