/* router.c — matching a target against the table. */
#include "bridge/router.h"
#include <stdio.h>
#include <string.h>

static bool
segment_fits(const char *pattern, size_t bytes, const char *segment)
{
    return strlen(segment) == bytes && memcmp(pattern, segment, bytes) == 0;
}

/* {…*}: whatever is left, as long as there is something. */
static bool
takes_rest(const char *pattern, size_t bytes)
{
    return bytes > 2 && pattern[0] == '{' && pattern[bytes - 2] == '*';
}

static bool
path_fits(const char *path, const struct target *target, const char *params[ROUTER_PARAMS_MAX])
{
    uint32_t segment = 0, param = 0;

    if (strcmp(path, "/") == 0)
        return target->segment_count == 0;
    while (*path == '/') {
        size_t bytes = strcspn(++path, "/");

        if (segment == target->segment_count)
            return false;
        if (takes_rest(path, bytes))
            return target->segments[segment][0] != 0;
        if (path[0] == '{') {
            if (target->segments[segment][0] == 0)
                return false;
            params[param++] = target->segments[segment];
        } else if (!segment_fits(path, bytes, target->segments[segment])) {
            return false;
        }
        segment++;
        path += bytes;
    }
    return segment == target->segment_count;
}

static void
allow(struct router_match *out, const char *method)
{
    size_t used = strlen(out->allow);

    snprintf(out->allow + used, sizeof out->allow - used, "%s%s", used > 0 ? ", " : "",
             strcmp(method, "GET") == 0 ? "GET, HEAD" : method);
}

enum router_result
router_find(const struct endpoint *table, uint32_t count, const char *method,
            const struct target *target, struct router_match *out)
{
    const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;

    memset(out, 0, sizeof *out);
    for (uint32_t i = 0; i < count; i++) {
        const char *params[ROUTER_PARAMS_MAX] = { NULL };

        if (!path_fits(table[i].path, target, params))
            continue;
        if (strcmp(table[i].method, wanted) == 0) {
            out->endpoint = &table[i];
            memcpy(out->params, params, sizeof params);
            return ROUTER_FOUND;
        }
        allow(out, table[i].method);
    }
    if (out->allow[0] == 0)
        return ROUTER_NO_PATH;
    allow(out, "OPTIONS");
    return strcmp(method, "OPTIONS") == 0 ? ROUTER_OPTIONS : ROUTER_NO_METHOD;
}
