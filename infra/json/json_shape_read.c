/* json_shape_read.c — errors, texts, numbers, names, objects, lists.  Contract: json_shape.h */
#include "base/error.h"
#include "base/instant.h"
#include "base/uuid.h"
#include "json/json_shape.h"
#include "json/json_text_rules.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ID_CHARACTERS_MAX 64
#define UNIQUE_SLOTS      512u /* more than twice the items of the longest list */

struct shape_reader {
    const struct json_doc *doc;
    const void *open_list; /* nobody reads behind its end */
    struct shape_error *err;
};

bool
shape_fail(struct shape_error *err, const char *code, const char *format, ...)
{
    *err = (struct shape_error){ 0 };
    (void)snprintf(err->code, sizeof(err->code), "%s", code);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(err->detail, sizeof(err->detail), format, arguments);
    va_end(arguments);
    return false;
}

/* The pointer is built from the inside out, on the way back; a step without room is left out. */
static bool
fail_within(struct shape_error *err, const char *step, size_t step_bytes)
{
    size_t inner_bytes = strlen(err->pointer) + 1;
    if (inner_bytes + step_bytes + 1 > sizeof(err->pointer))
        return false;
    memmove(err->pointer + step_bytes + 1, err->pointer, inner_bytes);
    err->pointer[0] = '/';
    memcpy(err->pointer + 1, step, step_bytes);
    return false;
}

static bool
fail_in_element(struct shape_error *err, uint32_t index)
{
    char step[12];
    int bytes = snprintf(step, sizeof(step), "%u", index);
    return fail_within(err, step, (size_t)bytes);
}

static bool
fail_type(struct shape_error *err, const char *wanted, const struct json_node *node)
{
    static const char *const names[] = { "null",     "false",    "true",     "a number",
                                         "a number", "a string", "an array", "an object" };
    return shape_fail(err, "type", "%s is expected here, not %s", wanted, names[node->type]);
}

/* Zero up to the end, so that equal values are equal bytes. */
static void
set_text(const struct json_shape *shape, const struct json_node *node, char *text)
{
    memcpy(text, node->text, node->text_bytes);
    memset(text + node->text_bytes, 0, shape->bytes - node->text_bytes);
}

static bool
read_id(struct shape_error *err, const struct json_shape *shape, const struct json_node *node,
        char *text)
{
    if (node->type != JSON_STRING)
        return fail_type(err, "a string", node);
    if (node->text_bytes == 0)
        return shape_fail(err, "blank", "at least 1 character is needed");
    if (node->code_points > (uint64_t)shape->maximum)
        return shape_fail(err, "too_long", "at most %d characters are possible",
                          (int)shape->maximum);
    if (!text_is_id(node->text, node->text_bytes))
        return shape_fail(err, node->has_nul ? "contains_nul" : "pattern",
                          "only letters, digits and . _ : - are possible");
    set_text(shape, node, text);
    return true;
}

static bool
read_uuid(struct shape_error *err, const struct json_shape *shape, const struct json_node *node,
          char *text)
{
    struct uuid unused;
    if (node->type != JSON_STRING)
        return fail_type(err, "a string", node);
    if (!uuid_parse(node->text, node->text_bytes, &unused))
        return shape_fail(err, "pattern", "not a UUID in lower case");
    set_text(shape, node, text);
    return true;
}

static bool
read_text(struct shape_error *err, const struct json_shape *shape, const struct json_node *node,
          char *text)
{
    if (node->type != JSON_STRING)
        return fail_type(err, "a string", node);
    if (node->has_nul)
        return shape_fail(err, "contains_nul", "U+0000 cannot be stored");
    if (node->code_points > (uint64_t)shape->maximum)
        return shape_fail(err, "too_long", "%u characters, at most %d are possible",
                          node->code_points, (int)shape->maximum);
    if (text_is_blank(node->text, node->text_bytes))
        return shape_fail(err, "blank", "nothing but white space");
    set_text(shape, node, text);
    return true;
}

/* A whole number that does not fit int64_t is out of range, too; 1.0 and 1e2 are not integers. */
static bool
fail_number(const struct shape_reader *in, const struct json_shape *shape,
            const struct json_node *node)
{
    if (node->type != JSON_INTEGER && node->type != JSON_NUMBER)
        return fail_type(in->err, "an integer", node);
    const char *bytes = in->doc->bytes + node->start;
    if (node->type == JSON_NUMBER && !text_is_whole_number(bytes, node->bytes))
        return shape_fail(in->err, "not_an_integer", "neither fraction nor exponent is possible");
    return shape_fail(in->err, "range", "%lld to %lld is possible", (long long)shape->minimum,
                      (long long)shape->maximum);
}

static bool
read_integer(const struct shape_reader *in, const struct json_shape *shape,
             const struct json_node *node, int64_t *value)
{
    if (node->type != JSON_INTEGER || node->integer < shape->minimum ||
        node->integer > shape->maximum)
        return fail_number(in, shape, node);
    *value = node->integer;
    return true;
}

