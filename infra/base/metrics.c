/* metrics.c — registration, updates, exposition.  Contract: metrics.h */
#include "base/metrics.h"
#include "base/instant.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define LABEL_TEXT_BYTES 512
#define US_PER_SECOND    1000000

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

static const char *const type_names[] = { "counter", "gauge", "histogram" };

struct metric {
    struct metric *next;
    char *labels;          /* a="1",b="2"; "" for none */
    bool in_us;            /* fed in µs, shown in s */
    _Atomic int64_t value; /* of a histogram: the sum */
    uint32_t bucket_count; /* without +Inf */
    int64_t bounds[METRIC_BUCKETS_MAX];
    _Atomic uint64_t buckets[METRIC_BUCKETS_MAX + 1];
};

struct family {
    struct family *next;
    char *name, *help;
    enum metric_type type;
    struct metric *first;
};

static pthread_mutex_t registry_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct family *families;

const int64_t METRIC_BOUNDS_LATENCY_US[] = { 250,      500,      1000,    2500,    5000,
                                             10000,    25000,    50000,   100000,  250000,
                                             500000,   1000000,  2500000, 5000000, 10000000,
                                             30000000, 60000000, 0 };
const int64_t METRIC_BOUNDS_COUNT[] = { 1,   2,   5,    10,   20,   50,    100,
                                        200, 500, 1000, 2000, 5000, 10000, 0 };

/* ---- registration --------------------------------------------------------------------------- */

static void
bug(const char *name, const char *what)
{
    fprintf(stderr, "metric %s: %s\n", name, what);
    abort();
}

static char *
copy_of(const char *text)
{
    size_t bytes = strlen(text) + 1;
    return memcpy(memory_new(bytes), text, bytes);
}

static bool
ends_in(const char *name, const char *end)
{
    size_t name_bytes = strlen(name), end_bytes = strlen(end);
    return name_bytes >= end_bytes && strcmp(name + name_bytes - end_bytes, end) == 0;
}

static bool
is_word(const char *text)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyz_";
    static const char rest[] = "abcdefghijklmnopqrstuvwxyz_0123456789";
    return *text && strchr(first, *text) && text[strspn(text, rest)] == '\0';
}

static void
check_name(const char *name, enum metric_type type)
{
    if (!is_word(name) || strncmp(name, "jumun_", 6) != 0)
        bug(name, "a name is jumun_ and lower case words");
    if ((type == METRIC_COUNTER) != ends_in(name, "_total"))
        bug(name, "counters, and only they, end in _total");
    if (ends_in(name, "_bucket") || ends_in(name, "_sum") || ends_in(name, "_count"))
        bug(name, "this ending belongs to histograms' own series");
}

static size_t
append_escaped(char *out, size_t used, const char *value)
{
    for (; *value && used + 3 < LABEL_TEXT_BYTES; value++) {
        if (*value == '\\' || *value == '"' || *value == '\n')
            out[used++] = '\\';
        out[used++] = *value == '\n' ? 'n' : *value;
    }
    return used;
}

static void
labels_format(const char *name, const struct metric_label *labels, char out[LABEL_TEXT_BYTES])
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; labels && labels[i].name; i++) {
        if (i == METRIC_LABELS_MAX || !is_word(labels[i].name) || strcmp(labels[i].name, "le") == 0)
            bug(name, "too many labels, or a bad label name");
        int head =
            snprintf(out + used, LABEL_TEXT_BYTES - used, "%s%s=\"", i ? "," : "", labels[i].name);
        used += (size_t)head;
        if (used + 3 >= LABEL_TEXT_BYTES)
            bug(name, "labels are too long");
        used = append_escaped(out, used, labels[i].value);
        out[used++] = '"';
        out[used] = '\0';
    }
}

static struct family *
family_of(const char *name, const char *help, enum metric_type type)
{
    struct family **at = &families;
    while (*at && strcmp((*at)->name, name) != 0)
        at = &(*at)->next;
    if (*at && (*at)->type != type)
        bug(name, "registered twice with different types");
    if (!*at) {
        check_name(name, type);
        *at = memory_new(sizeof **at);
        (*at)->name = copy_of(name);
        (*at)->help = copy_of(help);
        (*at)->type = type;
        (*at)->first = NULL;
        (*at)->next = NULL;
    }
    return *at;
}

static struct metric *
series_of(struct family *family, const char *labels)
{
    struct metric **at = &family->first;
    while (*at && strcmp((*at)->labels, labels) != 0)
        at = &(*at)->next;
    if (!*at) {
        *at = memory_new(sizeof **at);
        memset(*at, 0, sizeof **at);
        (*at)->labels = copy_of(labels);
        (*at)->in_us = ends_in(family->name, "_seconds") || ends_in(family->name, "_seconds_total");
    }
    return *at;
}

static struct metric *
metric_register(const char *name, const char *help, enum metric_type type,
                const struct metric_label *labels, const int64_t *bounds)
{
    char text[LABEL_TEXT_BYTES];
    labels_format(name, labels, text);
    pthread_mutex_lock(&registry_mutex);
    struct metric *metric = series_of(family_of(name, help, type), text);
    for (uint32_t i = 0; bounds && bounds[i] && metric->bucket_count <= i; i++) {
        if (i == METRIC_BUCKETS_MAX || (i > 0 && bounds[i] <= bounds[i - 1]))
            bug(name, "too many bounds, or not ascending");
        metric->bounds[i] = bounds[i];
        metric->bucket_count = i + 1;
    }
    pthread_mutex_unlock(&registry_mutex);
    return metric;
}

struct metric *
metric_counter(const char *name, const char *help, const struct metric_label *labels)
{
    return metric_register(name, help, METRIC_COUNTER, labels, NULL);
}

