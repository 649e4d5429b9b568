/* stream.h — GET /v1/orders/{order_id}/events: what its streams share.
 *
 * Limits   STREAMS_MAX open at once; PAGES_TOGETHER of them read in one question, PAGE_ROWS rows of each.
 * Threads  the loop's. */
#pragma once
#include "bridge/bridge.h"

#define STREAMS_MAX    6000
#define PAGE_ROWS      20
#define PAGES_TOGETHER 64

void streams_open(struct bridge *bridge);
