/* http.c — single orders through the bridge.  Contract: http.h */
#include "load/http.h"
#include "base/instant.h"
#include "load/body.h"
#include <curl/curl.h>
#include <string.h>

enum { ANSWER_BYTES_MAX = 1 << 20, ARENA_BYTES = 1 << 20, WAIT_S = 30 };

struct answer {
    char *bytes;
    size_t length;
};

static size_t
collect(char *bytes, size_t size, size_t count, void *context)
{
    struct answer *answer = context;
    if (answer->length + size * count > ANSWER_BYTES_MAX)
        return 0;
    memcpy(answer->bytes + answer->length, bytes, size * count);
    answer->length += size * count;
    return size * count;
}

static bool
place(CURL *curl, struct arena *arena, const char *body, struct answer *answer, int64_t *took_us,
      struct error *err)
{
    long status = 0;
    int64_t started_us = monotonic_now_us();
    CURLcode code;

    answer->length = 0;
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    code = curl_easy_perform(curl);
    *took_us = monotonic_now_us() - started_us;
    if (code != CURLE_OK)
        return error_set(err, ERROR_RETRY, "the bridge does not answer: %s",
                         curl_easy_strerror(code));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200 || !body_has_status(arena, answer->bytes, answer->length, "PAID"))
        return error_set(err, ERROR_REFUSED, "an order was not PAID within %d s: HTTP %ld, %.*s",
                         WAIT_S, status, (int)(answer->length < 300 ? answer->length : 300),
                         answer->bytes);
    return true;
}

static bool
place_all(CURL *curl, const struct workload *load, int64_t first, struct answer *answer,
          struct latency *latency, struct error *err)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    struct order_requested *order = memory_new(sizeof *order);
    bool ok = true;

    for (int64_t i = 0; i < load->orders && ok; i++) {
        workload_order(load, first + i, order);
        int64_t took_us = 0;
        ok = place(curl, arena, body_of_order(arena, order, true), answer, &took_us, err);
        latency_add(latency, took_us);
        arena_reset(arena, ARENA_BYTES);
    }
    memory_free(order);
    arena_free(arena);
    return ok;
}

static void
set_up(CURL *curl, const char *url, struct curl_slist *headers, struct answer *answer)
{
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)WAIT_S + 5);
    curl_easy_setopt(curl, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
}

bool
http_orders(const struct settings *settings, const struct workload *load, int64_t first,
            struct latency *latency, struct error *err)
{
    char url[300], prefer[32];
    struct answer answer = { .bytes = memory_new(ANSWER_BYTES_MAX) };
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    CURL *curl = curl_easy_init();
    bool ok;

    snprintf(url, sizeof url, "http://%s/v1/orders", settings->http);
    snprintf(prefer, sizeof prefer, "Prefer: wait=%d", WAIT_S);
    headers = curl_slist_append(headers, prefer);
    set_up(curl, url, headers, &answer);
    ok = place_all(curl, load, first, &answer, latency, err);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    memory_free(answer.bytes);
    return ok;
}
