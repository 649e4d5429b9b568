/* policy.c — the header policy; no state but the host table. */
#include "bridge/policy.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char LOOPBACK_NAMES[] = "localhost,127.0.0.1,[::1]";

/* "name", "name:port", "[v6]", "[v6]:port"; the port is "" when none is said. */
static bool
split_host(const char *text, size_t bytes, char name[POLICY_HOST_BYTES], char port[8])
{
    const char *end = text + bytes, *colon = NULL;
    size_t name_bytes, port_bytes = 0;

    if (bytes > 0 && text[0] == '[') {
        const char *bracket = memchr(text, ']', bytes);

        if (bracket == NULL || (bracket + 1 < end && bracket[1] != ':'))
            return false;
        colon = bracket + 1 < end ? bracket + 1 : NULL;
    } else {
        colon = memchr(text, ':', bytes);
    }
    name_bytes = (size_t)((colon != NULL ? colon : end) - text);
    if (colon != NULL)
        port_bytes = (size_t)(end - colon) - 1;
    if (name_bytes == 0 || name_bytes >= POLICY_HOST_BYTES || port_bytes > 5)
        return false;
    if (colon != NULL && (port_bytes == 0 || strspn(colon + 1, "0123456789") < port_bytes))
        return false;
    snprintf(name, POLICY_HOST_BYTES, "%.*s", (int)name_bytes, text);
    snprintf(port, 8, "%.*s", (int)port_bytes, colon != NULL ? colon + 1 : "");
    return strcspn(name, " \t/\\@?#\"<>") == name_bytes;
}

bool
policy_load(struct policy *policy, const char *hosts, struct error *err)
{
    memset(policy, 0, sizeof *policy);
    if (*hosts == 0)
        hosts = LOOPBACK_NAMES;
    while (*hosts != 0) {
        size_t bytes = strcspn(hosts, ",");
        uint32_t i = policy->host_count;

        if (i == POLICY_HOSTS_MAX)
            return error_set(err, ERROR_REFUSED, "JUMUN_HTTP_HOSTS: more than %d names",
                             POLICY_HOSTS_MAX);
        if (!split_host(hosts, bytes, policy->hosts[i].name, policy->hosts[i].port))
            return error_set(err, ERROR_REFUSED,
                             "JUMUN_HTTP_HOSTS: \"%.*s\" is not a host name with or without a port",
                             (int)bytes, hosts);
        policy->host_count++;
        hosts += bytes;
        hosts += *hosts == ',';
    }
    return true;
}

static bool
is_ours(const struct policy *policy, const char *name, const char *port)
{
    for (uint32_t i = 0; i < policy->host_count; i++)
        if (strcasecmp(policy->hosts[i].name, name) == 0 &&
            (policy->hosts[i].port[0] == 0 || strcmp(policy->hosts[i].port, port) == 0))
            return true;
    return false;
}

bool
policy_allows_host(const struct policy *policy, const char *host)
{
    char name[POLICY_HOST_BYTES], port[8];

    return host != NULL && split_host(host, strlen(host), name, port) &&
           is_ours(policy, name, port[0] != 0 ? port : "80");
}

bool
policy_allows_origin(const struct policy *policy, const char *host, const char *origin)
{
    char name[POLICY_HOST_BYTES], port[8], called[POLICY_HOST_BYTES], called_port[8];
    const char *fallback;

    if (strncasecmp(origin, "http://", 7) == 0)
        fallback = "80";
    else if (strncasecmp(origin, "https://", 8) == 0)
        fallback = "443";
    else
        return false; /* "null" and everything else */
    origin += fallback[0] == '8' ? 7 : 8;
    if (!split_host(origin, strlen(origin), name, port) ||
        !split_host(host, strlen(host), called, called_port))
        return false;
    return is_ours(policy, name, port[0] != 0 ? port : fallback) &&
           strcmp(port[0] != 0 ? port : fallback, called_port[0] != 0 ? called_port : fallback) ==
               0;
}

bool
policy_allows_site(const char *sec_fetch_site)
{
    return strcmp(sec_fetch_site, "same-origin") == 0 || strcmp(sec_fetch_site, "same-site") == 0 ||
           strcmp(sec_fetch_site, "none") == 0;
}

