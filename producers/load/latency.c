/* latency.c — Contract: latency.h */
#include "load/latency.h"
#include "base/arena.h"
#include <stdlib.h>

struct latency
latency_new(int64_t max)
{
    return (struct latency){ .us = memory_new((size_t)max * sizeof(int64_t)), .max = max };
}

void
latency_free(struct latency *latency)
{
    memory_free(latency->us);
}

void
latency_add(struct latency *latency, int64_t us)
{
    if (latency->count < latency->max)
        latency->us[latency->count++] = us;
}

static int
ascending(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static long long
at_percent(const struct latency *latency, int percent)
{
    return latency->count ? (long long)latency->us[latency->count * percent / 100] : 0;
}

void
latency_print(struct latency *latency, FILE *out)
{
    qsort(latency->us, (size_t)latency->count, sizeof *latency->us, ascending);
    fprintf(out, "\"p50_us\":%lld,\"p90_us\":%lld,\"p99_us\":%lld,\"max_us\":%lld",
            at_percent(latency, 50), at_percent(latency, 90), at_percent(latency, 99),
            latency->count ? (long long)latency->us[latency->count - 1] : 0);
}
