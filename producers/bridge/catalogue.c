/* catalogue.c — products, customers, the advisory look at a coupon, and the demo's top-up. */
#include "bridge/accept.h"
#include "bridge/calls.h"
#include "bridge/cells.h"
#include "bridge/identity.h"
#include "bridge/lookup.h"
#include "bridge/queries.h"
#include "bridge/recent.h"
#include <string.h>

#define PRODUCTS_MAX 1000
#define COUPONS_MAX  200
#define CUSTOMERS_MAX     200
#define CUSTOMERS_DEFAULT 50

enum product_column { PRODUCT_ID, PRODUCT_NAME, PRODUCT_PRICE, PRODUCT_AVAILABLE, PRODUCT_COLUMNS };
enum customer_column {
    CUSTOMER_ID,
    CUSTOMER_BALANCE,
    CUSTOMER_COUPON,
    CUSTOMER_STATUS,
    CUSTOMER_DISCOUNT,
    CUSTOMER_PERCENT,
    CUSTOMER_MINIMUM,
    CUSTOMER_EXPIRES,
    CUSTOMER_COLUMNS
};

/* ---- products -------------------------------------------------------------------------------- */

static void
write_product(struct json_writer *out, const struct job *job, uint32_t row)
{
    json_begin_object(out);
    cell_text(out, "product_id", job, row, PRODUCT_ID);
    cell_text(out, "name", job, row, PRODUCT_NAME);
    cell_raw(out, "unit_price", job, row, PRODUCT_PRICE);
    cell_raw(out, "available", job, row, PRODUCT_AVAILABLE);
    json_end_object(out);
}

static void
on_products(struct request *request, const struct job *job)
{
    struct json_writer json;

    json_writer_init(&json, request->arena, 4096);
    json_begin_array(&json);
    for (uint32_t row = 0; row < job->row_count; row++)
        write_product(&json, job, row);
    json_end_array(&json);
    request_answer_json(request, MHD_HTTP_OK, &json);
}

void
call_list_products(struct request *request)
{
    const char *after = target_query(&request->target, "after");
    int32_t limit;
    struct job *job;

    if (after != NULL && !is_id(after)) {
        refuse_query(request, "after", "pattern");
        return;
    }
    if (!take_limit(request, PRODUCTS_MAX, PRODUCTS_MAX, &limit))
        return;
    job = read_new(request, QUERY_PRODUCTS, PRODUCT_COLUMNS);
    pg_param_text(&job->params, after != NULL ? after : "");
    pg_param_int32(&job->params, limit);
    read_for(request, job, on_products);
}

static void
on_product(struct request *request, const struct job *job)
{
    struct json_writer json;

    if (job->row_count == 0) {
        request_refuse_with(request, PROBLEM_PRODUCT_NOT_FOUND,
                            "No product is listed under this id");
        return;
    }
    json_writer_init(&json, request->arena, 512);
    write_product(&json, job, 0);
    request_answer_json(request, MHD_HTTP_OK, &json);
}

void
call_show_product(struct request *request)
{
    struct job *job;

    if (!is_id(request->match.params[0])) {
        request_refuse_with(request, PROBLEM_PRODUCT_NOT_FOUND, "This is no product's id");
        return;
    }
    job = read_new(request, QUERY_PRODUCT, PRODUCT_COLUMNS);
    pg_param_text(&job->params, request->match.params[0]);
    read_for(request, job, on_product);
}

/* ---- customers ------------------------------------------------------------------------------- */

static void
number_if_any(struct json_writer *out, const char *name, const struct job *job, uint32_t row,
              uint32_t column)
{
    if (job_cell(job, row, column)->text != NULL)
        cell_raw(out, name, job, row, column);
}

static void
write_coupon(struct json_writer *out, const struct job *job, uint32_t row)
{
    json_begin_object(out);
    cell_text(out, "coupon_code", job, row, CUSTOMER_COUPON);
    cell_text(out, "status", job, row, CUSTOMER_STATUS);
    number_if_any(out, "discount", job, row, CUSTOMER_DISCOUNT);
    number_if_any(out, "percent", job, row, CUSTOMER_PERCENT);
    number_if_any(out, "minimum_amount", job, row, CUSTOMER_MINIMUM);
    if (job_cell(job, row, CUSTOMER_EXPIRES)->text != NULL)
        cell_text(out, "expires_at", job, row, CUSTOMER_EXPIRES);
    json_end_object(out);
}

