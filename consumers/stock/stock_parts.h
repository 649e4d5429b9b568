/* stock_parts.h — what stock's own files share; no one else includes it.
 *
 * Shapes   stock_rows: the row types (stock_rows.c) · the decisions on the catalogue
 *          (stock_catalogue.c).
 * Threads  none. */
#pragma once
#include "stock/stock.h"

extern const char *const hold_states[];
extern const struct row_type stock_rows[STOCK_ROW_TYPES];

void keys_of_listing(const struct event *in, struct keys *keys);
void keys_of_replenishment(const struct event *in, struct keys *keys);
void on_product_listed(struct view *view, const struct event *in, struct emitter *out);
void on_stock_replenished(struct view *view, const struct event *in, struct emitter *out);
