/* The header policy: who may call, and what shape a request must have. */
#include "bridge/policy.h"
#include <criterion/criterion.h>
#include <string.h>

static struct policy
policy_of(const char *hosts)
{
    struct policy policy;
    struct error err;
    cr_assert(policy_load(&policy, hosts, &err), "%s", err.message);
    return policy;
}

static struct headers
headers_of(struct arena *arena, const char *const lines[][2])
{
    struct headers headers = { .total_bytes = 0 };
    for (; lines[0][0] != NULL; lines++)
        headers_add(&headers, arena, lines[0][0], strlen(lines[0][0]), lines[0][1],
                    strlen(lines[0][1]));
    return headers;
}

/* clang-format off */
#define LINES(...) ((const char *const[][2]){ __VA_ARGS__, { NULL, NULL } })
#define OURS       { "Host", "127.0.0.1:8080" }
/* clang-format on */

/* "" when the headers pass, else the code that refuses them. */
static const char *
code_of(bool is_page, const char *const lines[][2])
{
    struct arena *arena = arena_new(1024);
    struct policy policy = policy_of("");
    struct headers headers = headers_of(arena, lines);
    struct problem problem;
    uint64_t body_bytes;
    bool ok = policy_check_headers(&policy, &headers, is_page, &body_bytes, &problem);
    arena_free(arena);
    return ok ? "" : problem_infos[problem.code].code;
}

static const char *
code_for(const char *const lines[][2])
{
    return code_of(false, lines);
}

Test(policy, loopback_names_are_allowed_with_any_port_and_no_other_name_is)
{
    static const struct {
        const char *host;
        bool allowed;
    } table[] = {
        {"localhost",               true },
        { "localhost:8080",         true },
        { "LocalHost:1",            true },
        { "127.0.0.1:65535",        true },
        { "[::1]:8080",             true },
        { "[::1]",                  true },
        { "evil.example",           false},
        { "localhost.evil.example", false},
        { "127.0.0.1.evil.example", false},
        { "",                       false},
        { "localhost:",             false},
        { "localhost:80x",          false},
        { "localhost:8080:1",       false},
        { "user@localhost",         false},
        { "localhost/",             false},
        { "[::1",                   false},
        { "[::1]8080",              false},
        { "localhost:123456",       false},
    };
    struct policy policy = policy_of("");
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        cr_expect_eq(policy_allows_host(&policy, table[i].host), table[i].allowed, "%s",
                     table[i].host);
    cr_expect_not(policy_allows_host(&policy, NULL));
}

Test(policy, a_name_with_a_port_stands_for_that_port_alone)
{
    struct policy policy = policy_of("shop.example:8443,shop.internal");
    cr_expect(policy_allows_host(&policy, "shop.example:8443"));
    cr_expect_not(policy_allows_host(&policy, "shop.example"));
    cr_expect_not(policy_allows_host(&policy, "shop.example:80"));
    cr_expect(policy_allows_host(&policy, "shop.internal:1234"));
    cr_expect_not(policy_allows_host(&policy, "localhost"));
}

Test(policy, a_list_that_holds_what_is_no_host_is_refused)
{
    static const char *const bad[] = { "a b", "http://shop.example", "a,,b", "a/b", "a:b", ":80" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct policy policy;
        struct error err = { .class = ERROR_NONE };
        cr_expect_not(policy_load(&policy, bad[i], &err), "%s", bad[i]);
        cr_expect_eq(err.class, ERROR_REFUSED);
        cr_expect(strstr(err.message, "JUMUN_HTTP_HOSTS"), "%s", err.message);
    }
}

