/* json_read.c — one pass: values, numbers, strings, containers.  Contract: json_read.h
 *
 * Recursion is bounded by JSON_DEPTH_MAX. */
#include "json/json_read.h"
#include "json/json_names.h"
#include "json/json_scan.h"
#include "json/json_text.h"

#include <string.h>

#define WIDE_NUMBER_BYTES 300 /* digits; far below what PostgreSQL's numeric takes */
#define WIDE_EXPONENT     999

struct reader {
    struct arena *arena;
    const char *start, *at, *end;
    struct json_node *nodes;
    uint32_t count, capacity;
    uint32_t depth;
    bool has_nul, has_wide_number;
    struct json_error *err;
};

static bool read_value(struct reader *in);

static bool
fail(struct reader *in, enum json_status status, const char *where)
{
    *in->err = (struct json_error){ .status = status, .offset = (uint32_t)(where - in->start) };
    return false;
}

static inline void
skip_space(struct reader *in)
{
    while (in->at < in->end &&
           (*in->at == ' ' || *in->at == '\n' || *in->at == '\r' || *in->at == '\t'))
        in->at++;
}

static bool
grow(struct reader *in)
{
    if (in->count >= JSON_NODES_MAX)
        return fail(in, JSON_TOO_LARGE, in->at);
    size_t bytes = in->capacity * sizeof(*in->nodes);
    in->nodes = arena_resize(in->arena, in->nodes, bytes, 2 * bytes);
    in->capacity *= 2;
    return true;
}

/* A node of one value without members; containers correct `next` and `count` at their end. */
static inline struct json_node *
add_node(struct reader *in, enum json_type type, const char *start, const char *end)
{
    if (in->count == in->capacity && !grow(in))
        return NULL;
    struct json_node *node = &in->nodes[in->count++];
    node->type = (uint8_t)type;
    node->has_nul = false;
    node->start = (uint32_t)(start - in->start);
    node->bytes = (uint32_t)(end - start);
    node->next = in->count;
    node->count = 0;
    return node;
}

static bool
read_literal(struct reader *in, const char *word, enum json_type type)
{
    size_t bytes = strlen(word);
    const char *start = in->at;
    if ((size_t)(in->end - start) < bytes || memcmp(start, word, bytes) != 0)
        return fail(in, JSON_SYNTAX, start);
    in->at += bytes;
    struct json_node *node = add_node(in, type, start, in->at);
    if (node == NULL)
        return false;
    node->integer = 0;
    return true;
}

static const char *
skip_digits(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at;
}

/* Accumulates below zero, where the larger half of int64_t is.  False: does not fit. */
static bool
fits(const char *digits, const char *end, bool negative, int64_t *integer)
{
    int64_t value = 0;
    for (; digits < end; digits++) {
        int64_t digit = *digits - '0';
        if (__builtin_mul_overflow(value, (int64_t)10, &value) ||
            __builtin_sub_overflow(value, digit, &value))
            return false;
    }
    if (negative) {
        *integer = value;
        return true;
    }
    return !__builtin_sub_overflow((int64_t)0, value, integer);
}

/* What follows the integer part; NULL when a digit is missing. */
static const char *
skip_fraction_and_exponent(const char *at, const char *end)
{
    if (at < end && *at == '.') {
        const char *fraction = ++at;
        at = skip_digits(at, end);
        if (at == fraction)
            return NULL;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        const char *exponent = at;
        at = skip_digits(at, end);
        if (at == exponent)
            return NULL;
    }
    return at;
}

static bool
is_wide(const char *start, const char *end)
{
    if (end - start > WIDE_NUMBER_BYTES)
        return true;
    const char *at = start;
    while (at < end && *at != 'e' && *at != 'E')
        at++;
    int exponent = 0;
    for (; at < end; at++)
        if (*at >= '0' && *at <= '9' && exponent <= WIDE_EXPONENT)
            exponent = exponent * 10 + (*at - '0');
    return exponent > WIDE_EXPONENT;
}

