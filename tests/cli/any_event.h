/* any_event.h — any event that its schema allows, about few enough things that events meet.
 *
 *     const char *json = any_event(arena, &chance, EV_STOCK_RESERVED);
 *
 * Shapes   two orders, customers, products and coupons; amounts and quantities small, or as large as allowed;
 *          reasons that a newer service might give.
 * Threads  none. */
#pragma once
#include "base/arena.h"
#include "events.h"

/* chance: any number but 0; the same one gives the same events. */
const char *any_event(struct arena *arena, uint64_t *chance, enum event_type type);
uint32_t any_below(uint64_t *chance, uint32_t below);
