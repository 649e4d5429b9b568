/* admin_stream.h — GET /v1/admin/stream: what an operator's page draws without asking.
 *
 * Events   stats (each second, when something has changed), lag (while somebody looks, as often as it is asked),
 *          job (an operator's job has come further, or ended).
 * Slow     who reads slowly is told the latest, not everything: what changed meanwhile is written when the page before
 *          it is gone.  Memory is one page for each stream.
 * Limits   ADMIN_STREAMS_MAX; more are 429.
 * Threads  the loop's.
 * Source   schemas/openapi.yaml; WHATWG HTML, server-sent events. */
#pragma once
#include "bridge/bridge.h"

#define ADMIN_STREAMS_MAX 32

void admin_streams_open(struct bridge *bridge);
uint32_t admin_streams_count(const struct bridge *bridge);
void admin_streams_tell_stats(struct bridge *bridge);
void admin_streams_tell_lag(struct bridge *bridge);
