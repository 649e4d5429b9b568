/* fuzz_request.c — an HTTP request on its way through the bridge: target, headers, policy, route, body.
 *
 * Input   first line METHOD SP TARGET, then header lines, an empty line, the body; lines end in \n. */
#include "base/arena.h"
#include "bridge/body.h"
#include "bridge/calls.h"
#include "bridge/headers.h"
#include "bridge/policy.h"
#include "bridge/router.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        abort();
}

/* Up to the next \n, moved behind it; NULL at the end. */
static char *
next_line(char **at)
{
    char *line = *at, *end = line ? strchr(line, '\n') : NULL;

    *at = end ? end + 1 : NULL;
    if (end)
        *end = '\0';
    return line;
}

static void
read_headers(struct arena *arena, char **at, struct headers *headers)
{
    for (char *line = next_line(at); line && *line; line = next_line(at)) {
        char *colon = strchr(line, ':');
        if (!colon)
            continue;
        const char *value = colon + 1 + strspn(colon + 1, " \t");
        headers_add(headers, arena, line, (size_t)(colon - line), value, strlen(value));
    }
}

static void
look_at_headers(const struct headers *headers)
{
    char key[IDEMPOTENCY_KEY_BYTES_MAX + 1];
    int64_t seq;

    (void)headers_repeated(headers);
    if (headers->value[HEADER_IDEMPOTENCY_KEY] &&
        header_idempotency_key(headers->value[HEADER_IDEMPOTENCY_KEY], key))
        must(*key && strlen(key) <= IDEMPOTENCY_KEY_BYTES_MAX);
    int wait_s = header_wait_s(headers->value[HEADER_PREFER]);
    must(wait_s >= -1 && wait_s <= WAIT_S_MAX);
    (void)header_accepts(headers->value[HEADER_ACCEPT], "application/json");
    (void)header_is_json(headers->value[HEADER_CONTENT_TYPE]);
    if (headers->value[HEADER_IF_NONE_MATCH])
        (void)header_matches_etag(headers->value[HEADER_IF_NONE_MATCH], "\"1\"");
    if (headers->value[HEADER_LAST_EVENT_ID] &&
        header_last_event_id(headers->value[HEADER_LAST_EVENT_ID], &seq))
        must(seq >= 0 && seq <= INT32_MAX);
}

static void
look_at_body(struct arena *arena, const struct endpoint *endpoint, const char *body)
{
    struct problem problem = { 0 };
    struct json_doc doc;
    struct event event;

    if (!endpoint->body || !body_parse(arena, body, strlen(body), endpoint->body, &doc, &problem))
        return;
    const struct body_member prefix[] = {
        { "order_id", "\"0190c1a0-0000-7000-8000-000000000001\"" }, { NULL, NULL }
    };
    (void)!body_decode(arena, &doc, EV_ORDER_REQUESTED, prefix, NULL, NULL, &event, &problem);
}

static void
look_at_request(struct arena *arena, char *text)
{
    static struct policy policy;
    struct headers headers = { 0 };
    struct target target = { 0 };
    struct router_match match = { 0 };
    struct problem problem = { 0 };
    struct error err;
    uint64_t body_bytes = 0;
    char *line = next_line(&text), *method = line ? strsep(&line, " ") : NULL;

    must(policy_load(&policy, "", &err));
    read_headers(arena, &text, &headers);
    look_at_headers(&headers);
    bool is_allowed = policy_check_headers(&policy, &headers, false, &body_bytes, &problem);
    if (!line)
        return;
    char *path = strsep(&line, "?");
    if (!target_parse_path(arena, path, &target) ||
        (line && !target_parse_query(arena, line, &target)))
        return;
    must(target.segment_count <= TARGET_SEGMENTS_MAX && target.query_count <= TARGET_QUERY_MAX);
    if (router_find(ENDPOINTS, ENDPOINT_COUNT, method, &target, &match) != ROUTER_FOUND)
        return;
    if (is_allowed)
        (void)!policy_check_body(&headers, match.endpoint->body_rule, body_bytes, &problem);
    look_at_body(arena, match.endpoint, text ? text : "");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(8192);

    look_at_request(arena, arena_text(arena, (const char *)data, size));
    arena_free(arena);
    return 0;
}