static bool
refuse(struct problem *out, enum problem_code code, const char *detail)
{
    *out = problem_make(code, "%s", detail);
    return false;
}

static bool
content_length(const struct headers *headers, uint64_t *out, struct problem *problem)
{
    const char *text = headers->value[HEADER_CONTENT_LENGTH];

    *out = 0;
    if (text == NULL)
        return true;
    for (const char *at = text; *at != 0; at++)
        if (*at < '0' || *at > '9' || __builtin_mul_overflow(*out, 10, out) ||
            __builtin_add_overflow(*out, (uint64_t)(*at - '0'), out))
            return refuse(problem, PROBLEM_INVALID_HEADER, "Content-Length is not a number");
    return *text != 0 || refuse(problem, PROBLEM_INVALID_HEADER, "Content-Length is empty");
}

static bool
says(const struct headers *headers, enum header_id id, const char *text)
{
    return headers->value[id] != NULL && strcmp(headers->value[id], text) == 0;
}

/* Someone follows a link or types an address; other sites' scripts and frames are none of it. */
static bool
is_visit(const struct headers *headers)
{
    return says(headers, HEADER_SEC_FETCH_MODE, "navigate") &&
           says(headers, HEADER_SEC_FETCH_DEST, "document");
}

static bool
check_caller(const struct policy *policy, const struct headers *headers, bool is_page,
             struct problem *out)
{
    const char *host = headers->value[HEADER_HOST], *origin = headers->value[HEADER_ORIGIN];
    const char *site = headers->value[HEADER_SEC_FETCH_SITE];

    if (!policy_allows_host(policy, host))
        return refuse(out, PROBLEM_FORBIDDEN_ORIGIN, "Host is none of JUMUN_HTTP_HOSTS");
    if (origin != NULL && !policy_allows_origin(policy, host, origin))
        return refuse(out, PROBLEM_FORBIDDEN_ORIGIN, "Origin is another site's");
    if (site != NULL && !policy_allows_site(site) && !(is_page && is_visit(headers)))
        return refuse(out, PROBLEM_FORBIDDEN_ORIGIN, "Sec-Fetch-Site says another site");
    return true;
}

bool
policy_check_headers(const struct policy *policy, const struct headers *headers, bool is_page,
                     uint64_t *body_bytes, struct problem *out)
{
    const char *repeated = headers_repeated(headers);

    *body_bytes = 0;
    if (headers->total_bytes > HEADERS_BYTES_MAX)
        return refuse(out, PROBLEM_HEADERS_TOO_LARGE, "All headers together may have 16 KiB");
    if (headers->has_nul)
        return refuse(out, PROBLEM_INVALID_HEADER, "A header holds a NUL byte");
    if (headers->lines[HEADER_TRANSFER_ENCODING] > 0)
        return refuse(out, PROBLEM_LENGTH_REQUIRED,
                      "Transfer-Encoding is not accepted; send Content-Length");
    if (repeated != NULL) {
        *out = problem_make(PROBLEM_INVALID_HEADER, "%s is there more than once", repeated);
        return false;
    }
    TRY(content_length(headers, body_bytes, out));
    return check_caller(policy, headers, is_page, out);
}

bool
policy_check_body(const struct headers *headers, enum body_rule rule, uint64_t body_bytes,
                  struct problem *out)
{
    if (body_bytes > BODY_BYTES_MAX)
        return refuse(out, PROBLEM_PAYLOAD_TOO_LARGE, "The body may have 64 KiB");
    if (rule == BODY_REQUIRED && headers->lines[HEADER_CONTENT_LENGTH] == 0)
        return refuse(out, PROBLEM_LENGTH_REQUIRED, "This call needs a body with Content-Length");
    if (rule == BODY_NONE || (rule == BODY_OPTIONAL && body_bytes == 0))
        return true;
    if (headers->lines[HEADER_CONTENT_ENCODING] > 0 &&
        strcasecmp(headers->value[HEADER_CONTENT_ENCODING], "identity") != 0)
        return refuse(out, PROBLEM_UNSUPPORTED_MEDIA_TYPE, "Content-Encoding is not accepted");
    if (!header_is_json(headers->value[HEADER_CONTENT_TYPE]))
        return refuse(out, PROBLEM_UNSUPPORTED_MEDIA_TYPE,
                      "Content-Type must be application/json in UTF-8");
    return true;
}
