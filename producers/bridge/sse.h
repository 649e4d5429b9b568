/* sse.h — rows of order_events as server-sent events; pure text work.
 *
 * Shapes   a row holds a JSON array [{"seq":3,"event":"StockReserved",…},…]; each member becomes one event with
 *          id = seq, event = its name, data = the member on one line.
 * Errors   sse_append: false for a row that is not of that form (nothing is appended behind it).
 * Threads  values only.
 * Source   WHATWG HTML, server-sent events; consumers/timeline/timeline.h. */
#pragma once
#include "base/error.h"
#include "bridge/text.h"

/* Appends the events with seq > *last_seq, in order, and moves *last_seq. */
bool sse_append(struct text *out, const char *events, size_t bytes, int64_t *last_seq) MUST_USE;