static bool
read_number(struct reader *in)
{
    const char *start = in->at, *digits = start + (*start == '-');
    const char *digits_end = skip_digits(digits, in->end);
    if (digits_end == digits || (*digits == '0' && digits_end - digits > 1))
        return fail(in, JSON_SYNTAX, start);
    in->at = skip_fraction_and_exponent(digits_end, in->end);
    if (in->at == NULL)
        return fail(in, JSON_SYNTAX, start);
    int64_t integer = 0;
    bool whole = in->at == digits_end && fits(digits, digits_end, digits != start, &integer);
    struct json_node *node = add_node(in, whole ? JSON_INTEGER : JSON_NUMBER, start, in->at);
    if (node == NULL)
        return false;
    node->integer = whole ? integer : 0;
    if (!whole)
        in->has_wide_number |= is_wide(start, in->at);
    return true;
}

static struct json_node *
add_string(struct reader *in, const char *start, const char *end)
{
    struct json_node *node = add_node(in, JSON_STRING, start, end);
    if (node == NULL)
        return NULL;
    in->at = end + 1;
    node->text = start;
    node->text_bytes = node->code_points = (uint32_t)(end - start);
    return node;
}

/* What holds more than plain ASCII. */
static bool
read_rich_string(struct reader *in, const char *start)
{
    struct json_text text;
    enum json_status status = json_text_scan(start, in->end, &text);
    if (status != JSON_OK)
        return fail(in, status, text.end);
    struct json_node *node = add_string(in, start, text.end);
    if (node == NULL)
        return false;
    node->code_points = text.code_points;
    node->has_nul = text.has_nul;
    if (text.has_escapes) {
        char *unescaped = arena_take_raw(in->arena, text.raw_bytes);
        node->text_bytes = (uint32_t)json_text_unescape(unescaped, start, text.raw_bytes);
        node->text = unescaped;
        in->has_nul |= text.has_nul;
    }
    return true;
}

static inline bool
read_string(struct reader *in)
{
    const char *start = in->at + 1;
    const char *end = json_plain_end(start, in->end);
    if (end < in->end && *end == '"')
        return add_string(in, start, end) != NULL;
    return read_rich_string(in, start);
}

/* Opens a container: its node is made, the first byte within is at hand.  JSON_NONE: refused. */
static uint32_t
open_container(struct reader *in, enum json_type type)
{
    if (in->depth == JSON_DEPTH_MAX) {
        (void)fail(in, JSON_TOO_DEEP, in->at);
        return JSON_NONE;
    }
    if (add_node(in, type, in->at, in->at) == NULL)
        return JSON_NONE;
    in->nodes[in->count - 1].integer = 0;
    in->depth++;
    in->at++;
    skip_space(in);
    return in->count - 1;
}

static void
close_container(struct reader *in, uint32_t container, uint32_t count)
{
    struct json_node *node = &in->nodes[container];
    in->at++;
    in->depth--;
    node->bytes = (uint32_t)(in->at - in->start) - node->start;
    node->next = in->count;
    node->count = count;
}

static inline bool
is_next(const struct reader *in, char c)
{
    return in->at < in->end && *in->at == c;
}

/* After an element: true at a comma, with the next element at hand; otherwise close, or an error. */
static inline bool
take_comma(struct reader *in)
{
    skip_space(in);
    if (!is_next(in, ','))
        return false;
    in->at++;
    skip_space(in);
    return true;
}

static bool
read_array(struct reader *in)
{
    uint32_t array = open_container(in, JSON_ARRAY), count = 0;
    if (array == JSON_NONE)
        return false;
    if (!is_next(in, ']')) {
        do {
            if (!read_value(in))
                return false;
            count++;
        } while (take_comma(in));
        if (!is_next(in, ']'))
            return fail(in, JSON_SYNTAX, in->at);
    }
    close_container(in, array, count);
    return true;
}

static bool
read_member(struct reader *in, struct json_names *names)
{
    if (!is_next(in, '"'))
        return fail(in, JSON_SYNTAX, in->at);
    if (!read_string(in))
        return false;
    json_names_add(names, &in->nodes[in->count - 1]);
    skip_space(in);
    if (!is_next(in, ':'))
        return fail(in, JSON_SYNTAX, in->at);
    in->at++;
    skip_space(in);
    return read_value(in);
}

