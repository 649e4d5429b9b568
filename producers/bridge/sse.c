/* sse.c — splits an array of JSON that was written by our own timeline: valid, of any depth. */
#include "bridge/sse.h"
#include <string.h>

#define NAME_BYTES_MAX 64

/* The end of the JSON value at `at`: behind it, a comma or a bracket. NULL: it has none. */
static const char *
end_of_value(const char *at, const char *end)
{
    unsigned depth = 0;
    bool quoted = false;

    for (; at < end; at++) {
        if (quoted && *at == '\\')
            at++;
        else if (*at == '"')
            quoted = !quoted;
        else if (!quoted && (*at == '{' || *at == '['))
            depth++;
        else if (!quoted && (*at == '}' || *at == ']') && depth-- == 0)
            return at;
        else if (!quoted && *at == ',' && depth == 0)
            return at;
    }
    return NULL;
}

static bool
skip(const char **at, const char *end, const char *literal)
{
    size_t bytes = strlen(literal);

    if ((size_t)(end - *at) < bytes || memcmp(*at, literal, bytes) != 0)
        return false;
    *at += bytes;
    return true;
}

/* {"seq":3,"event":"StockReserved", … */
static bool
parse_head(const char *at, const char *end, int64_t *seq, const char **name, size_t *name_bytes)
{
    *seq = 0;
    TRY(skip(&at, end, "{\"seq\":"));
    for (; at < end && *at >= '0' && *at <= '9' && *seq < INT64_MAX / 100; at++)
        *seq = *seq * 10 + (*at - '0');
    TRY(skip(&at, end, ",\"event\":\""));
    *name = at;
    while (at < end && *at != '"')
        at++;
    *name_bytes = (size_t)(at - *name);
    return at < end && *name_bytes <= NAME_BYTES_MAX;
}

/* Line breaks can only be white space between tokens: a blank does the same, on one line. */
static void
append_line(struct text *out, const char *from, const char *to)
{
    while (from < to) {
        const char *at = from;

        while (at < to && *at != '\n' && *at != '\r')
            at++;
        text_add(out, from, (size_t)(at - from));
        if (at < to)
            text_add(out, " ", 1);
        from = at + 1;
    }
}

static void
append_event(struct text *out, int64_t seq, const char *name, size_t name_bytes, const char *from,
             const char *to)
{
    const char *head = arena_printf(out->arena, "id: %lld\nevent: %.*s\ndata: ", (long long)seq,
                                    (int)name_bytes, name);

    text_add(out, head, strlen(head));
    append_line(out, from, to);
    text_add(out, "\n\n", 2);
}

bool
sse_append(struct text *out, const char *events, size_t bytes, int64_t *last_seq)
{
    const char *at = events, *end = events + bytes, *stop, *name;
    size_t name_bytes;
    int64_t seq;

    TRY(skip(&at, end, "["));
    while (at < end && *at != ']') {
        stop = end_of_value(at, end);
        TRY(stop != NULL && parse_head(at, stop, &seq, &name, &name_bytes));
        if (seq > *last_seq) {
            append_event(out, seq, name, name_bytes, at, stop);
            *last_seq = seq;
        }
        at = *stop == ',' ? stop + 1 : stop;
    }
    return at < end;
}
