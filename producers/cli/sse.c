/* sse.c — bytes to lines, lines to fields, a blank line makes an event.  Contract: sse.h */
#include "cli/sse.h"
#include <string.h>

typedef bool each_event(void *context, const char *data, size_t data_bytes);

void
sse_reset(struct sse *sse)
{
    sse->line_bytes = sse->data_bytes = 0;
    sse->too_long = sse->after_cr = false;
    memcpy(sse->id, sse->last_id, sizeof sse->id);
}

void
sse_init(struct sse *sse)
{
    memset(sse->last_id, 0, sizeof sse->last_id);
    sse_reset(sse);
}

static void
add_data(struct sse *sse, const char *value, size_t bytes)
{
    if (sse->data_bytes + bytes + 2 > sizeof sse->data) {
        sse->too_long = true;
        return;
    }
    if (sse->data_bytes)
        sse->data[sse->data_bytes++] = '\n';
    memcpy(sse->data + sse->data_bytes, value, bytes);
    sse->data_bytes += bytes;
}

static void
set_id(struct sse *sse, const char *value, size_t bytes)
{
    if (bytes >= sizeof sse->id || memchr(value, '\0', bytes))
        return;
    memcpy(sse->id, value, bytes);
    sse->id[bytes] = '\0';
}

static bool
dispatch(struct sse *sse, each_event *each, void *context)
{
    bool goes_on = true;
    memcpy(sse->last_id, sse->id, sizeof sse->last_id);
    if (sse->data_bytes && !sse->too_long) {
        sse->data[sse->data_bytes] = '\0';
        goes_on = each(context, sse->data, sse->data_bytes);
    }
    sse->data_bytes = 0;
    sse->too_long = false;
    return goes_on;
}

static bool
on_line(struct sse *sse, each_event *each, void *context)
{
    const char *line = sse->line, *colon = memchr(line, ':', sse->line_bytes);
    size_t bytes = sse->line_bytes, name = colon ? (size_t)(colon - line) : bytes;
    sse->line_bytes = 0;
    if (bytes == 0)
        return dispatch(sse, each, context);
    size_t from = colon ? name + 1 + (name + 1 < bytes && line[name + 1] == ' ') : bytes;
    if (name == 4 && memcmp(line, "data", 4) == 0)
        add_data(sse, line + from, bytes - from);
    if (name == 2 && memcmp(line, "id", 2) == 0)
        set_id(sse, line + from, bytes - from);
    return true; /* comments, event, retry: nothing to us */
}

/* Lines end in LF, CR, or both. */
bool
sse_feed(struct sse *sse, const char *bytes, size_t count, each_event *each, void *context)
{
    for (size_t i = 0; i < count; i++) {
        bool is_second_half = bytes[i] == '\n' && sse->after_cr;
        sse->after_cr = bytes[i] == '\r';
        if (is_second_half)
            continue;
        if (bytes[i] == '\n' || bytes[i] == '\r') {
            if (!on_line(sse, each, context))
                return false;
        } else if (sse->line_bytes < sizeof sse->line) {
            sse->line[sse->line_bytes++] = bytes[i];
        } else {
            sse->too_long = true;
        }
    }
    return true;
}
