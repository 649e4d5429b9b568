/* endpoints.c — the API as a table: every call of schemas/openapi.yaml, and the bodies they take. */
#include "bridge/calls.h"

#define JSON "application/json"
/* clang-format off */
#define NAMES(...) { (const struct body_name[]){ __VA_ARGS__, { NULL, NULL } } }
/* clang-format on */
#define QUERY(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Names only; types and limits stand in schemas/events and are checked by the generated decoders. */
static const struct body_schema LINE = NAMES({ "product_id", NULL }, { "quantity", NULL });
static const struct body_schema SHIPPING =
    NAMES({ "recipient", NULL }, { "address", NULL }, { "contact", NULL });

const struct body_schema BODY_ORDER =
    NAMES({ "customer_id", NULL }, { "items", &LINE }, { "coupon_code", NULL },
          { "shipping", &SHIPPING }, { "auto_pay", NULL }, { "on_coupon_rejected", NULL },
          { "on_payment_failure", NULL }, { "expected_amount", NULL }, { "pay_within_s", NULL });
const struct body_schema BODY_COUPON = NAMES({ "coupon_code", NULL });
const struct body_schema BODY_SHIPPING =
    NAMES({ "recipient", NULL }, { "address", NULL }, { "contact", NULL }, { "coupon_code", NULL });
const struct body_schema BODY_PAYMENT = NAMES({ "expected_amount", NULL });
const struct body_schema BODY_CANCEL = { (const struct body_name[]){ { NULL, NULL } } };
const struct body_schema BODY_CREDIT = NAMES({ "amount", NULL });

/* What each kind of job takes stands in BODY_JOB_…; BODY_JOB is all of it, to find the kind. */
#define JOB_NAMES { "kind", NULL }, { "by", NULL }, { "reason", NULL }, { "dry_run", NULL }
#define REDRIVE_NAMES                                                                              \
    { "service", NULL }, { "key", NULL }, { "topic", NULL }, { "sqlstate", NULL },                 \
        { "event", NULL }, { "since", NULL }, { "until", NULL }, { "all", NULL },                  \
        { "force", NULL }, { "limit", NULL }, { "per_second", NULL }

const struct body_schema BODY_OPERATOR_CANCEL =
    NAMES({ "reason", NULL }, { "by", NULL }, { "customer_id", NULL });
const struct body_schema BODY_JOB = NAMES(JOB_NAMES, { "only", NULL }, REDRIVE_NAMES);
const struct body_schema BODY_JOB_AUDIT = NAMES(JOB_NAMES, { "only", NULL });
const struct body_schema BODY_JOB_REDRIVE = NAMES(JOB_NAMES, REDRIVE_NAMES);
const struct body_schema BODY_JOB_REBUILD = NAMES(JOB_NAMES, { "service", NULL });

#define LIST_QUERY    QUERY("customer_id", "limit", "after")
#define FIND_QUERY                                                                                 \
    QUERY("q", "customer_id", "coupon_code", "status", "at_rest", "from", "to", "oldest", "limit", \
          "after")
#define PRODUCT_QUERY QUERY("limit", "after")
#define CHECK_QUERY   QUERY("coupon_code")
#define LETTERS_QUERY QUERY("service", "topic", "sqlstate", "since", "until", "limit")
#define HISTORY_QUERY QUERY("about", "service", "since", "limit")
#define ACTIONS_QUERY QUERY("limit", "after", "target")
#define STOP_QUERY    QUERY("by", "reason")

