/* admin_orders.c — GET /v1/admin/orders: any order by what an operator knows of it.
 *
 *   way       what brings candidates, through an index: all, the open ones, a customer's, a coupon's, an id's;
 *             a word that may be anything: the last three
 *   wanted    what else is asked for, looked up in at most LOOKED_THROUGH candidates: so a page may be short, or
 *             empty, and still have a next one */
#include "base/instant.h"
#include "bridge/calls.h"
#include "bridge/cells.h"
#include "bridge/lookup.h"
#include "bridge/queries.h"
#include <stdlib.h>
#include <string.h>

#define FOUND_DEFAULT   50
#define FOUND_MAX       200
#define LOOKED_THROUGH  2000
#define PREFIX_MIN      8
#define WORD_BYTES_MAX  64
#define FAR_FUTURE_US   INT64_C(253402300799000000) /* the last moment of 9999 */

enum found_column {
    FOUND_IS_END,
    FOUND_ID,
    FOUND_CREATED_US,
    FOUND_CREATED_AT,
    FOUND_CUSTOMER,
    FOUND_STATUS,
    FOUND_AT_REST,
    FOUND_AMOUNT,
    FOUND_CANCEL_REASON,
    FOUND_PAYMENT_STATUS,
    FOUND_PAYMENT_ATTEMPT,
    FOUND_PAYMENT_REASON,
    FOUND_COUPON,
    FOUND_EXPORT,
    FOUND_COLUMNS
};

struct finding {
    bool oldest;
    int32_t limit;
    int64_t after_us, from_us, before_us;
    struct uuid after_id;
    /* ways */
    bool all, open;
    const char *customer, *coupon; /* NULL: not this way */
    bool by_id;
    struct uuid low, high;
    /* wanted; NULL: any */
    const char *status, *at_rest, *wanted_customer, *wanted_coupon;
};

/* ---- what is asked ----------------------------------------------------------------------------- */

static bool
take_time(struct request *request, const char *name, int64_t *out)
{
    const char *text = target_query(&request->target, name);

    return text == NULL || instant_parse(text, strlen(text), out) ||
           refuse_query(request, name, "pattern");
}

static bool
take_flag(struct request *request, const char *name, const char **out)
{
    const char *text = target_query(&request->target, name);

    *out = text;
    return text == NULL || strcmp(text, "true") == 0 || strcmp(text, "false") == 0 ||
           refuse_query(request, name, "not_a_boolean");
}

static bool
take_id(struct request *request, const char *name, const char **out)
{
    const char *text = target_query(&request->target, name);

    *out = text;
    return text == NULL || is_id(text) || refuse_query(request, name, "pattern");
}

static bool
take_status(struct request *request, struct finding *out)
{
    static const char *const statuses[] = { "REQUESTED", "SOLD_OUT", "RESERVED",
                                            "PENDING",   "PAID",     "CANCELLED" };
    const char *text = target_query(&request->target, "status");

    out->status = text;
    for (size_t i = 0; text != NULL && i < sizeof statuses / sizeof *statuses; i++)
        if (strcmp(text, statuses[i]) == 0)
            return true;
    return text == NULL || refuse_query(request, "status", "enum");
}

/* "1795367000000000_0192…": made by write_cursor. */
static bool
take_cursor(struct request *request, struct finding *out)
{
    const char *text = target_query(&request->target, "after"), *line;

    out->after_us = out->oldest ? 0 : FAR_FUTURE_US;
    memset(&out->after_id, out->oldest ? 0 : 0xff, sizeof out->after_id);
    if (text == NULL)
        return true;
    line = strchr(text, '_');
    if (line == NULL || line == text || line - text > 18 ||
        strspn(text, "0123456789") != (size_t)(line - text) ||
        !uuid_parse(line + 1, strlen(line + 1), &out->after_id))
        return refuse_query(request, "after", "pattern");
    out->after_us = strtoll(text, NULL, 10);
    if (out->after_us > FAR_FUTURE_US)
        out->after_us = FAR_FUTURE_US;
    return true;
}

/* ---- ways --------------------------------------------------------------------------------------- */

/* The ids that begin so; false where none can. */
static bool
parse_prefix(const char *word, struct uuid *low, struct uuid *high)
{
    char first[] = "00000000-0000-0000-0000-000000000000";
    char last[] = "ffffffff-ffff-ffff-ffff-ffffffffffff";
    size_t bytes = strlen(word);

    if (bytes < PREFIX_MIN || bytes >= sizeof first)
        return false;
    memcpy(first, word, bytes);
    memcpy(last, word, bytes);
    return uuid_parse(first, sizeof first - 1, low) && uuid_parse(last, sizeof last - 1, high);
}

static bool
take_word(struct request *request, struct finding *out)
{
    const char *word = target_query(&request->target, "q");

    if (word == NULL)
        return true;
    if (word[0] == 0 || strlen(word) > WORD_BYTES_MAX)
        return refuse_query(request, "q", "length");
    out->customer = out->coupon = word;
    out->by_id = parse_prefix(word, &out->low, &out->high);
    return true;
}

static bool
may_be_open_only(const struct finding *finding)
{
    bool is_moving = finding->at_rest != NULL && strcmp(finding->at_rest, "false") == 0;
    bool is_open = finding->status != NULL && (strcmp(finding->status, "REQUESTED") == 0 ||
                                               strcmp(finding->status, "RESERVED") == 0 ||
                                               strcmp(finding->status, "PENDING") == 0);

    return is_moving || is_open;
}

