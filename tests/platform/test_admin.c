/* The admin server: what it answers, and how it refuses an address. */
#include "base/logger.h"
#include "base/metrics.h"
#include "runtime/admin.h"
#include <criterion/criterion.h>
#include <curl/curl.h>
#include <stdatomic.h>
#include <string.h>

static atomic_bool healthy = true;
static char body[1 << 16];
static size_t body_bytes;

static void
check(void *context, struct health *out)
{
    (void)context;
    out->healthy = atomic_load(&healthy);
    if (!out->healthy)
        snprintf(out->reason, sizeof out->reason, "the \"database\" is away");
}

static size_t
keep(char *bytes, size_t size, size_t count, void *context)
{
    (void)context;
    cr_assert_lt(body_bytes + size * count, sizeof body);
    memcpy(body + body_bytes, bytes, size * count);
    body_bytes += size * count;
    body[body_bytes] = '\0';
    return size * count;
}

static long
ask(uint16_t port, const char *method, const char *path)
{
    char url[128];
    long status = 0;
    CURL *curl = curl_easy_init();
    snprintf(url, sizeof url, "http://127.0.0.1:%u%s", port, path);
    body_bytes = 0;
    body[0] = '\0';
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 10L);
    cr_assert_eq(curl_easy_perform(curl), CURLE_OK);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(curl);
    return status;
}

static struct admin *
started(void)
{
    struct admin *admin = NULL;
    struct error err = { 0 };
    log_init("test", LOG_ERROR, LOG_TEXT);
    cr_assert(admin_start("127.0.0.1:0", check, NULL, &admin, &err), "%s", err.message);
    cr_assert_neq(admin_port(admin), 0);
    return admin;
}

Test(admin, metrics_are_served)
{
    struct admin *admin = started();
    metric_add(metric_counter("jumun_served_total", "Served.", NULL), 5);
    cr_expect_eq(ask(admin_port(admin), "GET", "/metrics"), 200);
    cr_expect(strstr(body, "jumun_served_total 5\n"), "%s", body);
    admin_stop(admin);
}

Test(admin, health_follows_the_check)
{
    struct admin *admin = started();
    cr_expect_eq(ask(admin_port(admin), "GET", "/healthz"), 200);
    cr_expect_str_eq(body, "{\"status\":\"ok\",\"reason\":\"\"}\n");
    atomic_store(&healthy, false);
    cr_expect_eq(ask(admin_port(admin), "GET", "/healthz"), 503);
    cr_expect_str_eq(body,
                     "{\"status\":\"failing\",\"reason\":\"the \\\"database\\\" is away\"}\n");
    admin_stop(admin);
}

Test(admin, anything_else_is_refused)
{
    struct admin *admin = started();
    cr_expect_eq(ask(admin_port(admin), "GET", "/"), 404);
    cr_expect_eq(ask(admin_port(admin), "DELETE", "/metrics"), 405);
    admin_stop(admin);
}

Test(admin, a_taken_port_is_one_clear_line)
{
    struct admin *first = started(), *second = NULL;
    struct error err = { 0 };
    char address[64];
    snprintf(address, sizeof address, "127.0.0.1:%u", admin_port(first));
    cr_assert_not(admin_start(address, check, NULL, &second, &err));
    cr_expect_eq(err.class, ERROR_REFUSED);
    cr_expect(strstr(err.message, address), "%s", err.message);
    cr_expect(strstr(err.message, "in use"), "%s", err.message);
    cr_expect_not(strchr(err.message, '\n'));
    admin_stop(first);
}

Test(admin, an_address_that_is_not_ours_is_refused)
{
    struct admin *admin = NULL;
    struct error err = { 0 };
    cr_assert_not(admin_start("192.0.2.1:0", check, NULL, &admin, &err));
    cr_expect(strstr(err.message, "192.0.2.1:0"), "%s", err.message);
}
