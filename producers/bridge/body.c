/* body.c — parse, look for unknown names, then hand the rest to the event's decoder. */
#include "bridge/body.h"
#include <stdio.h>
#include <string.h>

static bool
name_is(const struct json_node *node, const char *name)
{
    return node->text_bytes == strlen(name) && memcmp(node->text, name, node->text_bytes) == 0;
}

static const struct body_name *
find_name(const struct body_schema *schema, const struct json_node *node)
{
    for (const struct body_name *name = schema->names; name->name != NULL; name++)
        if (name_is(node, name->name))
            return name;
    return NULL;
}

/* RFC 6901: "~" and "/" in a name are escaped. */
static const char *
pointer_to(struct arena *arena, const char *parent, const struct json_node *name)
{
    size_t parent_bytes = strlen(parent), used = parent_bytes + 1;
    char *pointer = arena_take(arena, parent_bytes + 2 + 2 * (size_t)name->text_bytes);

    memcpy(pointer, parent, parent_bytes);
    pointer[parent_bytes] = '/';
    for (uint32_t i = 0; i < name->text_bytes && used < PROBLEM_POINTER_BYTES; i++) {
        if (name->text[i] == '~' || name->text[i] == '/') {
            pointer[used++] = '~';
            pointer[used++] = name->text[i] == '~' ? '0' : '1';
        } else {
            pointer[used++] = name->text[i] != 0 ? name->text[i] : ' ';
        }
    }
    return pointer;
}

static void find_unknown(struct arena *arena, const struct json_doc *doc, uint32_t node,
                         const struct body_schema *schema, const char *pointer,
                         struct problem *problem);

static void
find_unknown_in_array(struct arena *arena, const struct json_doc *doc, uint32_t array,
                      const struct body_schema *schema, const char *pointer,
                      struct problem *problem)
{
    uint32_t node = array + 1;

    for (uint32_t i = 0; i < doc->nodes[array].count && problem->field_count < PROBLEM_ERRORS_MAX;
         i++) {
        find_unknown(arena, doc, node, schema, arena_printf(arena, "%s/%u", pointer, i), problem);
        node = doc->nodes[node].next;
    }
}

static void
find_unknown(struct arena *arena, const struct json_doc *doc, uint32_t node,
             const struct body_schema *schema, const char *pointer, struct problem *problem)
{
    uint32_t name = node + 1;

    if (doc->nodes[node].type == JSON_ARRAY)
        find_unknown_in_array(arena, doc, node, schema, pointer, problem);
    if (doc->nodes[node].type != JSON_OBJECT)
        return;
    for (uint32_t i = 0; i < doc->nodes[node].count && problem->field_count < PROBLEM_ERRORS_MAX;
         i++) {
        const struct body_name *known = find_name(schema, &doc->nodes[name]);
        const char *path = pointer_to(arena, pointer, &doc->nodes[name]);

        if (known == NULL)
            problem_add_field(problem, path, "unknown_field");
        else if (known->nested != NULL)
            find_unknown(arena, doc, name + 1, known->nested, path, problem);
        name = doc->nodes[name + 1].next;
    }
}

bool
body_parse(struct arena *arena, const char *bytes, size_t length, const struct body_schema *schema,
           struct json_doc *out, struct problem *problem)
{
    struct json_error err;

    if (!json_parse(arena, bytes, length, out, &err)) {
        *problem = problem_make(PROBLEM_INVALID_JSON, "At byte %u: %s", err.offset,
                                json_status_text(err.status));
        return false;
    }
    if (out->nodes[0].type != JSON_OBJECT) {
        *problem = problem_make(PROBLEM_INVALID_REQUEST, "The body must be an object");
        problem_add_field(problem, "", "type");
        return false;
    }
    *problem =
        problem_make(PROBLEM_INVALID_REQUEST, "The body has fields that this call does not know");
    find_unknown(arena, out, 0, schema, "", problem);
    return problem->field_count == 0;
}

static bool
is_listed(const char *const *names, const struct json_node *node)
{
    for (; names != NULL && *names != NULL; names++)
        if (name_is(node, *names))
            return true;
    return false;
}

/* The raw JSON of a value: a string's node has its bytes without the quotes. */
static void
copy_value(struct json_writer *out, const struct json_doc *doc, const struct json_node *node)
{
    uint32_t quote = node->type == JSON_STRING ? 1 : 0;

    json_raw(out, doc->bytes + node->start - quote, node->bytes + 2 * quote);
}

static void
copy_members(struct json_writer *out, const struct json_doc *doc, const char *const *names,
             bool listed)
{
    uint32_t name = 1;

    for (uint32_t i = 0; i < doc->nodes[0].count; i++) {
        const struct json_node *node = &doc->nodes[name];

        if (is_listed(names, node) == listed) {
            json_name(out, arena_text(out->arena, node->text, node->text_bytes));
            copy_value(out, doc, &doc->nodes[name + 1]);
        }
        name = doc->nodes[name + 1].next;
    }
}

static bool
explain(const struct event_error *err, const char *into, struct problem *problem)
{
    const char *pointer = err->pointer, *code = err->code;
    size_t skip = into != NULL ? strlen(into) + 1 : 0;

    if (skip > 0 && pointer[0] == '/' && strncmp(pointer + 1, into, skip - 1) == 0)
        pointer += skip;
    *problem = problem_make(PROBLEM_INVALID_REQUEST, "%s", err->detail);
    problem_add_field(problem, pointer, code);
    return false;
}

bool
body_decode(struct arena *arena, const struct json_doc *doc, enum event_type type,
            const struct body_member *prefix, const char *into, const char *const *into_names,
            struct event *out, struct problem *problem)
{
    struct event_error *err = arena_take(arena, sizeof *err);
    struct json_writer text;

    json_writer_init(&text, arena, doc->length + 256);
    json_begin_object(&text);
    for (; prefix->name != NULL; prefix++) {
        json_name(&text, prefix->name);
        json_raw(&text, prefix->json, strlen(prefix->json));
    }
    copy_members(&text, doc, into_names, false);
    if (into != NULL) {
        json_name(&text, into);
        json_begin_object(&text);
        copy_members(&text, doc, into_names, true);
        json_end_object(&text);
    }
    json_end_object(&text);
    if (event_decode(arena, type, text.bytes, text.length, out, err))
        return true;
    /* The field's code must outlive the answer: it lies in the arena beside it. */
    return explain(err, into, problem);
}
