/* http.c — one call, its problem; then streams.  Contract: http.h */
#include "cli/http.h"
#include "cli/sse.h"
#include "json/json_read.h"
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define CALL_S         10
#define CONNECT_S      5
#define BODY_BYTES_MAX (16u << 20)
#define QUIET_S        45 /* a stream has a heartbeat every 15 s */
#define RECONNECTS_MAX 5

/* ---- one call ------------------------------------------------------------------------------- */

struct body {
    struct arena *arena;
    char *bytes;
    size_t used, room;
};

static size_t
on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct body *body = context;
    size_t more = size * count, needed = body->used + more + 1;
    if (needed > BODY_BYTES_MAX)
        return 0;
    if (needed > body->room) {
        size_t room = needed * 2;
        body->bytes = arena_resize(body->arena, body->bytes, body->room, room);
        body->room = room;
    }
    memcpy(body->bytes + body->used, bytes, more);
    body->used += more;
    body->bytes[body->used] = '\0';
    return more;
}

static void
free_handle(CURL **handle)
{
    curl_easy_cleanup(*handle);
}

static void
free_headers(struct curl_slist **headers)
{
    curl_slist_free_all(*headers);
}

static struct curl_slist *
headers_of(struct cli *cli, const struct http_call *call)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Accept: application/json");
    if (call->body)
        headers = curl_slist_append(headers, "Content-Type: application/json");
    if (call->idempotency_key)
        headers = curl_slist_append(
            headers, arena_printf(cli->arena, "Idempotency-Key: %s", call->idempotency_key));
    if (call->wait_s >= 0)
        headers = curl_slist_append(
            headers, arena_printf(cli->arena, "Prefer: wait=%lld", (long long)call->wait_s));
    return headers;
}

static void
prepare(struct cli *cli, CURL *handle, const char *path)
{
    curl_easy_setopt(handle, CURLOPT_URL,
                     arena_printf(cli->arena, "http://%s%s", cli->settings.http, path));
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
}

static bool
unreachable(const struct cli *cli, CURLcode code, struct error *err)
{
    return error_set(err, ERROR_RETRY,
                     "the bridge at %s does not answer: %s (JUMUN_HTTP says where it is)",
                     cli->settings.http, curl_easy_strerror(code));
}

/* ---- problems ------------------------------------------------------------------------------- */

static const char *
member_text(struct cli *cli, const struct json_doc *doc, uint32_t object, const char *name)
{
    uint32_t at = json_member(doc, object, name);
    if (at == JSON_NONE || doc->nodes[at].type != JSON_STRING)
        return "";
    return arena_text(cli->arena, doc->nodes[at].text, doc->nodes[at].text_bytes);
}

static const char *
bad_fields(struct cli *cli, const struct json_doc *doc)
{
    const char *text = "";
    uint32_t list = json_member(doc, 0, "errors");
    if (list == JSON_NONE || doc->nodes[list].type != JSON_ARRAY)
        return text;
    for (uint32_t n = 0, at = list + 1; n < doc->nodes[list].count; n++, at = doc->nodes[at].next)
        if (doc->nodes[at].type == JSON_OBJECT)
            text =
                arena_printf(cli->arena, "%s; %s: %s", text, member_text(cli, doc, at, "pointer"),
                             member_text(cli, doc, at, "code"));
    return text;
}

static bool
refused(struct cli *cli, long status, const struct body *body, struct error *err)
{
    struct json_doc doc;
    struct json_error wrong;
    enum error_class class = status == 503 ? ERROR_RETRY : ERROR_REFUSED;
    if (!json_parse(cli->arena, body->bytes, body->used, &doc, &wrong) ||
        doc.nodes[0].type != JSON_OBJECT)
        return error_set(err, class, "the bridge answered %ld", status);
    const char *detail = member_text(cli, &doc, 0, "detail");
    return error_set(err, class, "%s (%s)%s%s%s", member_text(cli, &doc, 0, "title"),
                     member_text(cli, &doc, 0, "code"), detail[0] ? ": " : "", detail,
                     bad_fields(cli, &doc));
}

