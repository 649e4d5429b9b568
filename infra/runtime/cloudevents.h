/* cloudevents.h — the headers of a record, the same from every producer: CloudEvents 1.0 (Kafka binding,
 * binary mode), W3C traceparent, and jumun-cause on derived events.
 *
 * Shapes     cloudevent: what the headers say.  cloudevent_headers: the headers and the text they point to;
 *            it must outlive the send, which copies.
 * Units      at_us µs since 1970-01-01 UTC.
 * Errors     none.
 * Threads    values only.
 * Source     contract.md section 2, Headers. */
#pragma once
#include "base/instant.h"
#include "base/uuid.h"
#include "runtime/kafka.h"

#define CLOUDEVENT_HEADERS_MAX   9
#define TRACEPARENT_TEXT_BYTES   56
#define CLOUDEVENT_CAUSE_BYTES   300

struct cloudevent {
    struct uuid id;
    const char *type;    /* the event's name, without topic prefix */
    const char *source;  /* "/jumun/stock" */
    int64_t at_us;
    const char *subject; /* the key; NULL: no ce_subject */
    uint32_t subject_bytes;
    const char *traceparent; /* whose trace goes on; NULL, "" or not valid: a new one begins */
    const char *cause;       /* "topic/partition/offset"; NULL: an intent or a fact */
};

struct cloudevent_headers {
    struct kafka_header at[CLOUDEVENT_HEADERS_MAX];
    uint32_t count;
    char id[UUID_TEXT_BYTES];
    char time[INSTANT_TEXT_BYTES];
    char traceparent[TRACEPARENT_TEXT_BYTES];
};

void cloudevent_headers(const struct cloudevent *event, struct cloudevent_headers *out);
/* Whose event a record is: ce_id, or what stands for it (headers.c).  cause: "topic/partition/offset". */
struct uuid headers_identity(const struct kafka_header *headers, uint32_t count, const char *cause);
/* 00-<32 hex>-<16 hex>-<2 hex>, neither id all zero. */
bool traceparent_is_valid(const char *text);
