/* table.h — questions to a service's transition table.
 *
 * Shapes   a move that was seen: from × event → to.
 * Threads  none. */
#pragma once
#include "runtime/service.h"

/* A row of any kind says that this event may leave this state for that one. */
bool table_allows(const struct service *service, uint8_t from, enum event_type on, uint8_t to);
/* The number of (state, routed event) pairs without a row; each is printed.  Events keyed by
 * something else than the machine's rows are no part of it: only those of `key` are asked for. */
uint32_t table_missing(const struct service *service, enum key_kind key);
uint32_t service_state_count(const struct service *service);
