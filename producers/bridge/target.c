/* target.c — splitting first, decoding after: an encoded slash never makes a segment. */
#include "bridge/target.h"
#include "base/escape.h"
#include <string.h>

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool
is_utf8(const char *text, size_t bytes)
{
    for (size_t step; bytes > 0; text += step, bytes -= step)
        if ((step = utf8_length(text, bytes)) == 0)
            return false;
    return true;
}

static bool
decode(struct arena *arena, const char *text, size_t bytes, bool in_query, const char **out)
{
    char *decoded = arena_take(arena, bytes + 1);
    size_t used = 0;

    for (size_t i = 0; i < bytes; i++) {
        char c = text[i];

        if (c == '+' && in_query) {
            c = ' ';
        } else if (c == '%') {
            if (bytes - i < 3 || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0)
                return false;
            c = (char)(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
            if (c == 0 || (c == '/' && !in_query))
                return false;
        }
        decoded[used++] = c;
    }
    *out = decoded;
    return is_utf8(decoded, used);
}

static bool
parse_path(struct arena *arena, const char *path, size_t bytes, struct target *out)
{
    const char *at = path + 1, *end = path + bytes;

    if (at == end)
        return true; /* "/" has no segments */
    for (;;) {
        const char *slash = memchr(at, '/', (size_t)(end - at));
        const char *stop = slash != NULL ? slash : end;

        if (out->segment_count == TARGET_SEGMENTS_MAX ||
            !decode(arena, at, (size_t)(stop - at), false, &out->segments[out->segment_count]))
            return false;
        out->segment_count++;
        if (slash == NULL)
            return true;
        at = slash + 1;
    }
}

bool
target_parse_path(struct arena *arena, const char *text, struct target *out)
{
    memset(out, 0, sizeof *out);
    return text[0] == '/' && parse_path(arena, text, strcspn(text, "?"), out);
}

/* One name=value; nothing between two ampersands is nothing. */
static bool
parse_parameter(struct arena *arena, const char *at, size_t bytes, struct target *out)
{
    const char *equals = memchr(at, '=', bytes);
    size_t name_bytes = equals != NULL ? (size_t)(equals - at) : bytes;
    uint32_t i = out->query_count;

    if (bytes == 0)
        return true;
    if (i == TARGET_QUERY_MAX || !decode(arena, at, name_bytes, true, &out->names[i]))
        return false;
    out->query_count++;
    out->values[i] = "";
    return equals == NULL ||
           decode(arena, equals + 1, bytes - name_bytes - 1, true, &out->values[i]);
}

bool
target_parse_query(struct arena *arena, const char *text, struct target *out)
{
    const char *at = strchr(text, '?');

    out->query_count = 0;
    while (at != NULL && *at != 0) {
        size_t bytes = strcspn(++at, "&");

        if (!parse_parameter(arena, at, bytes, out))
            return false;
        at += bytes;
    }
    return true;
}

const char *
target_query(const struct target *target, const char *name)
{
    for (uint32_t i = 0; i < target->query_count; i++)
        if (strcmp(target->names[i], name) == 0)
            return target->values[i];
    return NULL;
}