bool
http_call(struct cli *cli, const struct http_call *call, struct http_answer *out, struct error *err)
{
    CURL *handle __attribute__((cleanup(free_handle))) = curl_easy_init();
    struct curl_slist *headers __attribute__((cleanup(free_headers))) = headers_of(cli, call);
    struct body body = { cli->arena, arena_take(cli->arena, 4096), 0, 4096 };
    prepare(cli, handle, call->path);
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, call->method);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT,
                     (long)(CALL_S + (call->wait_s > 0 ? call->wait_s : 0)));
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &body);
    if (call->body || strcmp(call->method, "POST") == 0)
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, call->body ? call->body : "");
    CURLcode code = curl_easy_perform(handle);
    if (code != CURLE_OK)
        return unreachable(cli, code, err);
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &out->status);
    out->body = body.bytes;
    out->body_bytes = body.used;
    return out->status < 400 || refused(cli, out->status, &body, err);
}

/* ---- streams -------------------------------------------------------------------------------- */

struct stream {
    struct cli *cli;
    CURL *handle;
    struct sse sse;
    struct body problem; /* what came instead of a stream */
    http_each *each;
    void *context;
    bool stopped;
};

static bool
on_event(void *context, const char *data, size_t bytes)
{
    struct stream *stream = context;
    stream->stopped = !stream->each(stream->context, data, bytes) || cli_stopped();
    return !stream->stopped;
}

static size_t
on_stream(char *bytes, size_t size, size_t count, void *context)
{
    struct stream *stream = context;
    long status = 0;
    curl_easy_getinfo(stream->handle, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200)
        return on_body(bytes, size, count, &stream->problem);
    return sse_feed(&stream->sse, bytes, size * count, on_event, stream) ? size * count : 0;
}

static int
on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)context, (void)a, (void)b, (void)c, (void)d;
    return cli_stopped();
}

static CURLcode
connect_once(struct stream *stream, const char *path, long *status)
{
    CURL *handle __attribute__((cleanup(free_handle))) = curl_easy_init();
    struct curl_slist *headers __attribute__((cleanup(free_headers))) =
        curl_slist_append(NULL, "Accept: text/event-stream");
    if (stream->sse.last_id[0])
        headers = curl_slist_append(
            headers, arena_printf(stream->cli->arena, "Last-Event-ID: %s", stream->sse.last_id));
    stream->handle = handle;
    prepare(stream->cli, handle, path);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, (long)QUIET_S);
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_stream);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, stream);
    CURLcode code = curl_easy_perform(handle);
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, status);
    return code;
}

/* Every event that arrived makes the patience whole again. */
bool
http_follow(struct cli *cli, const char *path, http_each *each, void *context, struct error *err)
{
    struct stream *stream = arena_take(cli->arena, sizeof *stream);
    stream->cli = cli;
    stream->each = each;
    stream->context = context;
    stream->problem = (struct body){ cli->arena, arena_take(cli->arena, 4096), 0, 4096 };
    sse_init(&stream->sse);
    for (int failures = 0; failures < RECONNECTS_MAX && !cli_stopped(); failures++) {
        long status = 0;
        char before[sizeof stream->sse.last_id];
        memcpy(before, stream->sse.last_id, sizeof before);
        CURLcode code = connect_once(stream, path, &status);
        if (stream->stopped || (code == CURLE_OK && (status == 200 || status == 204)))
            return true;
        if (code == CURLE_OK && status != 503 && status != 429)
            return refused(cli, status, &stream->problem, err);
        if (failures == 0 && code == CURLE_COULDNT_CONNECT && !before[0])
            return unreachable(cli, code, err);
        if (strcmp(before, stream->sse.last_id) != 0)
            failures = 0;
        sse_reset(&stream->sse);
        stream->problem.used = 0;
        nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
    }
    return cli_stopped() ||
           error_set(err, ERROR_RETRY, "the bridge at %s ended the stream too often",
                     cli->settings.http);
}
