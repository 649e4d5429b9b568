/* sse.h — server-sent events, taken apart as they arrive.
 *
 * Shapes   sse: the line that is not whole yet, the data of the event so far, the last id.
 * Limits   an event of more than SSE_BYTES_MAX is dropped.
 * Errors   none; false only when the caller's function said so.
 * Threads  none.
 * Source   WHATWG HTML, 9.2.6 Interpreting an event stream. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#define SSE_BYTES_MAX (512u * 1024)

struct sse {
    char line[SSE_BYTES_MAX], data[SSE_BYTES_MAX];
    size_t line_bytes, data_bytes;
    char id[64];      /* of the event that is being read */
    char last_id[64]; /* of the last whole event, "" until one came; survives sse_reset */
    bool too_long;
    bool after_cr;
};

void sse_init(struct sse *sse);
/* A new connection: forgets what is half there. */
void sse_reset(struct sse *sse);
bool sse_feed(struct sse *sse, const char *bytes, size_t count,
              bool (*each)(void *context, const char *data, size_t data_bytes), void *context);
