/* headers.h — the request headers that mean something here, gathered in one pass.
 *
 * Shapes   headers: value and number of lines per known header; lines of a list header are joined.
 * Units    total_bytes counts names, values and separators of all headers, known or not.
 * Parsers  each takes the text of one header (NULL: absent) and is pure.
 * Errors   parsers say false for what is not valid; what an absent header means stands with each.
 * Threads  values only; text is borrowed from the connection or the arena.
 * Source   RFC 9110 (lists, Accept, ETag), RFC 7240 (Prefer), draft Idempotency-Key. */
#pragma once
#include "base/arena.h"
#include <stdbool.h>

#define IDEMPOTENCY_KEY_BYTES_MAX 255
#define WAIT_S_MAX                30

/* name, text, and whether several lines make one list */
#define KNOWN_HEADERS(X)                                                                           \
    X(HOST, "Host", false)                                                                         \
    X(ORIGIN, "Origin", false)                                                                     \
    X(SEC_FETCH_SITE, "Sec-Fetch-Site", false)                                                     \
    X(SEC_FETCH_MODE, "Sec-Fetch-Mode", false)                                                     \
    X(SEC_FETCH_DEST, "Sec-Fetch-Dest", false)                                                     \
    X(ACCEPT, "Accept", true)                                                                      \
    X(CONTENT_TYPE, "Content-Type", false)                                                         \
    X(CONTENT_ENCODING, "Content-Encoding", true)                                                  \
    X(CONTENT_LENGTH, "Content-Length", false)                                                     \
    X(TRANSFER_ENCODING, "Transfer-Encoding", true)                                                \
    X(EXPECT, "Expect", true)                                                                      \
    X(IDEMPOTENCY_KEY, "Idempotency-Key", false)                                                   \
    X(IF_NONE_MATCH, "If-None-Match", true)                                                        \
    X(LAST_EVENT_ID, "Last-Event-ID", false)                                                       \
    X(PREFER, "Prefer", true)                                                                      \
    X(TRACEPARENT, "traceparent", true)

enum header_id {
#define X(id, name, list) HEADER_##id,
    KNOWN_HEADERS(X)
#undef X
        HEADER_COUNT
};

struct headers {
    const char *value[HEADER_COUNT]; /* NULL: absent */
    uint32_t lines[HEADER_COUNT];
    size_t total_bytes;
    bool has_nul; /* a value holds a NUL byte */
};

void headers_add(struct headers *headers, struct arena *arena, const char *name, size_t name_bytes,
                 const char *value, size_t value_bytes);
/* The name of a header that may stand once and stands more often, or NULL. */
const char *headers_repeated(const struct headers *headers);

/* "a b" or a b → the key itself; 1–255 visible ASCII characters, no space. */
bool header_idempotency_key(const char *text, char out[IDEMPOTENCY_KEY_BYTES_MAX + 1]) MUST_USE;
/* Seconds of `wait` in Prefer, at most WAIT_S_MAX; −1: none, or none that can be understood. */
int header_wait_s(const char *prefer);
/* Whether a media type is acceptable (absent: everything is). */
bool header_accepts(const char *accept, const char *media_type);
/* application/json, charset utf-8 or none. */
bool header_is_json(const char *content_type);
/* If-None-Match holds this entity tag (weak comparison), or "*". */
bool header_matches_etag(const char *if_none_match, const char *etag);
/* 0 – 2^31 − 1: the seq of the last event seen; "" counts as 0. */
bool header_last_event_id(const char *text, int64_t *out) MUST_USE;