Test(policy, an_origin_is_ours_when_host_and_port_are)
{
    static const struct {
        const char *host, *origin;
        bool allowed;
    } table[] = {
        {"localhost:8080",  "http://localhost:8080",              true },
        { "127.0.0.1:8080", "http://localhost:8080",              true },
        { "localhost",      "http://localhost",                   true },
        { "localhost:80",   "http://localhost",                   true },
        { "localhost:443",  "https://localhost",                  true },
        { "localhost:8080", "http://localhost:3000",              false},
        { "localhost:8080", "http://localhost",                   false},
        { "localhost:8080", "http://evil.example:8080",           false},
        { "localhost:8080", "http://localhost:8080/",             false},
        { "localhost:8080", "http://localhost:8080@evil.example", false},
        { "localhost:8080", "null",                               false},
        { "localhost:8080", "",                                   false},
        { "localhost:8080", "file://localhost:8080",              false},
    };
    struct policy policy = policy_of("");
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        cr_expect_eq(policy_allows_origin(&policy, table[i].host, table[i].origin),
                     table[i].allowed, "%s from %s", table[i].host, table[i].origin);
}

Test(policy, the_first_rule_that_is_broken_names_the_refusal)
{
    cr_expect_str_eq(code_for(LINES(OURS)), "");
    cr_expect_str_eq(code_for(LINES(OURS, { "Content-Length", "12" })), "");
    cr_expect_str_eq(code_for(LINES({ "Accept", "*/*" })), "forbidden_origin");
    cr_expect_str_eq(code_for(LINES({ "Host", "evil.example" })), "forbidden_origin");
    cr_expect_str_eq(code_for(LINES(OURS, OURS)), "invalid_header");
    cr_expect_str_eq(code_for(LINES(OURS, { "Origin", "http://evil.example" })),
                     "forbidden_origin");
    cr_expect_str_eq(code_for(LINES(OURS, { "Sec-Fetch-Site", "cross-site" })), "forbidden_origin");
    cr_expect_str_eq(code_for(LINES(OURS, { "Sec-Fetch-Site", "same-origin" })), "");
    cr_expect_str_eq(code_for(LINES(OURS, { "Sec-Fetch-Site", "none" })), "");
    cr_expect_str_eq(code_for(LINES(OURS, { "Sec-Fetch-Site", "anything" })), "forbidden_origin");
    cr_expect_str_eq(code_for(LINES(OURS, { "Content-Length", "1" }, { "content-length", "1" })),
                     "invalid_header");
    cr_expect_str_eq(code_for(LINES(OURS, { "Content-Length", "1" }, { "Content-Length", "2" })),
                     "invalid_header");
    cr_expect_str_eq(
        code_for(LINES(OURS, { "Content-Length", "1" }, { "Transfer-Encoding", "chunked" })),
        "length_required");
    cr_expect_str_eq(code_for(LINES(OURS, { "Transfer-Encoding", "identity" })), "length_required");
    cr_expect_str_eq(code_for(LINES(OURS, { "Content-Length", "-1" })), "invalid_header");
    cr_expect_str_eq(code_for(LINES(OURS, { "Content-Length", "1 2" })), "invalid_header");
    cr_expect_str_eq(code_for(LINES(OURS, { "Content-Length", "" })), "invalid_header");
    cr_expect_str_eq(code_for(LINES(OURS, { "Content-Length", "99999999999999999999999" })),
                     "invalid_header");
    cr_expect_str_eq(code_for(LINES(OURS, { "Idempotency-Key", "a" }, { "Idempotency-Key", "b" })),
                     "invalid_header");
    cr_expect_str_eq(code_for(LINES(OURS, { "Prefer", "wait=1" }, { "Prefer", "respond-async" })),
                     "");
}

Test(policy, another_site_may_link_to_a_page_and_do_nothing_else_with_it)
{
/* clang-format off */
#define ELSEWHERE { "Sec-Fetch-Site", "cross-site" }
#define NAVIGATE  { "Sec-Fetch-Mode", "navigate" }
#define DOCUMENT  { "Sec-Fetch-Dest", "document" }
    /* clang-format on */
    cr_expect_str_eq(code_of(true, LINES(OURS, ELSEWHERE, NAVIGATE, DOCUMENT)), "");
    cr_expect_str_eq(code_of(false, LINES(OURS, ELSEWHERE, NAVIGATE, DOCUMENT)),
                     "forbidden_origin");
    cr_expect_str_eq(
        code_of(true, LINES(OURS, ELSEWHERE, NAVIGATE, { "Sec-Fetch-Dest", "iframe" })),
        "forbidden_origin");
    cr_expect_str_eq(code_of(true, LINES(OURS, ELSEWHERE, { "Sec-Fetch-Mode", "no-cors" },
                                         { "Sec-Fetch-Dest", "script" })),
                     "forbidden_origin");
    cr_expect_str_eq(code_of(true, LINES(OURS, ELSEWHERE)), "forbidden_origin");
    cr_expect_str_eq(code_of(true, LINES({ "Host", "evil.example" }, NAVIGATE, DOCUMENT)),
                     "forbidden_origin");
    cr_expect_str_eq(code_of(true, LINES(OURS, ELSEWHERE, NAVIGATE, DOCUMENT,
                                         { "Origin", "http://evil.example" })),
                     "forbidden_origin");
}