static void
on_customer(struct request *request, const struct job *job)
{
    struct json_writer json;

    if (job->row_count == 0) {
        request_refuse_with(request, PROBLEM_CUSTOMER_NOT_FOUND,
                            "No customer is known under this id");
        return;
    }
    json_writer_init(&json, request->arena, 1024);
    json_begin_object(&json);
    cell_text(&json, "customer_id", job, 0, CUSTOMER_ID);
    cell_raw(&json, "balance", job, 0, CUSTOMER_BALANCE);
    json_name(&json, "coupons");
    json_begin_array(&json);
    for (uint32_t row = 0; row < job->row_count && job_text(job, row, CUSTOMER_COUPON)[0] != 0;
         row++)
        write_coupon(&json, job, row);
    json_end_array(&json);
    json_end_object(&json);
    request_answer_json(request, MHD_HTTP_OK, &json);
}

void
call_show_customer(struct request *request)
{
    struct job *job;

    if (!is_id(request->match.params[0])) {
        request_refuse_with(request, PROBLEM_CUSTOMER_NOT_FOUND, "This is no customer's id");
        return;
    }
    job = read_new(request, QUERY_CUSTOMER, CUSTOMER_COLUMNS);
    pg_param_text(&job->params, request->match.params[0]);
    pg_param_int32(&job->params, COUPONS_MAX);
    read_for(request, job, on_customer);
}

/* ---- who may be picked ------------------------------------------------------------------------- */

static void
on_customers(struct request *request, const struct job *job)
{
    int32_t limit = *(const int32_t *)request->state;
    bool has_more = job->row_count > (uint32_t)limit;
    uint32_t count = has_more ? (uint32_t)limit : job->row_count;
    struct json_writer json;

    json_writer_init(&json, request->arena, 4096);
    json_begin_object(&json);
    json_name(&json, "customers");
    json_begin_array(&json);
    for (uint32_t row = 0; row < count; row++) {
        json_begin_object(&json);
        cell_text(&json, "customer_id", job, row, CUSTOMER_ID);
        cell_raw(&json, "balance", job, row, CUSTOMER_BALANCE);
        json_end_object(&json);
    }
    json_end_array(&json);
    if (has_more) {
        cell_text(&json, "next", job, count - 1, CUSTOMER_ID);
    } else {
        json_name(&json, "next");
        json_null(&json);
    }
    json_end_object(&json);
    request_answer_json(request, MHD_HTTP_OK, &json);
}

/* For the demo, where picking a customer stands in for a login: only while authentication is off. */
void
call_list_customers(struct request *request)
{
    const char *after = target_query(&request->target, "after");
    int32_t *limit = arena_take(request->arena, sizeof *limit);
    struct job *job;

    if (after != NULL && !is_id(after)) {
        refuse_query(request, "after", "pattern");
        return;
    }
    if (!take_limit(request, CUSTOMERS_DEFAULT, CUSTOMERS_MAX, limit))
        return;
    request->state = limit;
    job = read_new(request, QUERY_CUSTOMERS, CUSTOMER_BALANCE + 1);
    pg_param_text(&job->params, after != NULL ? after : "");
    pg_param_int32(&job->params, *limit + 1); /* one more tells whether there is a next page */
    read_for(request, job, on_customers);
}

/* ---- credits --------------------------------------------------------------------------------- */

struct crediting {
    struct event *event;
    struct digest digest;
};

static void
remember_credit(struct acceptance *acceptance)
{
    const struct crediting *crediting = acceptance->context;
    const char *credit_id = crediting->event->as.balance_credited.credit_id.text;
    struct memory *memory = recent_keep(acceptance->request->bridge->recent, credit_id);

    memory->has_request = true;
    memory->request = crediting->digest;
}

