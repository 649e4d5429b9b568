/* Metrics: the exposition is what Prometheus reads, and updates from threads are not lost. */
#include "base/metrics.h"
#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static char *
exposition(void)
{
    static char *text; /* static: the compiler cannot know who else writes to it */
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    metrics_write(out);
    fclose(out);
    return text;
}

Test(metrics, a_family_stands_together_with_help_and_type)
{
    struct metric *one =
        metric_counter("jumun_events_total", "Events handled.", LABELS({ "topic", "A" }));
    metric_gauge("jumun_lag", "Messages to go.", NULL);
    struct metric *two =
        metric_counter("jumun_events_total", "Events handled.", LABELS({ "topic", "B" }));
    metric_add(one, 3);
    metric_add(two, 4);
    char *text = exposition();
    cr_expect(
        strstr(text,
               "# HELP jumun_events_total Events handled.\n# TYPE jumun_events_total counter\n"
               "jumun_events_total{topic=\"A\"} 3\njumun_events_total{topic=\"B\"} 4\n"
               "# HELP jumun_lag Messages to go.\n# TYPE jumun_lag gauge\njumun_lag 0\n"),
        "%s", text);
    free(text);
}

Test(metrics, seconds_are_fed_in_microseconds_and_shown_exactly)
{
    struct metric *gauge = metric_gauge("jumun_age_seconds", "Age.", NULL);
    static const struct {
        int64_t us;
        const char *shown;
    } table[] = {
        { 0, "jumun_age_seconds 0.0\n" },           { 1, "jumun_age_seconds 0.000001\n" },
        { 1500000, "jumun_age_seconds 1.5\n" },     { -250000, "jumun_age_seconds -0.25\n" },
        { 100000000, "jumun_age_seconds 100.0\n" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        metric_set(gauge, table[i].us);
        char *text = exposition();
        cr_expect(strstr(text, table[i].shown), "%s in %s", table[i].shown, text);
        free(text);
    }
}

Test(metrics, buckets_are_cumulative_and_inclusive)
{
    static const int64_t bounds[] = { 1000, 2000, 0 };
    struct metric *time =
        metric_histogram("jumun_commit_seconds", "Commit.", LABELS({ "service", "stock" }), bounds);
    metric_observe(time, 1000);
    metric_observe(time, 1001);
    metric_observe(time, 5000);
    char *text = exposition();
    cr_expect(strstr(text, "# TYPE jumun_commit_seconds histogram\n"
                           "jumun_commit_seconds_bucket{service=\"stock\",le=\"0.001\"} 1\n"
                           "jumun_commit_seconds_bucket{service=\"stock\",le=\"0.002\"} 2\n"
                           "jumun_commit_seconds_bucket{service=\"stock\",le=\"+Inf\"} 3\n"
                           "jumun_commit_seconds_sum{service=\"stock\"} 0.007001\n"
                           "jumun_commit_seconds_count{service=\"stock\"} 3\n"),
              "%s", text);
    cr_expect_eq(metric_value(time), 3);
    free(text);
}

Test(metrics, label_values_and_help_are_escaped)
{
    metric_gauge("jumun_odd", "a\\b\nc", LABELS({ "what", "x\"y\\z\n" }));
    char *text = exposition();
    cr_expect(strstr(text, "# HELP jumun_odd a\\\\b\\nc\n"), "%s", text);
    cr_expect(strstr(text, "jumun_odd{what=\"x\\\"y\\\\z\\n\"} 0\n"), "%s", text);
    free(text);
}

Test(metrics, the_same_series_is_the_same_handle)
{
    struct metric *first = metric_counter("jumun_a_total", "A.", LABELS({ "x", "1" }));
    cr_expect_eq(first, metric_counter("jumun_a_total", "A.", LABELS({ "x", "1" })));
    cr_expect_neq(first, metric_counter("jumun_a_total", "A.", LABELS({ "x", "2" })));
}

Test(metrics, the_process_tells_its_memory)
{
    char *text = exposition();
    char *at = strstr(text, "\nprocess_resident_memory_bytes ");
    cr_assert(at);
    cr_expect_gt(strtoll(at + 31, NULL, 10), 1 << 20);
    free(text);
}

Test(metrics, a_counter_without_total_is_a_bug, .signal = SIGABRT)
{
    metric_counter("jumun_events", "Events.", NULL);
}

Test(metrics, a_gauge_with_total_is_a_bug, .signal = SIGABRT)
{
    metric_gauge("jumun_events_total", "Events.", NULL);
}

Test(metrics, a_foreign_name_is_a_bug, .signal = SIGABRT)
{
    metric_gauge("events", "Events.", NULL);
}

Test(metrics, one_name_with_two_types_is_a_bug, .signal = SIGABRT)
{
    metric_gauge("jumun_x", "X.", NULL);
    metric_histogram("jumun_x", "X.", NULL, METRIC_BOUNDS_COUNT);
}

static void *
add_many(void *metric)
{
    for (int i = 0; i < 100000; i++)
        metric_add(metric, 1);
    return NULL;
}

Test(metrics, updates_of_threads_are_not_lost)
{
    pthread_t threads[4];
    struct metric *counter = metric_counter("jumun_raced_total", "Raced.", NULL);
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, add_many, counter);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    cr_assert_eq(metric_value(counter), 400000);
}