Test(policy, sixteen_kibibytes_of_headers_are_the_most)
{
    struct arena *arena = arena_new(1024);
    struct policy policy = policy_of("");
    struct headers headers = headers_of(arena, LINES(OURS));
    size_t room = HEADERS_BYTES_MAX - headers.total_bytes - strlen("X") - 4;
    char *value = arena_take(arena, room + 2);
    struct problem problem;
    uint64_t body_bytes;
    memset(value, 'x', room + 1);
    headers_add(&headers, arena, "X", 1, value, room);
    cr_expect(policy_check_headers(&policy, &headers, false, &body_bytes, &problem));
    headers = headers_of(arena, LINES(OURS));
    headers_add(&headers, arena, "X", 1, value, room + 1);
    cr_expect_not(policy_check_headers(&policy, &headers, false, &body_bytes, &problem));
    cr_expect_eq(problem.code, PROBLEM_HEADERS_TOO_LARGE);
    headers = headers_of(arena, LINES(OURS));
    headers_add(&headers, arena, "X", 1, "a\0b", 3);
    cr_expect_not(policy_check_headers(&policy, &headers, false, &body_bytes, &problem));
    cr_expect_eq(problem.code, PROBLEM_INVALID_HEADER);
    arena_free(arena);
}

/* "" or the code, for a body of that many bytes. */
static const char *
body_code(enum body_rule rule, uint64_t body_bytes, const char *const lines[][2])
{
    struct arena *arena = arena_new(1024);
    struct headers headers = headers_of(arena, lines);
    struct problem problem;
    bool ok = policy_check_body(&headers, rule, body_bytes, &problem);
    arena_free(arena);
    return ok ? "" : problem_infos[problem.code].code;
}

Test(policy, a_body_has_a_length_a_limit_and_a_type)
{
/* clang-format off */
#define LENGTH { "Content-Length", "9" }
#define JSON   { "Content-Type", "application/json" }
    /* clang-format on */
    cr_expect_str_eq(body_code(BODY_REQUIRED, 9, LINES(LENGTH, JSON)), "");
    cr_expect_str_eq(body_code(BODY_REQUIRED, 0, LINES(JSON)), "length_required");
    cr_expect_str_eq(body_code(BODY_REQUIRED, 9, LINES(LENGTH)), "unsupported_media_type");
    cr_expect_str_eq(body_code(BODY_REQUIRED, BODY_BYTES_MAX, LINES(LENGTH, JSON)), "");
    cr_expect_str_eq(body_code(BODY_REQUIRED, BODY_BYTES_MAX + 1, LINES(LENGTH, JSON)),
                     "payload_too_large");
    cr_expect_str_eq(body_code(BODY_OPTIONAL, 0, LINES(OURS)), "");
    cr_expect_str_eq(body_code(BODY_OPTIONAL, 2, LINES(LENGTH)), "unsupported_media_type");
    cr_expect_str_eq(body_code(BODY_NONE, 2, LINES(LENGTH)), "");
    cr_expect_str_eq(body_code(BODY_NONE, BODY_BYTES_MAX + 1, LINES(LENGTH)), "payload_too_large");
    cr_expect_str_eq(
        body_code(BODY_REQUIRED, 9, LINES(LENGTH, JSON, { "Content-Encoding", "gzip" })),
        "unsupported_media_type");
    cr_expect_str_eq(
        body_code(BODY_REQUIRED, 9, LINES(LENGTH, JSON, { "Content-Encoding", "identity" })), "");
}