/* clang-format off */
const struct endpoint ENDPOINTS[] = {
    { "POST", "/v1/orders", call_place_order, BODY_REQUIRED, &BODY_ORDER, NULL, JSON, 0 },
    { "GET", "/v1/orders", call_list_orders, BODY_NONE, NULL, LIST_QUERY, JSON, NEEDS_READ_MODEL },
    { "GET", "/v1/orders/{order_id}", call_show_order, BODY_NONE, NULL, NULL, JSON, NEEDS_READ_MODEL },
    { "PUT", "/v1/orders/{order_id}/coupon", call_select_coupon, BODY_REQUIRED, &BODY_COUPON, NULL, JSON, NEEDS_READ_MODEL },
    { "GET", "/v1/orders/{order_id}/coupon-check", call_check_coupon, BODY_NONE, NULL, CHECK_QUERY, JSON, NEEDS_READ_MODEL },
    { "PUT", "/v1/orders/{order_id}/shipping", call_submit_shipping, BODY_REQUIRED, &BODY_SHIPPING, NULL, JSON, NEEDS_READ_MODEL },
    { "POST", "/v1/orders/{order_id}/payment", call_request_payment, BODY_OPTIONAL, &BODY_PAYMENT, NULL, JSON, NEEDS_READ_MODEL },
    { "POST", "/v1/orders/{order_id}/cancel", call_request_cancel, BODY_OPTIONAL, &BODY_CANCEL, NULL, JSON, NEEDS_READ_MODEL },
    { "GET", "/v1/orders/{order_id}/events", call_stream_events, BODY_NONE, NULL, NULL, "text/event-stream", NEEDS_READ_MODEL },
    { "GET", "/v1/products", call_list_products, BODY_NONE, NULL, PRODUCT_QUERY, JSON, NEEDS_READ_MODEL },
    { "GET", "/v1/products/{product_id}", call_show_product, BODY_NONE, NULL, NULL, JSON, NEEDS_READ_MODEL },
    { "GET", "/v1/customers", call_list_customers, BODY_NONE, NULL, PRODUCT_QUERY, JSON, NEEDS_READ_MODEL },
    { "GET", "/v1/customers/{customer_id}", call_show_customer, BODY_NONE, NULL, NULL, JSON, NEEDS_READ_MODEL },
    { "POST", "/v1/customers/{customer_id}/credits", call_credit_customer, BODY_REQUIRED, &BODY_CREDIT, NULL, JSON, 0 },
    { "GET", "/v1/admin/orders", call_find_orders, BODY_NONE, NULL, FIND_QUERY, JSON, NEEDS_READ_MODEL },
    { "GET", "/v1/admin/stats", call_stats, BODY_NONE, NULL, NULL, JSON, NEEDS_READ_MODEL },
    { "GET", "/v1/admin/lag", call_lag, BODY_NONE, NULL, NULL, JSON, 0 },
    { "GET", "/v1/admin/stream", call_admin_stream, BODY_NONE, NULL, NULL, "text/event-stream", 0 },
    { "POST", "/v1/admin/jobs", call_start_job, BODY_REQUIRED, &BODY_JOB, NULL, JSON, 0 },
    { "GET", "/v1/admin/jobs", call_list_jobs, BODY_NONE, NULL, NULL, JSON, 0 },
    { "GET", "/v1/admin/jobs/{job_id}", call_show_job, BODY_NONE, NULL, NULL, JSON, 0 },
    { "DELETE", "/v1/admin/jobs/{job_id}", call_stop_job, BODY_NONE, NULL, STOP_QUERY, JSON, 0 },
    { "GET", "/v1/admin/dead-letters", call_list_dead_letters, BODY_NONE, NULL, LETTERS_QUERY, JSON, 0 },
    { "GET", "/v1/admin/dead-letters/history", call_redrive_history, BODY_NONE, NULL, HISTORY_QUERY, JSON, 0 },
    { "GET", "/v1/admin/dead-letters/{partition}/{offset}", call_show_dead_letter, BODY_NONE, NULL, NULL, JSON, 0 },
    { "GET", "/v1/admin/parked/{service}/{key}", call_show_parked, BODY_NONE, NULL, NULL, JSON, 0 },
    { "GET", "/v1/admin/topics", call_list_topics, BODY_NONE, NULL, NULL, JSON, 0 },
    { "GET", "/v1/admin/actions", call_list_actions, BODY_NONE, NULL, ACTIONS_QUERY, JSON, 0 },
    { "GET", "/v1/admin/orders/{order_id}/events", call_trace_order, BODY_NONE, NULL, NULL, JSON, 0 },
    { "GET", "/v1/admin/orders/{order_id}/waits", call_order_waits, BODY_NONE, NULL, NULL, JSON, 0 },
    { "POST", "/v1/admin/orders/{order_id}/cancel", call_cancel_as_operator, BODY_REQUIRED, &BODY_OPERATOR_CANCEL, NULL, JSON, 0 },
    { "GET", "/healthz", call_health, BODY_NONE, NULL, NULL, JSON, 0 },
    { "GET", "/readyz", call_ready, BODY_NONE, NULL, NULL, JSON, 0 },
    { "GET", "/metrics", call_metrics, BODY_NONE, NULL, NULL, "text/plain", 0 },
    { "GET", "/version", call_version, BODY_NONE, NULL, NULL, JSON, 0 },
    { "GET", "/openapi.yaml", call_openapi, BODY_NONE, NULL, NULL, "application/yaml", 0 },
};
/* clang-format on */

const uint32_t ENDPOINT_COUNT = sizeof ENDPOINTS / sizeof ENDPOINTS[0];
