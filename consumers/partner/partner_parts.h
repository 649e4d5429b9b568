/* partner_parts.h — what partner's own files share; no one else includes it.
 *
 * Shapes   partner_rows: the row types (partner_rows.c).
 * Threads  none. */
#pragma once
#include "partner/partner.h"

extern const char *const entry_states[];
extern const struct row_type partner_rows[PARTNER_ROW_TYPES];
