/* audit_store.h — where the fold keeps orders, facts and sums: found by id, made when they are new.
 *
 * Shapes   pointers are good until the next call that makes something.
 * Errors   none.
 * Threads  none. */
#pragma once
#include "cli/audit_fold.h"

/* Room for `needed` elements; what is new is zero. */
void *audit_grown(void *items, uint32_t *capacity, uint32_t needed, size_t item_bytes);

struct audit_order *audit_order_of(struct audit *audit, const char *order_id);
struct audit_product *audit_product_of(struct audit *audit, const char *product_id);
uint32_t audit_customer_of(struct audit *audit, const char *customer_id);
uint32_t audit_coupon_of(struct audit *audit, const char *code);
struct audit_feed *audit_feed_of(struct audit *audit, int32_t partition);
const struct audit_fact *audit_fact_find(const struct audit *audit, const struct audit_order *order,
                                         enum event_type type, uint32_t which);
