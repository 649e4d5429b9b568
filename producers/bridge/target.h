/* target.h — the request target: path segments and query, taken apart and percent-decoded once.
 *
 * Shapes   target: segments of the path, names and values of the query, in the arena.
 * Limits   TARGET_SEGMENTS_MAX, TARGET_QUERY_MAX; a path with more is not found, a query refused.
 * Errors   target_parse_path: false for what is not origin form, a broken escape, an encoded NUL or
 *          slash, or bytes that are not UTF-8.  target_parse_query: the same, or too many.
 * Threads  values only. */
#pragma once
#include "base/arena.h"
#include <stdbool.h>

#define TARGET_SEGMENTS_MAX 8
#define TARGET_QUERY_MAX    12

struct target {
    uint32_t segment_count;
    const char *segments[TARGET_SEGMENTS_MAX];
    uint32_t query_count;
    const char *names[TARGET_QUERY_MAX];
    const char *values[TARGET_QUERY_MAX];
};

bool target_parse_path(struct arena *arena, const char *text, struct target *out) MUST_USE;
bool target_parse_query(struct arena *arena, const char *text, struct target *out) MUST_USE;
/* The value of a query parameter, NULL when absent. */
const char *target_query(const struct target *target, const char *name);
