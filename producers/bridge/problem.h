/* problem.h — what a caller is told when a request is refused (RFC 9457, application/problem+json).
 *
 * Shapes   problem_code: the stable codes of the API; problem_info: status and title of each, as a table.
 *          problem: one refusal with its detail and, for bad fields, a pointer and a code each.
 * Limits   PROBLEM_ERRORS_MAX fields are named; more are counted in none of them.
 * Errors   none.
 * Threads  values only.
 * Source   contract.md section 3, the table of codes; schemas/openapi.yaml. */
#pragma once
#include "json/json_write.h"

#define PROBLEM_ERRORS_MAX    16
#define PROBLEM_POINTER_BYTES 192
#define PROBLEM_DETAIL_BYTES  256

#define PROBLEM_CODES(X)                                                                           \
    X(INVALID_JSON, invalid_json, 400, "The body is not JSON")                                     \
    X(INVALID_REQUEST, invalid_request, 400, "The request is not valid")                           \
    X(INVALID_HEADER, invalid_header, 400, "A header is not valid")                                \
    X(FORBIDDEN_ORIGIN, forbidden_origin, 403, "This origin may not call")                         \
    X(ORDER_NOT_FOUND, order_not_found, 404, "There is no such order")                             \
    X(PRODUCT_NOT_FOUND, product_not_found, 404, "There is no such product")                       \
    X(CUSTOMER_NOT_FOUND, customer_not_found, 404, "There is no such customer")                    \
    X(NOT_FOUND, not_found, 404, "There is nothing here")                                          \
    X(METHOD_NOT_ALLOWED, method_not_allowed, 405, "This method is not allowed here")              \
    X(NOT_ACCEPTABLE, not_acceptable, 406, "No acceptable form of the answer")                     \
    X(ALREADY_PAID, already_paid, 409, "The order is paid")                                        \
    X(ALREADY_CANCELLED, already_cancelled, 409, "The order is cancelled")                         \
    X(WRONG_STEP, wrong_step, 409, "The order is not at this step")                                \
    X(CUSTOMER_UNKNOWN, customer_unknown, 409, "Whose order it is cannot be seen")                 \
    X(LENGTH_REQUIRED, length_required, 411, "Content-Length is required")                         \
    X(PAYLOAD_TOO_LARGE, payload_too_large, 413, "The body is too large")                          \
    X(UNSUPPORTED_MEDIA_TYPE, unsupported_media_type, 415, "The body must be application/json")    \
    X(IDEMPOTENCY_KEY_REUSED, idempotency_key_reused, 422, "The key was used for another request") \
    X(TOO_MANY_REQUESTS, too_many_requests, 429, "Too many requests")                              \
    X(HEADERS_TOO_LARGE, headers_too_large, 431, "The headers are too large")                      \
    X(BROKER_UNAVAILABLE, broker_unavailable, 503, "The broker does not answer")                   \
    X(READ_MODEL_UNAVAILABLE, read_model_unavailable, 503, "The read model does not answer")       \
    X(SERVER_UNAVAILABLE, server_unavailable, 503, "A server behind does not answer")

enum problem_code {
#define X(name, text, status, title) PROBLEM_##name,
    PROBLEM_CODES(X)
#undef X
        PROBLEM_CODE_COUNT
};

struct problem_info {
    const char *code;
    unsigned status;
    const char *title;
};

struct problem_field {
    char pointer[PROBLEM_POINTER_BYTES]; /* JSON pointer into the body, or the parameter's name */
    const char *code;                    /* stable, lives longer than the answer */
};

struct problem {
    enum problem_code code;
    char detail[PROBLEM_DETAIL_BYTES];
    uint32_t field_count;
    struct problem_field fields[PROBLEM_ERRORS_MAX];
};

extern const struct problem_info problem_infos[PROBLEM_CODE_COUNT];

struct problem problem_make(enum problem_code code, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Names one more field; the pointer is cut to a whole character where it is too long. */
void problem_add_field(struct problem *problem, const char *pointer, const char *code);
void problem_write(struct json_writer *out, const struct problem *problem);
