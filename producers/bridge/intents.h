/* intents.h — what the calls that act on an order share.
 *
 * Shapes   intent: the event as far as the body tells it; the rest comes from the path and the read model.
 *          step_column: the columns of sql/step.sql.
 * Flow     intent_begin (400) → intent_look_up (404, 409) → the call fills numbers → accept_event.
 * Threads  the loop's. */
#pragma once
#include "bridge/accept.h"
#include "bridge/body.h"
#include "bridge/lookup.h"
#include "bridge/recent.h"

/* Stand for what is known only after the lookup, so that the body can be decoded, and refused,
 * before. */
#define INTENT_PREFIX                                                                              \
    { "order_id", "\"00000000-0000-0000-0000-000000000000\"" },                                    \
    {                                                                                              \
        "customer_id", "\"-\""                                                                     \
    }

/* clang-format off: as the columns stand in the statement */
enum step_column {
    STEP_CUSTOMER,
    STEP_STATUS,
    STEP_NEXT,
    STEP_LAST_REVISION,
    STEP_LAST_ATTEMPT,
    STEP_SHIPPING_OPEN,
    STEP_PAYMENT_OPEN,
    STEP_COUPON_CODE,
    STEP_COUPON_STATUS,
    STEP_COLUMN_COUNT
};
/* clang-format on */

struct intent {
    struct event *event;
    const char *order_id;
    const char *step; /* as in next */
    struct lookup lookup;
};

/* NULL after it has refused the request. */
struct intent *intent_begin(struct request *request, const struct body_schema *schema,
                            enum event_type type, const struct body_member *prefix,
                            const char *into, const char *const *into_names);
void intent_look_up(struct request *request, const char *step,
                    void (*found)(struct request *request, const struct job *job));
void intent_name(struct order_id *order_id, struct customer_id *customer_id,
                 const struct intent *intent, const struct job *job);
/* {"order_id"} and, where named, one number more. */
struct acceptance *intent_accept(struct request *request, const char *number_name, int32_t number);