static bool
read_int32(const struct shape_reader *in, const struct json_shape *shape,
           const struct json_node *node, int32_t *value)
{
    int64_t wide = 0;
    TRY(read_integer(in, shape, node, &wide));
    *value = (int32_t)wide;
    return true;
}

static bool
read_bool(struct shape_error *err, const struct json_node *node, bool *value)
{
    if (node->type != JSON_TRUE && node->type != JSON_FALSE)
        return fail_type(err, "true or false", node);
    *value = node->type == JSON_TRUE;
    return true;
}

static bool
read_time(struct shape_error *err, const struct json_node *node, int64_t *at_us)
{
    if (node->type != JSON_STRING)
        return fail_type(err, "a string", node);
    if (!instant_parse(node->text, node->text_bytes, at_us))
        return shape_fail(err, "not_a_time", "not a time like 2026-11-22T09:00:00.000Z (RFC 3339)");
    if (*at_us == 0)
        *at_us = 1;
    return true;
}

static bool
fail_name(struct shape_error *err, const struct json_shape *shape)
{
    char list[sizeof(err->detail)] = "";
    size_t used = 0;
    for (uint32_t i = 0; shape->names[i] != NULL && used < sizeof(list); i++)
        used += (size_t)snprintf(list + used, sizeof(list) - used, " %s", shape->names[i]);
    return shape_fail(err, "unknown_value", "one of these is possible:%s", list);
}

static bool
read_name(struct shape_error *err, const struct json_shape *shape, const struct json_node *node,
          uint32_t *value)
{
    if (node->type != JSON_STRING)
        return fail_type(err, "a string", node);
    for (uint32_t i = 0; shape->names[i] != NULL; i++) {
        *value = i;
        if (strlen(shape->names[i]) == node->text_bytes &&
            memcmp(shape->names[i], node->text, node->text_bytes) == 0)
            return true;
    }
    *value = 0;
    if (!shape->is_open)
        return fail_name(err, shape);
    char ignored[ID_CHARACTERS_MAX + 1];
    const struct json_shape id = { .kind = SHAPE_ID,
                                   .bytes = sizeof(ignored),
                                   .maximum = ID_CHARACTERS_MAX };
    return read_id(err, &id, node, ignored);
}

static inline bool
is_named(const struct json_shape_field *field, const struct json_node *name)
{
    uint32_t bytes = field->label_bytes - 4u; /* ,"": */
    return name->text_bytes == bytes && memcmp(field->label + 2, name->text, bytes) == 0;
}

/* Writers keep the table's order, so the next field is tried first. */
static uint32_t
find_field(const struct json_shape *shape, const struct json_node *name, uint32_t expected)
{
    for (uint32_t i = expected; i < shape->field_count; i++)
        if (is_named(&shape->fields[i], name))
            return i;
    for (uint32_t i = 0; i < expected; i++)
        if (is_named(&shape->fields[i], name))
            return i;
    return JSON_NONE;
}

static bool
fail_missing(struct shape_error *err, const struct json_shape_field *field)
{
    (void)shape_fail(err, "missing", "this member is required");
    return fail_within(err, field->label + 2, field->label_bytes - 4u);
}

static void
set_absent(const struct json_shape_field *field, char *object)
{
    if (field->has_offset != SHAPE_NO_OFFSET) {
        *(bool *)(object + field->has_offset) = false;
        memset(object + field->offset, 0, field->shape->bytes);
    } else if (field->shape->kind == SHAPE_BOOL)
        *(bool *)(object + field->offset) = field->default_value != 0;
    else
        *(int32_t *)(object + field->offset) = field->default_value;
}

static bool
finish_object(struct shape_error *err, const struct json_shape *shape, uint64_t seen, char *object)
{
    uint64_t missing = shape->required & ~seen;
    if (missing != 0)
        return fail_missing(err, &shape->fields[__builtin_ctzll(missing)]);
    if (shape->exactly_one != 0 && __builtin_popcountll(seen & shape->exactly_one) != 1)
        return shape_fail(err, "exactly_one", "exactly one of %.*s and its alternative is needed",
                          shape->fields[__builtin_ctzll(shape->exactly_one)].label_bytes - 4,
                          shape->fields[__builtin_ctzll(shape->exactly_one)].label + 2);
    uint64_t all = UINT64_MAX >> (64 - shape->field_count);
    for (uint64_t absent = all & ~seen; absent != 0; absent &= absent - 1)
        set_absent(&shape->fields[__builtin_ctzll(absent)], object);
    return true;
}

static bool read_value(const struct shape_reader *in, const struct json_shape *shape, uint32_t node,
                       void *member);

