/* router.h — which call a request is.
 *
 * Shapes   endpoint: one call of the API, or one page, as a row: method, path, handler, body, query, form of
 *          the answer.  A path is written as in schemas/openapi.yaml; {…} takes one segment, {…*} at the end
 *          one or more, which the handler reads from the target.
 * Methods  HEAD is answered as GET without the body; OPTIONS tells what is allowed.
 * Errors   router_find says what is wrong: no such path, or another method (then *allow says which).
 * Threads  const data only.
 * Source   contract.md section 3; the tables are endpoints.c and pages.c. */
#pragma once
#include "bridge/policy.h"
#include "bridge/target.h"

#define ROUTER_PARAMS_MAX  2
#define ROUTER_ALLOW_BYTES 64

struct request;
struct body_schema;

enum endpoint_trait {
    NEEDS_READ_MODEL = 1, /* refused at once while it cannot be reached */
    IS_PAGE = 2,          /* for browsers: linked from anywhere, with any query */
};

struct endpoint {
    const char *method; /* GET, POST, PUT */
    const char *path;
    void (*handle)(struct request *request);
    enum body_rule body_rule;
    const struct body_schema *body; /* names that the body may have; NULL: no body */
    const char *const *query;       /* names that the query may have, NULL-terminated; NULL: none */
    const char *produces;           /* media type of the good answer; NULL: the file says */
    unsigned traits;                /* of enum endpoint_trait */
};

enum router_result { ROUTER_FOUND, ROUTER_NO_PATH, ROUTER_NO_METHOD, ROUTER_OPTIONS };

struct router_match {
    const struct endpoint *endpoint;
    const char *params[ROUTER_PARAMS_MAX]; /* segments that {…} took, in order */
    char allow[ROUTER_ALLOW_BYTES];        /* NO_METHOD and OPTIONS: for the header Allow */
};

enum router_result router_find(const struct endpoint *table, uint32_t count, const char *method,
                               const struct target *target, struct router_match *out);
