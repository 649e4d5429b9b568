/* store.h — the rows of one service in memory, found by hash: what is loaded and saved costs next to nothing, so
 * that what is decided can be counted.
 *
 * Limits   STORE_ROWS_MAX of a row type; more abort.
 * Threads  none. */
#pragma once
#include "runtime/service.h"

#define STORE_ROWS_MAX 16384

struct store;

struct store *store_new(const struct service *service);
/* What the keys name; by via keys too, as stock's products of the orders that were loaded are. */
void store_load(const struct store *store, struct view *view, const struct keys *keys);
void store_save(struct store *store, const struct view *view);
