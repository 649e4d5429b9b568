/* quiet.c — logs and metrics of a simulated process: nothing, so that thousands of lives cost nothing.
 *
 * Contract  base/logger.h, base/metrics.h; these take their place when the simulation is linked. */
#include "sim/quiet.h"
#include "base/logger.h"
#include "base/metrics.h"
#include <stdio.h>

bool quiet_is_loud; /* --log: what the processes say goes to standard error */

bool
log_enabled(enum log_level level)
{
    return quiet_is_loud && level <= LOG_INFO;
}

static void
write_field(const struct log_field *field)
{
    if (field->type == LOG_FIELD_TEXT)
        fprintf(stderr, " %s=%s", field->name, field->text ? field->text : "");
    else if (field->type == LOG_FIELD_INTEGER || field->type == LOG_FIELD_BOOL)
        fprintf(stderr, " %s=%lld", field->name, (long long)field->integer);
}

void
log_write(enum log_level level, const char *message, const struct log_field *fields)
{
    (void)level;
    fprintf(stderr, "    [log] %s", message);
    for (; fields->type != LOG_FIELD_END; fields++)
        write_field(fields);
    fputc('\n', stderr);
}

void
log_failure(enum log_level level, const char *message, const struct error *err)
{
    if (log_enabled(level))
        fprintf(stderr, "    [log] %s: %s\n", message, err->message);
}

/* ---- metrics: one handle for all */

const int64_t METRIC_BOUNDS_LATENCY_US[] = { 0 };
const int64_t METRIC_BOUNDS_COUNT[] = { 0 };
static char nothing;

static struct metric *
one(void)
{
    return (struct metric *)&nothing;
}

struct metric *
metric_counter(const char *name, const char *help, const struct metric_label *labels)
{
    (void)name, (void)help, (void)labels;
    return one();
}

struct metric *
metric_gauge(const char *name, const char *help, const struct metric_label *labels)
{
    (void)name, (void)help, (void)labels;
    return one();
}

struct metric *
metric_histogram(const char *name, const char *help, const struct metric_label *labels,
                 const int64_t *bounds)
{
    (void)name, (void)help, (void)labels, (void)bounds;
    return one();
}

void
metric_add(struct metric *metric, int64_t by)
{
    (void)metric, (void)by;
}

void
metric_set(struct metric *metric, int64_t value)
{
    (void)metric, (void)value;
}

void
metric_observe(struct metric *metric, int64_t value)
{
    (void)metric, (void)value;
}
