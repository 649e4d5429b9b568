/* json_text.h — one string of a document: where it ends, what is in it.  Internal to the reader.
 *
 * Errors   json_text_scan returns a status; `end` is then the byte that is wrong.
 * Threads  any. */
#pragma once
#include "json/json_read.h"

struct json_text {
    const char *end; /* the closing quote */
    uint32_t raw_bytes;
    uint32_t code_points;
    bool has_escapes;
    bool has_nul;
};

enum json_status json_text_scan(const char *start, const char *end, struct json_text *out);
/* out has room for raw_bytes; returns how many were needed. */
size_t json_text_unescape(char *out, const char *raw, size_t raw_bytes);
