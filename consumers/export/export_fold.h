/* export_fold.h — export's rows, from the feed it has published: for `jumun rebuild`.
 *
 * Shapes   export_fold: the same rows as export_service, with a route for PartnerOrder.  Numbers are never
 *          given anew: they stand in the feed.  at_us of the event is that of its cause (ce_time).
 * Errors   none.
 * Threads  none.
 * Source   architecture.md section 4. */
#pragma once
#include "runtime/service.h"

extern const struct service export_fold;
