/* lag.h — how far every group is behind: `jumun lag --json`, run at most every LAG_EVERY_US however many look.
 *
 * Shapes   one answer, as JSON, for all who ask; it says when it was told.
 * Errors   503 server_unavailable: the command told nothing; 429: CHILDREN_MAX calls run already.
 * Threads  the loop's.
 * Source   schemas/openapi.yaml, /v1/admin/lag; producers/cli/lag.c. */
#pragma once
#include "bridge/bridge.h"
#include "json/json_write.h"

#define LAG_EVERY_US (2 * INT64_C(1000000))

void lag_open(struct bridge *bridge);
/* While somebody follows the stream: asks again when it is time to. */
void lag_tick(struct bridge *bridge, int64_t now_us);
int lag_next_ms(const struct bridge *bridge, int64_t now_us);
/* The latest answer; false: none yet. */
bool lag_write(const struct bridge *bridge, struct json_writer *out);
