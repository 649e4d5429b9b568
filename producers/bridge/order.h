/* order.h — the order as the API shows it, written from a row of the read model.
 *
 * Shapes   order_column: the columns of sql/order.sql and sql/orders.sql.
 * Written  every field always there, null until known.
 * Source   contract.md section 3; schemas/openapi.yaml, Order. */
#pragma once
#include "bridge/readmodel.h"
#include "json/json_write.h"

/* clang-format off: as the columns stand in the statement */
enum order_column {
    ORDER_ID,
    ORDER_VERSION,
    ORDER_CUSTOMER,
    ORDER_STATUS,
    ORDER_AT_REST,
    ORDER_NEXT,
    ORDER_ITEMS,
    ORDER_SUBTOTAL,
    ORDER_DISCOUNT,
    ORDER_AMOUNT,
    ORDER_COUPON_CODE,
    ORDER_COUPON_STATUS,
    ORDER_COUPON_REASON,
    ORDER_SHIPPING,
    ORDER_REVISION,
    ORDER_PAYMENT_STATUS,
    ORDER_PAYMENT_ATTEMPT,
    ORDER_PAYMENT_REASON,
    ORDER_COMPENSATION_STOCK,
    ORDER_COMPENSATION_COUPON,
    ORDER_COMPENSATION_PAYMENT,
    ORDER_EXPORT,
    ORDER_REJECTION_REASON,
    ORDER_REJECTION_LINES,
    ORDER_CANCEL_REASON,
    ORDER_DEADLINE_AT,
    ORDER_CREATED_US,
    ORDER_TIMELINE,
    ORDER_COLUMN_COUNT
};
/* clang-format on */

void order_write(struct json_writer *out, const struct job *job, uint32_t row);
/* A strong entity tag, quotes included: changes whenever the order does. */
const char *order_etag(struct arena *arena, const struct job *job, uint32_t row);
