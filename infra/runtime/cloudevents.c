/* cloudevents.c — the headers of a record.  Contract: cloudevents.h */
#include "runtime/cloudevents.h"
#include <string.h>

enum { TRACE_AT = 3, TRACE_DIGITS = 32, SPAN_AT = 36, SPAN_DIGITS = 16, FLAGS_AT = 53 };

static bool
is_hex(const char *text, int count, bool *all_zero)
{
    *all_zero = true;
    for (int i = 0; i < count; i++) {
        if (!((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f')))
            return false;
        *all_zero = *all_zero && text[i] == '0';
    }
    return true;
}

bool
traceparent_is_valid(const char *text)
{
    bool no_trace, no_span, no_flags;

    if (text == NULL || strlen(text) != TRACEPARENT_TEXT_BYTES - 1)
        return false;
    if (memcmp(text, "00-", 3) != 0 || text[SPAN_AT - 1] != '-' || text[FLAGS_AT - 1] != '-')
        return false;
    return is_hex(text + TRACE_AT, TRACE_DIGITS, &no_trace) && !no_trace &&
           is_hex(text + SPAN_AT, SPAN_DIGITS, &no_span) && !no_span &&
           is_hex(text + FLAGS_AT, 2, &no_flags);
}

static void
write_hex(char *out, const uint8_t *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
}

/* The trace goes on, or begins; the span is made from the event's id, so a repeat is a repeat here too. */
static void
write_traceparent(const struct cloudevent *event, char out[TRACEPARENT_TEXT_BYTES])
{
    struct uuid span = uuid_v5(UUID_NAMESPACE_RECORD, event->id.bytes, sizeof event->id.bytes);

    memcpy(out, "00-00000000000000000000000000000000-0000000000000000-01", TRACEPARENT_TEXT_BYTES);
    if (traceparent_is_valid(event->traceparent))
        memcpy(out, event->traceparent, TRACEPARENT_TEXT_BYTES);
    else
        write_hex(out + TRACE_AT, event->id.bytes, sizeof event->id.bytes);
    write_hex(out + SPAN_AT, span.bytes, SPAN_DIGITS / 2);
}

static void
add(struct cloudevent_headers *out, const char *name, const char *value, uint32_t bytes)
{
    out->at[out->count++] = (struct kafka_header){ name, value, bytes };
}

static void
add_text(struct cloudevent_headers *out, const char *name, const char *value)
{
    add(out, name, value, (uint32_t)strlen(value));
}

void
cloudevent_headers(const struct cloudevent *event, struct cloudevent_headers *out)
{
    out->count = 0;
    uuid_format(event->id, out->id);
    instant_format(event->at_us, out->time);
    write_traceparent(event, out->traceparent);

    add_text(out, "ce_specversion", "1.0");
    add_text(out, "ce_id", out->id);
    add_text(out, "ce_type", event->type);
    add_text(out, "ce_source", event->source);
    add_text(out, "ce_time", out->time);
    if (event->subject != NULL)
        add(out, "ce_subject", event->subject, event->subject_bytes);
    add_text(out, "content-type", "application/json");
    add_text(out, "traceparent", out->traceparent);
    if (event->cause != NULL)
        add_text(out, "jumun-cause", event->cause);
}
