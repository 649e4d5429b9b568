/* body.h — what a benchmark's order is in the API's words, and what its answer says.
 *
 * Shapes   bodies are NUL-terminated and live in the arena.
 * Errors   an answer that is not an order has no end.  Threads  any.
 * Source   contract.md section 3. */
#pragma once
#include "events.h"

/* POST /v1/orders: everything in one call; not auto_pay: without shipping too, it stays RESERVED. */
const char *body_of_order(struct arena *arena, const struct order_requested *order, bool auto_pay);
/* PUT /v1/orders/{id}/shipping. */
const char *body_of_shipping(struct arena *arena, const struct order_requested *order);

/* The order has come to its end: PAID, or CANCELLED and given back, or SOLD_OUT. */
bool body_is_terminal(struct arena *arena, const char *bytes, size_t length);
bool body_has_status(struct arena *arena, const char *bytes, size_t length, const char *status);
/* The text member of that name; NULL: none.  Cut off at `size`. */
bool body_text(struct arena *arena, const char *bytes, size_t length, const char *name, char *out,
               size_t size);