/* The way that brings the fewest. */
static void
choose_way(struct finding *finding)
{
    if (finding->customer != NULL) /* a word */
        return;
    if (finding->wanted_coupon != NULL) {
        finding->coupon = finding->wanted_coupon;
        finding->wanted_coupon = NULL;
    } else if (finding->wanted_customer != NULL) {
        finding->customer = finding->wanted_customer;
        finding->wanted_customer = NULL;
    } else {
        finding->open = may_be_open_only(finding);
        finding->all = !finding->open;
    }
}

static int32_t
candidates_max(const struct finding *finding)
{
    bool is_all_wanted = finding->status == NULL && finding->at_rest == NULL &&
                         finding->wanted_customer == NULL && finding->wanted_coupon == NULL;

    return is_all_wanted ? finding->limit + 1 : LOOKED_THROUGH;
}

static bool
take_finding(struct request *request, struct finding *out)
{
    const char *oldest = NULL;

    *out = (struct finding){ .from_us = 0, .before_us = FAR_FUTURE_US };
    TRY(take_flag(request, "oldest", &oldest));
    out->oldest = oldest != NULL && strcmp(oldest, "true") == 0;
    TRY(take_cursor(request, out) && take_limit(request, FOUND_DEFAULT, FOUND_MAX, &out->limit));
    TRY(take_time(request, "from", &out->from_us) && take_time(request, "to", &out->before_us));
    TRY(take_status(request, out) && take_flag(request, "at_rest", &out->at_rest));
    TRY(take_id(request, "customer_id", &out->wanted_customer));
    TRY(take_id(request, "coupon_code", &out->wanted_coupon));
    TRY(take_word(request, out));
    choose_way(out);
    return true;
}

/* ---- the answer --------------------------------------------------------------------------------- */

static void
write_payment(struct json_writer *out, const struct job *job, uint32_t row)
{
    json_name(out, "payment");
    if (job_cell(job, row, FOUND_PAYMENT_STATUS)->text == NULL) {
        json_null(out);
        return;
    }
    json_begin_object(out);
    cell_text(out, "status", job, row, FOUND_PAYMENT_STATUS);
    cell_raw(out, "attempt", job, row, FOUND_PAYMENT_ATTEMPT);
    cell_text(out, "reason", job, row, FOUND_PAYMENT_REASON);
    json_end_object(out);
}

static void
write_found(struct json_writer *out, const struct job *job, uint32_t row)
{
    json_begin_object(out);
    cell_text(out, "order_id", job, row, FOUND_ID);
    cell_text(out, "customer_id", job, row, FOUND_CUSTOMER);
    cell_text(out, "status", job, row, FOUND_STATUS);
    cell_raw(out, "at_rest", job, row, FOUND_AT_REST);
    cell_raw(out, "amount", job, row, FOUND_AMOUNT);
    cell_text(out, "created_at", job, row, FOUND_CREATED_AT);
    cell_text(out, "cancel_reason", job, row, FOUND_CANCEL_REASON);
    write_payment(out, job, row);
    cell_text(out, "coupon_code", job, row, FOUND_COUPON);
    cell_text(out, "export", job, row, FOUND_EXPORT);
    json_end_object(out);
}

static void
write_next(struct json_writer *out, const struct job *job, uint32_t found, uint32_t limit)
{
    json_name(out, "next");
    if (found > limit)
        found = limit - 1;
    else if (found == job->row_count) {
        json_null(out);
        return;
    }
    json_text(out, arena_printf(out->arena, "%s_%s", job_text(job, found, FOUND_CREATED_US),
                                job_text(job, found, FOUND_ID)));
}

static void
on_found(struct request *request, const struct job *job)
{
    uint32_t limit = (uint32_t)((const struct finding *)request->state)->limit, found = 0;
    struct json_writer json;

    json_writer_init(&json, request->arena, 16384);
    json_begin_object(&json);
    json_name(&json, "orders");
    json_begin_array(&json);
    for (; found < job->row_count && job_is(job, found, FOUND_IS_END, "false"); found++)
        if (found < limit)
            write_found(&json, job, found);
    json_end_array(&json);
    write_next(&json, job, found, limit);
    json_end_object(&json);
    request_answer_json(request, MHD_HTTP_OK, &json);
}

static void
param_text(struct pg_params *params, const char *text)
{
    if (text != NULL)
        pg_param_text(params, text);
    else
        pg_param_null_text(params);
}

/* A range that holds nothing where ids are no way. */
static void
param_ids(struct pg_params *params, const struct finding *finding)
{
    struct uuid low = finding->low, high = finding->high;

    if (!finding->by_id) {
        memset(&low, 0xff, sizeof low);
        memset(&high, 0, sizeof high);
    }
    pg_param_uuid(params, low);
    pg_param_uuid(params, high);
}

void
call_find_orders(struct request *request)
{
    struct finding *finding = arena_take(request->arena, sizeof *finding);
    struct pg_params *params;
    struct job *job;

    request->state = finding;
    if (!take_finding(request, finding))
        return;
    job = read_new(request, QUERY_ADMIN_ORDERS, FOUND_COLUMNS);
    params = &job->params;
    pg_param_bool(params, finding->oldest);
    pg_param_int32(params, candidates_max(finding));
    pg_param_int32(params, finding->limit + 1); /* one more tells whether there is a next page */
    pg_param_time(params, finding->after_us);
    pg_param_uuid(params, finding->after_id);
    pg_param_time(params, finding->from_us);
    pg_param_time(params, finding->before_us);
    pg_param_bool(params, finding->all);
    pg_param_bool(params, finding->open);
    param_text(params, finding->customer);
    param_text(params, finding->coupon);
    param_ids(params, finding);
    param_text(params, finding->status);
    param_text(params, finding->at_rest);
    param_text(params, finding->wanted_customer);
    param_text(params, finding->wanted_coupon);
    read_for(request, job, on_found);
}
