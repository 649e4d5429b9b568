/* metrics.h — what a process counts, as Prometheus text.
 *
 * Shapes   counter (only up), gauge (up and down), histogram (cumulative buckets, sum, count).
 *          A series = name + labels, both fixed at registration; keep the handle.
 * Units    names are jumun_… and end in their unit, counters in _total.  One that ends in _seconds
 *          or _seconds_total is fed in microseconds (int64_t) and shown in seconds.
 * Errors   none: a wrong name, or one name with two types, is a bug: abort.
 * Threads  updates are lock-free (C11 atomics), from any thread; registration takes a lock.
 *          Registering the same series again gives the same handle. */
#pragma once
#include "base/arena.h"
#include <stdint.h>
#include <stdio.h>

#define METRIC_LABELS_MAX  6
#define METRIC_BUCKETS_MAX 24

struct metric;

struct metric_label {
    const char *name;
    const char *value;
};

/* LABELS({ "topic", topic }, { "result", "ok" }); NULL for none. */
/* clang-format off */
#define LABELS(...) ((const struct metric_label[]){ __VA_ARGS__, { NULL, NULL } })
/* clang-format on */

struct metric *metric_counter(const char *name, const char *help,
                              const struct metric_label *labels);
struct metric *metric_gauge(const char *name, const char *help, const struct metric_label *labels);
/* bounds: upper limits, ascending, ended by 0; see METRIC_BOUNDS_… */
struct metric *metric_histogram(const char *name, const char *help,
                                const struct metric_label *labels, const int64_t *bounds);

void metric_add(struct metric *metric, int64_t by);        /* counter (by ≥ 0), gauge */
void metric_set(struct metric *metric, int64_t value);     /* gauge */
void metric_observe(struct metric *metric, int64_t value); /* histogram */
int64_t metric_value(const struct metric *metric);         /* counter, gauge; a histogram's count */

/* Every series, grouped by name, with HELP and TYPE, and the process's own (process_…). */
void metrics_write(FILE *out);

extern const int64_t METRIC_BOUNDS_LATENCY_US[]; /* 0.25 ms … 60 s */
extern const int64_t METRIC_BOUNDS_COUNT[];      /* 1 … 10,000 */