static bool
check_names(struct reader *in, uint32_t object, const struct json_names *names)
{
    if (!names->collided)
        return true;
    uint32_t duplicate = json_names_duplicate(in->arena, in->nodes, object, names->count);
    return duplicate == JSON_NONE ||
           fail(in, JSON_DUPLICATE_NAME, in->start + in->nodes[duplicate].start);
}

static bool
read_object(struct reader *in)
{
    struct json_names names = { 0 };
    uint32_t object = open_container(in, JSON_OBJECT);
    if (object == JSON_NONE)
        return false;
    if (!is_next(in, '}')) {
        do {
            if (!read_member(in, &names))
                return false;
        } while (take_comma(in));
        if (!is_next(in, '}'))
            return fail(in, JSON_SYNTAX, in->at);
    }
    close_container(in, object, names.count);
    return check_names(in, object, &names);
}

static bool
read_value(struct reader *in)
{
    if (in->at == in->end)
        return fail(in, JSON_SYNTAX, in->at);
    char c = *in->at;
    if (c == '"')
        return read_string(in);
    if (c == '-' || (c >= '0' && c <= '9'))
        return read_number(in);
    if (c == '{')
        return read_object(in);
    if (c == '[')
        return read_array(in);
    if (c == 't')
        return read_literal(in, "true", JSON_TRUE);
    if (c == 'f')
        return read_literal(in, "false", JSON_FALSE);
    return read_literal(in, "null", JSON_NULL);
}

bool
json_parse(struct arena *arena, const char *bytes, size_t length, struct json_doc *doc,
           struct json_error *err)
{
    struct reader in = { .arena = arena, .start = bytes, .at = bytes, .err = err };
    *err = (struct json_error){ .status = JSON_OK };
    if (length > JSON_BYTES_MAX)
        return fail(&in, JSON_TOO_LARGE, bytes);
    in.end = bytes + length;
    in.capacity = (uint32_t)length / 5 + 8;
    in.nodes = arena_take_raw(arena, in.capacity * sizeof(*in.nodes));
    skip_space(&in);
    if (!read_value(&in))
        return false;
    skip_space(&in);
    if (in.at != in.end)
        return fail(&in, JSON_TRAILING_BYTES, in.at);
    *doc = (struct json_doc){ .bytes = bytes,
                              .length = (uint32_t)length,
                              .nodes = in.nodes,
                              .node_count = in.count,
                              .has_nul = in.has_nul,
                              .has_wide_number = in.has_wide_number };
    return true;
}

const char *
json_status_text(enum json_status status)
{
    static const char *const texts[] = {
        [JSON_OK] = "valid",
        [JSON_SYNTAX] = "not JSON (RFC 8259)",
        [JSON_TRAILING_BYTES] = "bytes after the end of the value",
        [JSON_TOO_DEEP] = "nested deeper than 16",
        [JSON_BAD_UTF8] = "not UTF-8",
        [JSON_BAD_ESCAPE] = "not an escape, or half a surrogate pair",
        [JSON_CONTROL_CHARACTER] = "a control character that is not escaped",
        [JSON_DUPLICATE_NAME] = "a name that stands twice in one object",
        [JSON_TOO_LARGE] = "larger than is accepted",
    };
    return (size_t)status < sizeof(texts) / sizeof(texts[0]) ? texts[status] : "unknown status";
}

uint32_t
json_member(const struct json_doc *doc, uint32_t object, const char *name)
{
    if (object >= doc->node_count || doc->nodes[object].type != JSON_OBJECT)
        return JSON_NONE;
    size_t bytes = strlen(name);
    uint32_t at = object + 1;
    for (uint32_t i = 0; i < doc->nodes[object].count; i++, at = doc->nodes[at + 1].next) {
        const struct json_node *node = &doc->nodes[at];
        if (node->text_bytes == bytes && memcmp(node->text, name, bytes) == 0)
            return at + 1;
    }
    return JSON_NONE;
}