static bool
read_object(const struct shape_reader *in, const struct json_shape *shape, uint32_t node,
            char *object)
{
    const struct json_node *nodes = in->doc->nodes;
    if (nodes[node].type != JSON_OBJECT)
        return fail_type(in->err, "an object", &nodes[node]);
    uint64_t seen = 0;
    uint32_t name = node + 1, expected = 0;
    for (uint32_t i = 0; i < nodes[node].count; i++, name = nodes[name + 1].next) {
        uint32_t index = find_field(shape, &nodes[name], expected);
        if (index == JSON_NONE)
            continue;
        const struct json_shape_field *field = &shape->fields[index];
        if (!read_value(in, field->shape, name + 1, object + field->offset))
            return fail_within(in->err, field->label + 2, field->label_bytes - 4u);
        if (field->has_offset != SHAPE_NO_OFFSET)
            *(bool *)(object + field->has_offset) = true;
        seen |= UINT64_C(1) << index;
        expected = index + 1;
    }
    return finish_object(in->err, shape, seen, object);
}

static uint32_t
text_hash(const char *text)
{
    uint32_t hash = 2166136261u;
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash;
}

/* Open addressing by the text; the first element that stands a second time, or JSON_NONE. */
static uint32_t
find_duplicate(const struct json_shape *shape, const char *elements, uint32_t count)
{
    uint16_t slots[UNIQUE_SLOTS] = { 0 }; /* index + 1 */
    for (uint32_t i = 0; i < count; i++) {
        const char *text = elements + i * shape->element->bytes + shape->unique_offset;
        uint32_t slot = text_hash(text) % UNIQUE_SLOTS;
        for (; slots[slot] != 0; slot = (slot + 1) % UNIQUE_SLOTS) {
            const char *other = elements + (slots[slot] - 1u) * shape->element->bytes;
            if (strcmp(other + shape->unique_offset, text) == 0)
                return i;
        }
        slots[slot] = (uint16_t)(i + 1);
    }
    return JSON_NONE;
}

static bool
check_count(struct shape_error *err, const struct json_shape *shape, uint32_t count)
{
    if (count < shape->minimum)
        return shape_fail(err, "too_few_items", "at least %d needed", (int)shape->minimum);
    if (count > shape->maximum)
        return shape_fail(err, "too_many_items", "%u items, at most %d are possible", count,
                          (int)shape->maximum);
    return true;
}

static bool
read_list(const struct shape_reader *in, const struct json_shape *shape, uint32_t node, char *list)
{
    const struct json_node *nodes = in->doc->nodes;
    if (nodes[node].type != JSON_ARRAY)
        return fail_type(in->err, "an array", &nodes[node]);
    uint32_t count = nodes[node].count, at = node + 1;
    TRY(check_count(in->err, shape, count));
    memset(list, 0,
           list == in->open_list ? shape->elements_offset + count * shape->element->bytes
                                 : shape->bytes);
    *(uint32_t *)list = count;
    char *elements = list + shape->elements_offset;
    for (uint32_t i = 0; i < count; i++, at = nodes[at].next)
        if (!read_value(in, shape->element, at, elements + i * shape->element->bytes))
            return fail_in_element(in->err, i);
    if (shape->unique_offset == SHAPE_NO_OFFSET || count < 2)
        return true;
    uint32_t duplicate = find_duplicate(shape, elements, count);
    if (duplicate == JSON_NONE)
        return true;
    (void)shape_fail(in->err, "duplicate_item", "this item stands in the list already");
    return fail_in_element(in->err, duplicate);
}

static bool
read_value(const struct shape_reader *in, const struct json_shape *shape, uint32_t index,
           void *member)
{
    const struct json_node *node = &in->doc->nodes[index];
    switch (shape->kind) {
    case SHAPE_ID:
        return read_id(in->err, shape, node, member);
    case SHAPE_UUID:
        return read_uuid(in->err, shape, node, member);
    case SHAPE_TEXT:
        return read_text(in->err, shape, node, member);
    case SHAPE_INT32:
        return read_int32(in, shape, node, member);
    case SHAPE_INT64:
        return read_integer(in, shape, node, member);
    case SHAPE_BOOL:
        return read_bool(in->err, node, member);
    case SHAPE_TIME:
        return read_time(in->err, node, member);
    case SHAPE_NAME:
        return read_name(in->err, shape, node, member);
    case SHAPE_OBJECT:
        return read_object(in, shape, index, member);
    case SHAPE_LIST:
        return read_list(in, shape, index, member);
    }
    return false;
}

bool
shape_read(const struct json_shape *shape, const struct json_doc *doc, uint32_t node, void *member,
           struct shape_error *err)
{
    return shape_read_open(shape, doc, node, member, NULL, err);
}

bool
shape_read_open(const struct json_shape *shape, const struct json_doc *doc, uint32_t node,
                void *member, const void *open_list, struct shape_error *err)
{
    const struct shape_reader in = { .doc = doc, .open_list = open_list, .err = err };
    return read_value(&in, shape, node, member);
}
