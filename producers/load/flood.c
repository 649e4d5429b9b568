/* flood.c — Contract: flood.h
 *
 *   slots   one per connection: its handle, its body, its answer, when its order was due
 *   pace    which order is due when
 *   judge   what an answer is worth */
#include "load/flood.h"
#include "base/instant.h"
#include "load/body.h"
#include "load/multi.h"
#include <assert.h>
#include <string.h>

enum {
    ANSWER_BYTES_MAX = 64 * 1024,
    ARENA_BYTES = 128 * 1024,
    TIMEOUT_S = 35,
    LOOK_US = 100000,
};

struct slot {
    CURL *curl;
    struct arena *arena;
    struct slot *next_free;
    int64_t due_us;
    size_t length;
    char answer[ANSWER_BYTES_MAX];
};

struct run {
    const struct workload *load;
    const struct flood *flood;
    struct flood_result *out;
    struct multi *multi;
    struct slot *slots, *free;
    struct curl_slist *headers;
    struct order_requested *order;
    struct arena *judging;
    int64_t started_us, begun, ended;
    char url[300];
};

/* ---- slots ---------------------------------------------------------------------------------------- */

static size_t
collect(char *bytes, size_t size, size_t count, void *context)
{
    struct slot *slot = context;
    size_t length = size * count;

    if (slot->length + length > sizeof slot->answer)
        return 0;
    memcpy(slot->answer + slot->length, bytes, length);
    slot->length += length;
    return length;
}

static void
slot_open(struct run *run, struct slot *slot)
{
    slot->arena = arena_new(ARENA_BYTES);
    slot->curl = curl_easy_init();
    curl_easy_setopt(slot->curl, CURLOPT_URL, run->url);
    curl_easy_setopt(slot->curl, CURLOPT_HTTPHEADER, run->headers);
    curl_easy_setopt(slot->curl, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(slot->curl, CURLOPT_WRITEDATA, slot);
    curl_easy_setopt(slot->curl, CURLOPT_PRIVATE, slot);
    curl_easy_setopt(slot->curl, CURLOPT_TIMEOUT, (long)TIMEOUT_S);
    curl_easy_setopt(slot->curl, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(slot->curl, CURLOPT_PROXY, "");
    slot->next_free = run->free;
    run->free = slot;
}

static void
slot_begin(struct run *run, int64_t due_us)
{
    struct slot *slot = run->free;

    run->free = slot->next_free;
    slot->due_us = due_us;
    slot->length = 0;
    arena_reset(slot->arena, ARENA_BYTES);
    workload_order(run->load, run->flood->first + run->begun++, run->order);
    curl_easy_setopt(slot->curl, CURLOPT_POSTFIELDS,
                     body_of_order(slot->arena, run->order, true));
    multi_begin(run->multi, slot->curl);
}

/* ---- judge ---------------------------------------------------------------------------------------- */

static bool
is_as_expected(struct run *run, const struct slot *slot, long status)
{
    bool expected;

    if (run->flood->wait_s == 0)
        return status == 202;
    expected = status == 200 && body_is_terminal(run->judging, slot->answer, slot->length);
    arena_reset(run->judging, ARENA_BYTES);
    return expected;
}

static void
on_ended(void *context, CURL *transfer, CURLcode code)
{
    struct run *run = context;
    struct flood_result *out = run->out;
    struct slot *slot;
    long status = 0;

    curl_easy_getinfo(transfer, CURLINFO_PRIVATE, (char **)&slot);
    curl_easy_getinfo(transfer, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK && is_as_expected(run, slot, status))
        latency_add(&out->latency, monotonic_now_us() - slot->due_us);
    else if (out->errors++ == 0)
        snprintf(out->first_error, sizeof out->first_error, "%s, HTTP %ld, %.*s",
                 curl_easy_strerror(code), status, (int)(slot->length < 160 ? slot->length : 160),
                 slot->answer);
    run->ended++;
    slot->next_free = run->free;
    run->free = slot;
}

/* ---- pace ----------------------------------------------------------------------------------------- */

static int64_t
due_us(const struct run *run)
{
    if (run->flood->rate == 0)
        return monotonic_now_us();
    return run->started_us + run->begun * 1000000 / run->flood->rate;
}

/* Begins what is due; how long nothing will be. */
static int64_t
begin_due(struct run *run)
{
    while (run->begun < run->load->orders && run->free) {
        int64_t at_us = due_us(run), now_us = monotonic_now_us();
        if (at_us > now_us)
            return at_us - now_us;
        slot_begin(run, at_us);
    }
    return LOOK_US;
}

static void
run_all(struct run *run)
{
    run->started_us = monotonic_now_us();
    while (run->ended < run->load->orders)
        multi_step(run->multi, begin_due(run));
    run->out->took_us = monotonic_now_us() - run->started_us;
}

static void
run_open(struct run *run, const struct settings *settings)
{
    char prefer[32];

    snprintf(run->url, sizeof run->url, "http://%s/v1/orders", settings->http);
    snprintf(prefer, sizeof prefer, "Prefer: wait=%d", (int)run->flood->wait_s);
    run->headers = curl_slist_append(NULL, "Content-Type: application/json");
    run->headers = curl_slist_append(run->headers, "Expect:");
    if (run->flood->wait_s > 0)
        run->headers = curl_slist_append(run->headers, prefer);
    run->multi = multi_new(run->flood->connections, on_ended, run);
    run->order = memory_new(sizeof *run->order);
    run->judging = arena_new(ARENA_BYTES);
    run->slots = memory_new((size_t)run->flood->connections * sizeof *run->slots);
    for (int32_t i = 0; i < run->flood->connections; i++)
        slot_open(run, &run->slots[i]);
}

static void
run_close(struct run *run)
{
    for (int32_t i = 0; i < run->flood->connections; i++) {
        curl_easy_cleanup(run->slots[i].curl);
        arena_free(run->slots[i].arena);
    }
    multi_free(run->multi);
    curl_slist_free_all(run->headers);
    arena_free(run->judging);
    memory_free(run->order);
    memory_free(run->slots);
}

void
flood_orders(const struct settings *settings, const struct workload *load,
             const struct flood *flood, struct flood_result *out)
{
    struct run run = { .load = load, .flood = flood, .out = out };

    assert(flood->connections >= 1 && flood->connections <= FLOOD_CONNECTIONS_MAX);
    *out = (struct flood_result){ .latency = latency_new(load->orders) };
    run_open(&run, settings);
    run_all(&run);
    run_close(&run);
}