static void
publish_credit(struct request *request, struct crediting *crediting)
{
    const struct balance_credited *credit = &crediting->event->as.balance_credited;
    struct acceptance *acceptance = acceptance_new(request);

    acceptance->context = crediting;
    acceptance->acknowledged = remember_credit;
    json_name(&acceptance->answer, "credit_id");
    json_text(&acceptance->answer, credit->credit_id.text);
    json_name(&acceptance->answer, "customer_id");
    json_text(&acceptance->answer, credit->customer_id.text);
    json_name(&acceptance->answer, "amount");
    json_integer(&acceptance->answer, credit->amount);
    json_end_object(&acceptance->answer);
    accept_event(acceptance, crediting->event, credit->credit_id.text);
}

static bool
decode_credit(struct request *request, const char *credit_id, struct event *out)
{
    const char *credit = arena_printf(request->arena, "\"%s\"", credit_id);
    const char *customer = arena_printf(request->arena, "\"%s\"", request->match.params[0]);
    const struct body_member prefix[] = { { "credit_id", credit }, { "customer_id", customer },
                                          { NULL, NULL } };
    struct problem *problem = arena_take(request->arena, sizeof *problem);
    struct json_doc doc;

    if (body_parse(request->arena, request->body, request->body_bytes, &BODY_CREDIT, &doc,
                   problem) &&
        body_decode(request->arena, &doc, EV_BALANCE_CREDITED, prefix, NULL, NULL, out, problem))
        return true;
    request_refuse(request, problem);
    return false;
}

void
call_credit_customer(struct request *request)
{
    struct crediting *crediting = arena_take(request->arena, sizeof *crediting);
    char key[IDEMPOTENCY_KEY_BYTES_MAX + 1], credit_id[UUID_TEXT_BYTES];
    const struct memory *memory;
    bool has_key;

    crediting->event = arena_take(request->arena, sizeof *crediting->event);
    if (!is_id(request->match.params[0])) {
        request_refuse_with(request, PROBLEM_CUSTOMER_NOT_FOUND, "This is no customer's id");
        return;
    }
    if (!take_idempotency_key(request, key, &has_key))
        return;
    if (has_key)
        identity_credit(request->match.params[0], key, credit_id);
    else
        uuid_format(uuid_v4(), credit_id);
    if (!decode_credit(request, credit_id, crediting->event))
        return;
    crediting->digest = digest_of(&crediting->event->as.balance_credited.amount,
                                  sizeof crediting->event->as.balance_credited.amount);
    memory = recent_find(request->bridge->recent, credit_id);
    if (memory != NULL && memcmp(&memory->request, &crediting->digest, sizeof memory->request) != 0)
        request_refuse_with(request, PROBLEM_IDEMPOTENCY_KEY_REUSED,
                            "This Idempotency-Key belongs to a credit of another amount");
    else
        publish_credit(request, crediting);
}

/* ---- coupon-check ---------------------------------------------------------------------------- */

static void
bind_code(struct request *request, struct job *job)
{
    pg_param_text(&job->params, target_query(&request->target, "coupon_code"));
}

static void
on_checked(struct request *request, const struct job *job)
{
    struct json_writer json;

    json_writer_init(&json, request->arena, 128);
    json_begin_object(&json);
    json_name(&json, "valid");
    json_bool(&json, job_cell(job, 0, 0)->text == NULL);
    cell_raw(&json, "discount", job, 0, 1);
    cell_text(&json, "reason", job, 0, 0);
    json_end_object(&json);
    request_answer_json(request, MHD_HTTP_OK, &json);
}

void
call_check_coupon(struct request *request)
{
    static const struct lookup lookup = { .sql = &QUERY_COUPON_CHECK,
                                          .column_count = 2,
                                          .bind = bind_code,
                                          .judge = judge_exists,
                                          .found = on_checked };
    const char *code = target_query(&request->target, "coupon_code");

    if (code == NULL || !is_id(code))
        refuse_query(request, "coupon_code", code == NULL ? "missing" : "pattern");
    else
        lookup_order(request, request->match.params[0], &lookup);
}
