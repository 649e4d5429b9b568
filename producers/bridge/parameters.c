/* parameters.c — what comes in headers and the query, checked. */
#include "bridge/calls.h"
#include <string.h>

bool
is_id(const char *text)
{
    size_t bytes = strlen(text);

    return bytes >= 1 && bytes <= 64 &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-") ==
               bytes;
}

bool
refuse_query(struct request *request, const char *name, const char *code)
{
    struct problem problem =
        problem_make(PROBLEM_INVALID_REQUEST, "A query parameter is not valid");

    problem_add_field(&problem, arena_printf(request->arena, "?%s", name), code);
    request_refuse(request, &problem);
    return false;
}

bool
take_idempotency_key(struct request *request, char out[IDEMPOTENCY_KEY_BYTES_MAX + 1],
                     bool *has_key)
{
    const char *text = request->headers.value[HEADER_IDEMPOTENCY_KEY];

    *has_key = text != NULL;
    if (text == NULL || header_idempotency_key(text, out))
        return true;
    request_refuse_with(
        request, PROBLEM_INVALID_HEADER,
        "Idempotency-Key must be 1 to 255 visible ASCII characters, bare or quoted");
    return false;
}

bool
take_limit(struct request *request, int32_t fallback, int32_t most, int32_t *out)
{
    const char *text = target_query(&request->target, "limit");
    int32_t value = 0;

    *out = fallback;
    if (text == NULL)
        return true;
    if (text[0] == 0 || strlen(text) > 6 || strspn(text, "0123456789") != strlen(text))
        return refuse_query(request, "limit", "not_an_integer");
    for (; *text != 0; text++)
        value = value * 10 + (*text - '0');
    *out = value;
    return (value >= 1 && value <= most) || refuse_query(request, "limit", "range");
}
