/* stats.h — how many orders stand where, each second, and how many came to stand there in the last minute.
 *
 * Shapes   counts: the sums that the read model keeps; at: the database's clock.
 * Rates    the differences between one second's counts and the next one's: what this bridge has seen, POINTS_MAX of
 *          them.  A point after a pause (the database was away) covers all of it; `seconds` says so.
 * Cost     one statement a second that reads a few rows, whether or not somebody looks.
 * Threads  the loop's.
 * Source   schemas/openapi.yaml, /v1/admin/stats; consumers/timeline/timeline.h, order_count. */
#pragma once
#include "bridge/bridge.h"
#include "json/json_write.h"

void stats_open(struct bridge *bridge);
void stats_tick(struct bridge *bridge, int64_t now_us);
int stats_next_ms(const struct bridge *bridge, int64_t now_us);
/* The latest of each second, as an object; false: nothing is known yet. */
bool stats_write(const struct bridge *bridge, struct json_writer *out);
