/* calls.h — the handlers of the router's table, and the bodies they take.
 *
 * Rule     a handler answers, or returns after something that will call back; it never blocks.
 * Order    of every handler: parameters and body (400) → order and step (404, 409) → publish → answer.
 * Threads  the loop's.
 * Source   contract.md section 3; schemas/openapi.yaml. */
#pragma once
#include "bridge/body.h"
#include "bridge/request.h"

extern const struct endpoint ENDPOINTS[];
extern const uint32_t ENDPOINT_COUNT;

/* pages.c: storefront, console and their files */
extern const struct endpoint PAGES[];
extern const uint32_t PAGE_COUNT;

extern const struct body_schema BODY_ORDER, BODY_COUPON, BODY_SHIPPING, BODY_PAYMENT, BODY_CANCEL,
    BODY_CREDIT, BODY_OPERATOR_CANCEL, BODY_JOB, BODY_JOB_AUDIT, BODY_JOB_REDRIVE, BODY_JOB_REBUILD;

/* orders.c */
void call_place_order(struct request *request);
void call_show_order(struct request *request);
void call_list_orders(struct request *request);
/* intents.c, shipping.c */
void call_select_coupon(struct request *request);
void call_submit_shipping(struct request *request);
void call_request_payment(struct request *request);
void call_request_cancel(struct request *request);
/* stream.c */
void call_stream_events(struct request *request);
/* catalogue.c */
void call_list_products(struct request *request);
void call_show_product(struct request *request);
void call_list_customers(struct request *request);
void call_show_customer(struct request *request);
void call_list_customers(struct request *request);
void call_credit_customer(struct request *request);
void call_check_coupon(struct request *request);
/* job_calls.c */
void call_start_job(struct request *request);
void call_list_jobs(struct request *request);
void call_show_job(struct request *request);
void call_stop_job(struct request *request);
/* operator_calls.c */
void call_list_dead_letters(struct request *request);
void call_show_dead_letter(struct request *request);
void call_redrive_history(struct request *request);
void call_show_parked(struct request *request);
void call_trace_order(struct request *request);
void call_order_waits(struct request *request);
void call_list_topics(struct request *request);
void call_list_actions(struct request *request);
void call_cancel_as_operator(struct request *request);
/* admin_orders.c */
void call_find_orders(struct request *request);
/* stats.c, lag.c, admin_stream.c */
void call_stats(struct request *request);
void call_lag(struct request *request);
void call_admin_stream(struct request *request);
/* operations.c */
void call_health(struct request *request);
void call_ready(struct request *request);
void call_metrics(struct request *request);
void call_version(struct request *request);
void call_openapi(struct request *request);

/* parameters.c: each false after it has refused the request. */
bool take_idempotency_key(struct request *request, char out[IDEMPOTENCY_KEY_BYTES_MAX + 1],
                          bool *has_key) MUST_USE;
bool take_limit(struct request *request, int32_t fallback, int32_t most, int32_t *out) MUST_USE;
bool refuse_query(struct request *request, const char *name, const char *code);
/* Whether text is an id of the contract: 1–64 of [A-Za-z0-9._:-]. */
bool is_id(const char *text) MUST_USE;
