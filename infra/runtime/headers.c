/* headers.c — from a frame to the headers that cloudevents.c writes, and identity and trace back out.
 *
 * Written    the same bytes for the same event, whenever and by whomever it is sent.
 * Read       a missing or malformed header is no reason to refuse an event.
 * Source     contract.md section 2. */
#include "runtime/loop_private.h"
#include <stdio.h>
#include <string.h>

/* ---- written --------------------------------------------------------------------------------------- */

static const char digits[] = "0123456789abcdef";

static char *
put_hex(char *at, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        *at++ = digits[bytes[i] >> 4];
        *at++ = digits[bytes[i] & 15];
    }
    return at;
}

/* The trace goes on; which span it is says cloudevents.c. */
static void
put_trace(char out[TRACEPARENT_TEXT_BYTES], const struct frame *frame)
{
    char *at = put_hex(memcpy(out, "00-", 4) ? out + 3 : out, frame->trace.id, 16);
    *at++ = '-';
    at = put_hex(at, frame->id.bytes, 8);
    *at++ = '-';
    at = put_hex(at, &frame->trace.flags, 1);
    *at = '\0';
}

void
headers_write(const struct loop *loop, const struct frame *frame, struct cloudevent_headers *out,
              struct header_room *room)
{
    snprintf(room->source, sizeof room->source, "/jumun/%s", loop->settings.service->name);
    snprintf(room->cause, sizeof room->cause, "%.*s", (int)frame->cause_bytes, frame->cause);
    put_trace(room->trace, frame);
    cloudevent_headers(&(struct cloudevent){ .id = frame->id,
                                             .type = topics[frame->type].name,
                                             .source = room->source,
                                             .at_us = frame->at_us,
                                             .subject = frame->key,
                                             .subject_bytes = frame->key_bytes,
                                             .traceparent = room->trace,
                                             .cause = room->cause },
                       out);
}

/* ---- read ------------------------------------------------------------------------------------------ */

static const struct kafka_header *
find(const struct kafka_header *headers, uint32_t count, const char *name)
{
    for (uint32_t i = 0; i < count; i++)
        if (headers[i].value && strcmp(headers[i].name, name) == 0)
            return &headers[i];
    return NULL;
}

#define FOREIGN_BYTES_MAX 1024

/* v5 of source, a zero byte, id. */
static struct uuid
foreign_identity(const struct kafka_header *source, const struct kafka_header *id)
{
    char name[FOREIGN_BYTES_MAX];
    size_t source_bytes = source ? source->value_bytes : 0, id_bytes = id->value_bytes;

    if (source_bytes > sizeof name / 2 - 1)
        source_bytes = sizeof name / 2 - 1;
    if (id_bytes > sizeof name / 2)
        id_bytes = sizeof name / 2;
    if (source_bytes)
        memcpy(name, source->value, source_bytes);
    name[source_bytes] = '\0';
    memcpy(name + source_bytes + 1, id->value, id_bytes);
    return uuid_v5(UUID_NAMESPACE_FOREIGN, name, source_bytes + 1 + id_bytes);
}

struct uuid
headers_identity(const struct kafka_header *headers, uint32_t count, const char *cause)
{
    const struct kafka_header *id = find(headers, count, "ce_id");
    struct uuid parsed;

    if (!id || id->value_bytes == 0)
        return uuid_v5(UUID_NAMESPACE_RECORD, cause, strlen(cause));
    if (uuid_parse(id->value, id->value_bytes, &parsed))
        return parsed;
    return foreign_identity(find(headers, count, "ce_source"), id);
}

static bool
hex_bytes(const char *text, uint8_t *out, size_t count)
{
    for (size_t i = 0; i < 2 * count; i++) {
        const char *digit = text[i] ? strchr(digits, text[i]) : NULL;
        if (!digit)
            return false;
        uint8_t value = (uint8_t)(digit - digits);
        out[i / 2] = (uint8_t)(i % 2 ? out[i / 2] << 4 | value : value);
    }
    return true;
}

/* version "00": 00-<32 hex>-<16 hex>-<2 hex>; later versions may be longer. */
static bool
parse_traceparent(const struct kafka_header *header, struct trace *out)
{
    uint8_t version, parent[8];
    static const uint8_t nothing[16];
    const char *text = header->value;

    if (header->value_bytes < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-')
        return false;
    return hex_bytes(text, &version, 1) && version != 0xff && hex_bytes(text + 3, out->id, 16) &&
           hex_bytes(text + 36, parent, 8) && hex_bytes(text + 53, &out->flags, 1) &&
           memcmp(out->id, nothing, 16) != 0;
}

/* Without an incoming trace the event starts one of its own id. */
struct trace
headers_trace(const struct kafka_header *headers, uint32_t count, struct uuid id)
{
    const struct kafka_header *parent = find(headers, count, "traceparent");
    struct trace trace = { .flags = 1 };

    if (parent && parse_traceparent(parent, &trace))
        return trace;
    trace.flags = 1;
    memcpy(trace.id, id.bytes, sizeof trace.id);
    return trace;
}