struct metric *
metric_gauge(const char *name, const char *help, const struct metric_label *labels)
{
    return metric_register(name, help, METRIC_GAUGE, labels, NULL);
}

struct metric *
metric_histogram(const char *name, const char *help, const struct metric_label *labels,
                 const int64_t *bounds)
{
    return metric_register(name, help, METRIC_HISTOGRAM, labels, bounds);
}

/* ---- updates -------------------------------------------------------------------------------- */

void
metric_add(struct metric *metric, int64_t by)
{
    atomic_fetch_add_explicit(&metric->value, by, memory_order_relaxed);
}

void
metric_set(struct metric *metric, int64_t value)
{
    atomic_store_explicit(&metric->value, value, memory_order_relaxed);
}

void
metric_observe(struct metric *metric, int64_t value)
{
    uint32_t bucket = 0;
    while (bucket < metric->bucket_count && value > metric->bounds[bucket])
        bucket++;
    atomic_fetch_add_explicit(&metric->buckets[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&metric->value, value, memory_order_relaxed);
}

int64_t
metric_value(const struct metric *metric)
{
    if (metric->bucket_count == 0)
        return atomic_load_explicit(&metric->value, memory_order_relaxed);
    uint64_t count = 0;
    for (uint32_t i = 0; i <= metric->bucket_count; i++)
        count += atomic_load_explicit(&metric->buckets[i], memory_order_relaxed);
    return (int64_t)count;
}

/* ---- exposition ----------------------------------------------------------------------------- */

/* Seconds are written from whole microseconds: exact, and without a locale. */
static void
write_number(FILE *out, int64_t value, bool in_us)
{
    if (!in_us) {
        fprintf(out, "%lld", (long long)value);
        return;
    }
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    char text[40];
    snprintf(text, sizeof text, "%s%llu.%06llu", value < 0 ? "-" : "",
             (unsigned long long)(size / US_PER_SECOND),
             (unsigned long long)(size % US_PER_SECOND));
    size_t end = strlen(text);
    while (text[end - 1] == '0' && text[end - 2] != '.')
        end--;
    fprintf(out, "%.*s", (int)end, text);
}

static void
write_value(FILE *out, const char *name, const struct metric *metric)
{
    fputs(name, out);
    if (metric->labels[0])
        fprintf(out, "{%s}", metric->labels);
    fputc(' ', out);
    write_number(out, atomic_load_explicit(&metric->value, memory_order_relaxed), metric->in_us);
    fputc('\n', out);
}

static void
write_labelled(FILE *out, const char *name, const char *suffix, const struct metric *metric)
{
    fprintf(out, metric->labels[0] ? "%s%s{%s} " : "%s%s%s ", name, suffix, metric->labels);
}

static void
write_histogram(FILE *out, const char *name, const struct metric *metric)
{
    uint64_t count = 0;
    const char *comma = metric->labels[0] ? "," : "";
    for (uint32_t i = 0; i <= metric->bucket_count; i++) {
        count += atomic_load_explicit(&metric->buckets[i], memory_order_relaxed);
        fprintf(out, "%s_bucket{%s%sle=\"", name, metric->labels, comma);
        if (i < metric->bucket_count)
            write_number(out, metric->bounds[i], metric->in_us);
        else
            fputs("+Inf", out);
        fprintf(out, "\"} %llu\n", (unsigned long long)count);
    }
    write_labelled(out, name, "_sum", metric);
    write_number(out, atomic_load_explicit(&metric->value, memory_order_relaxed), metric->in_us);
    fputc('\n', out);
    write_labelled(out, name, "_count", metric);
    fprintf(out, "%llu\n", (unsigned long long)count);
}

static void
write_help(FILE *out, const char *help)
{
    for (; *help; help++) {
        if (*help == '\\' || *help == '\n')
            fputc('\\', out);
        fputc(*help == '\n' ? 'n' : *help, out);
    }
    fputc('\n', out);
}

static void
write_family(FILE *out, const struct family *family)
{
    fprintf(out, "# HELP %s ", family->name);
    write_help(out, family->help);
    fprintf(out, "# TYPE %s %s\n", family->name, type_names[family->type]);
    for (const struct metric *metric = family->first; metric; metric = metric->next)
        if (family->type == METRIC_HISTOGRAM)
            write_histogram(out, family->name, metric);
        else
            write_value(out, family->name, metric);
}

static int64_t
resident_bytes(void)
{
    long long pages_total = 0, pages_resident = 0;
    FILE *statm = fopen("/proc/self/statm", "re");
    if (!statm)
        return 0;
    if (fscanf(statm, "%lld %lld", &pages_total, &pages_resident) != 2)
        pages_resident = 0;
    fclose(statm);
    return pages_resident * sysconf(_SC_PAGESIZE);
}

static int64_t
cpu_us(void)
{
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return ((int64_t)use.ru_utime.tv_sec + use.ru_stime.tv_sec) * US_PER_SECOND +
           use.ru_utime.tv_usec + use.ru_stime.tv_usec;
}

static void
write_process(FILE *out)
{
    fputs("# HELP process_resident_memory_bytes Resident memory.\n"
          "# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes ",
          out);
    write_number(out, resident_bytes(), false);
    fputs("\n# HELP process_cpu_seconds_total User and system time spent.\n"
          "# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total ",
          out);
    write_number(out, cpu_us(), true);
    fputc('\n', out);
}

void
metrics_write(FILE *out)
{
    pthread_mutex_lock(&registry_mutex);
    for (const struct family *family = families; family; family = family->next)
        write_family(out, family);
    pthread_mutex_unlock(&registry_mutex);
    write_process(out);
}
