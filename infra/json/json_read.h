/* json_read.h — strict RFC 8259: validates and indexes in one pass; nothing is copied but escaped text.
 *
 * Shapes   json_doc: the bytes and a tape of nodes in document order; node 0 is the root.  A container's
 *          members follow it; `next` is the index after the whole subtree.  In an object, name and value
 *          nodes alternate.
 * Refused  what json-c lets pass: duplicate names, NaN, single quotes, raw control characters, overlong or
 *          surrogate UTF-8, lone \u surrogates, trailing bytes, depth > JSON_DEPTH_MAX, a byte order mark.
 * Numbers  JSON_INTEGER fits int64_t and has neither fraction nor exponent; every other is JSON_NUMBER
 *          and only its bytes are kept.  "\u0000" is valid JSON; JSON_HAS_NUL marks such text.
 * Limits   JSON_BYTES_MAX and JSON_NODES_MAX; names are compared within an object in O(n log n) at worst.
 * Errors   json_parse returns a status and where; nothing is allocated outside the arena.
 * Threads  none. */
#pragma once
#include "base/arena.h"
#include <stdbool.h>

#define JSON_DEPTH_MAX 16
#define JSON_BYTES_MAX (6u << 20)   /* a DeadLetter of 4 MiB in base64, and room */
#define JSON_NODES_MAX (1u << 18)
#define JSON_NONE      UINT32_MAX

enum json_type {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_INTEGER,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

struct json_node {
    uint8_t type;    /* enum json_type */
    bool has_nul;    /* JSON_STRING: holds U+0000 */
    uint32_t start;  /* first byte in the document (a string's: after its quote) */
    uint32_t bytes;  /* raw length (a string's: without quotes) */
    uint32_t next;   /* node after this value and all within */
    uint32_t count;  /* elements of an array, members of an object */
    union {
        int64_t integer;
        struct {
            const char *text; /* unescaped, NUL-terminated or not: use text_bytes */
            uint32_t text_bytes;
            uint32_t code_points;
        };
    };
};

struct json_doc {
    const char *bytes;
    uint32_t length;
    const struct json_node *nodes;
    uint32_t node_count;
    bool has_nul;         /* some name or text holds U+0000 */
    bool has_wide_number; /* some number has more digits or a larger exponent than a decimal store takes */
};

enum json_status {
    JSON_OK,
    JSON_SYNTAX,
    JSON_TRAILING_BYTES,
    JSON_TOO_DEEP,
    JSON_BAD_UTF8,
    JSON_BAD_ESCAPE,
    JSON_CONTROL_CHARACTER,
    JSON_DUPLICATE_NAME,
    JSON_TOO_LARGE,
};

struct json_error {
    enum json_status status;
    uint32_t offset; /* of the first byte that is wrong */
};

bool json_parse(struct arena *arena, const char *bytes, size_t length, struct json_doc *doc,
                struct json_error *err) MUST_USE;
const char *json_status_text(enum json_status status);
/* The value of a member, or JSON_NONE. */
uint32_t json_member(const struct json_doc *doc, uint32_t object, const char *name);
