/* http.c — single orders through the bridge.  Contract: http.h */
#include "load/http.h"
#include "base/instant.h"
#include "json/json_read.h"
#include "json/json_write.h"
#include <curl/curl.h>
#include <stdlib.h>
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

/* The body of POST /v1/orders: OrderRequested without its id. */
static const char *
order_body(struct arena *arena, const struct order_requested *order)
{
    struct json_writer body;
    json_writer_init(&body, arena, 1024);
    json_begin_object(&body);
    json_name(&body, "customer_id");
    json_text(&body, order->customer_id.text);
    json_name(&body, "items");
    json_write_order_lines(&body, &order->items);
    if (order->has_coupon_code) {
        json_name(&body, "coupon_code");
        json_text(&body, order->coupon_code.text);
    }
    json_name(&body, "shipping");
    json_write_shipping(&body, &order->shipping);
    json_name(&body, "auto_pay");
    json_bool(&body, true);
    json_end_object(&body);
    return arena_text(arena, body.bytes, body.length);
}

static bool
is_paid(struct arena *arena, const struct answer *answer)
{
    struct json_doc doc;
    struct json_error bad;
    if (!json_parse(arena, answer->bytes, answer->length, &doc, &bad))
        return false;
    uint32_t status = json_member(&doc, 0, "status");
    return status != JSON_NONE && doc.nodes[status].type == JSON_STRING &&
           doc.nodes[status].text_bytes == 4 && memcmp(doc.nodes[status].text, "PAID", 4) == 0;
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
    if (status != 200 || !is_paid(arena, answer))
        return error_set(err, ERROR_REFUSED, "an order was not PAID within %d s: HTTP %ld, %.*s",
                         WAIT_S, status, (int)(answer->length < 300 ? answer->length : 300),
                         answer->bytes);
    return true;
}

static int
ascending(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static bool
place_all(CURL *curl, const struct workload *load, int64_t first, struct answer *answer,
          int64_t *latency_us, struct error *err)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    struct order_requested *order = memory_new(sizeof *order);
    bool ok = true;

    for (int64_t i = 0; i < load->orders && ok; i++) {
        workload_order(load, first + i, order);
        ok = place(curl, arena, order_body(arena, order), answer, &latency_us[i], err);
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
            int64_t *latency_us, struct error *err)
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
    ok = place_all(curl, load, first, &answer, latency_us, err);
    if (ok)
        qsort(latency_us, (size_t)load->orders, sizeof *latency_us, ascending);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    memory_free(answer.bytes);
    return ok;
}
