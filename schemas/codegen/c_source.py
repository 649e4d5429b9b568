"""events.c: names, shapes, topics, the few functions; emit.c."""
from c_header import has_json_functions, lists_last
from c_names import (BANNER, c_type, enum_constant, event_constant, integer, snake_parties)

HEAD = BANNER + '#include "events.h"\n\n#include <stddef.h>\n#include <string.h>\n'

FUNCTIONS = """
static bool
fail(struct event_error *err, const struct shape_error *cause)
{
    memcpy(err->pointer, cause->pointer, sizeof(err->pointer));
    memcpy(err->code, cause->code, sizeof(err->code));
    memcpy(err->detail, cause->detail, sizeof(err->detail));
    return false;
}

/* What no field of ours holds must still be storable: the record's own bytes are kept and shown. */
static bool
check_document(const struct json_doc *doc, struct shape_error *err)
{
    if (doc->has_nul)
        return shape_fail(err, "contains_nul", "U+0000 cannot be stored");
    if (doc->has_wide_number)
        return shape_fail(err, "number_too_wide", "a number that a decimal store does not take");
    return true;
}

static bool
decode(struct arena *arena, const char *bytes, size_t length, struct event *out,
       struct shape_error *err)
{
    const struct json_shape *shape = event_shapes[out->type];
    struct json_doc doc;
    struct json_error syntax;
    if (shape == NULL)
        return shape_fail(err, "no_codec", "%s has no generated struct", topics[out->type].name);
    if (length > EVENT_BYTES_MAX)
        return shape_fail(err, "too_large", "%zu bytes, at most %u are possible", length,
                          EVENT_BYTES_MAX);
    if (!json_parse(arena, bytes, length, &doc, &syntax))
        return shape_fail(err, "invalid_json", "%s, at byte %u", json_status_text(syntax.status),
                          syntax.offset);
    const void *open_list =
        last_lists[out->type].list ? (const char *)&out->as + last_lists[out->type].offset : NULL;
    return shape_read_open(shape, &doc, 0, &out->as, open_list, err) && check_document(&doc, err);
}

bool
event_decode(struct arena *arena, enum event_type type, const char *bytes, size_t length,
             struct event *out, struct event_error *err)
{
    struct shape_error cause;
    struct arena_mark mark = arena_mark(arena);
    out->type = type;
    out->value = bytes;
    out->value_bytes = (uint32_t)length;
    bool done = decode(arena, bytes, length, out, &cause);
    arena_rewind(arena, mark);
    return done || fail(err, &cause);
}

size_t
event_bytes(const struct event *event)
{
    const struct json_shape *list = last_lists[event->type].list;
    uint32_t offset = last_lists[event->type].offset;

    return list ? offset + shape_list_bytes(list, (const char *)&event->as + offset)
                : event_shapes[event->type]->bytes;
}

const char *
event_key_of(enum event_type type, const void *event)
{
    return (const char *)event + key_offsets[type];
}

const char *
event_key(const struct event *event)
{
    return event_key_of(event->type, &event->as);
}

void
event_write(struct json_writer *out, const struct event *event)
{
    shape_write(event_shapes[event->type], out, &event->as);
}

enum event_type
event_type_of(const char *topic_name)
{
    for (int type = EV_NONE + 1; type < EV_COUNT; type++)
        if (topics[type].has_topic && strcmp(topics[type].name, topic_name) == 0)
            return (enum event_type)type;
    return EV_NONE;
}
"""

EMIT = BANNER + """#include "emit.h"
#include "runtime/emitter.h"

#include <string.h>

#define FIRST_BYTES 1024

/* The unused rest of the buffer goes back to the arena before anything else is taken from it. */
static void
emit(struct emitter *out, enum event_type type, const void *event, int32_t partition)
{
    struct json_writer json;
    const char *key = event_key_of(type, event);
    json_writer_init(&json, out->arena, FIRST_BYTES);
    shape_write(event_shapes[type], &json, event);
    json_writer_finish(&json);
    emitter_add(out, type, arena_text(out->arena, key, strlen(key)), json.bytes, json.length,
                partition);
}
"""

KINDS = {"id": "SHAPE_ID", "uuid": "SHAPE_UUID", "text": "SHAPE_TEXT", "flag": "SHAPE_BOOL",
         "time": "SHAPE_TIME", "name": "SHAPE_NAME", "object": "SHAPE_OBJECT", "list": "SHAPE_LIST"}


def names_lines(kind):
    values = ", ".join(f'"{value}"' for value in kind.values)
    return ["", f"const char *const {kind.name}_names[] = {{ {values}, NULL }};"]


def default_of(field):
    if field.default is None or field.default is False:
        return "0"
    return "1" if field.default is True else enum_constant(field.type, field.default)


def fields_lines(struct, name, fields):
    lines = ["", f"static const struct json_shape_field {name}_fields[] = {{"]
    for field in fields:
        has = (f"offsetof({struct}, has_{field.name})" if field.has_flag else "SHAPE_NO_OFFSET")
        required = "true" if field.required else "false"
        lines.append(f'    {{ ",\\"{field.name}\\":", {len(field.name) + 4}, {required}, '
                     f"{default_of(field)}, offsetof({struct}, {field.member}), {has},\n"
                     f"      &shape_{field.type.name} }},")
    return lines + ["};"]


def mask(fields, wanted):
    bits = sum(1 << index for index, field in enumerate(fields) if wanted(field))
    return f"UINT64_C({bits:#x})"


def object_facts(name, fields, exactly_one):
    return [f"    .fields = {name}_fields,", f"    .field_count = {len(fields)},",
            f"    .required = {mask(fields, lambda f: f.required)},",
            f"    .exactly_one = {mask(fields, lambda f: f.name in exactly_one)},"]


def list_facts(kind):
    if kind.unique is None:
        unique = "SHAPE_NO_OFFSET"
    elif kind.unique == "":
        unique = "0"
    else:
        unique = f"offsetof({c_type(kind.element)}, {kind.unique})"
    return [f"    .element = &shape_{kind.element.name},",
            f"    .elements_offset = offsetof({c_type(kind)}, at),",
            f"    .unique_offset = {unique},"]


def shape_lines(kind):
    lines = []
    if kind.kind == "name":
        lines += names_lines(kind)
    if kind.kind == "object":
        lines += fields_lines(c_type(kind), kind.name, kind.fields)
    code = KINDS.get(kind.kind) or ("SHAPE_INT64" if kind.is_wide else "SHAPE_INT32")
    lines += ["", f"const struct json_shape shape_{kind.name} = {{", f"    .kind = {code},",
              f"    .bytes = sizeof({c_type(kind)}),"]
    if kind.minimum or kind.maximum:
        lines.append(f"    .minimum = {integer(kind.minimum)},\n"
                     f"    .maximum = {integer(kind.maximum)},")
    if kind.kind == "name":
        lines += [f"    .names = {kind.name}_names,",
                  f"    .is_open = {'true' if kind.is_open else 'false'},"]
    if kind.kind == "object":
        lines += object_facts(kind.name, kind.fields, [])
    if kind.kind == "list":
        lines += list_facts(kind)
    return lines + ["};"]


def event_lines(event):
    struct = "struct " + event.snake
    lines = fields_lines(struct, event.snake, event.fields)
    lines += ["", f"static const struct json_shape event_{event.snake} = {{",
              "    .kind = SHAPE_OBJECT,", f"    .bytes = sizeof({struct}),"]
    return lines + object_facts(event.snake, event.fields, event.exactly_one) + ["};"]


def bits(model, names):
    constants = {party: constant for party, (constant, _) in
                 zip(model.parties, snake_parties(model))}
    return " | ".join(constants[name] for name in names) or "0"


def topic_lines(model):
    lines = ["", "const struct topic_info topics[EV_COUNT] = {", '    [EV_NONE] = { .name = "" },']
    for event in model.events:
        size = event.topic.get("max_message_bytes", "EVENT_BYTES_MAX")
        lines += [f"    [{event_constant(event)}] = {{",
                  f'        .name = "{event.name}",',
                  f"        .key = KEY_{event.key_kind},",
                  f"        .has_topic = {'false' if event.is_internal else 'true'},",
                  f"        .producers = {bits(model, event.topic['published_by'])},",
                  f"        .consumers = {bits(model, event.topic['consumed_by'])},",
                  f"        .max_message_bytes = {size},", "    },"]
    return lines + ["};"]


def table_lines(coded):
    lines = ["", "const struct json_shape *const event_shapes[EV_COUNT] = {"]
    lines += [f"    [{event_constant(event)}] = &event_{event.snake}," for event in coded]
    lines += ["};", "", "static const uint32_t key_offsets[EV_COUNT] = {"]
    lines += [f"    [{event_constant(event)}] = offsetof(struct {event.snake}, {event.topic['key']}),"
              for event in coded]
    lines += ["};", "", "/* The last member, where it is a list. */", "static const struct {",
              "    uint32_t offset;", "    const struct json_shape *list;",
              "} last_lists[EV_COUNT] = {"]
    for event in coded:
        last = lists_last(event.fields)[-1]
        if last.type.kind == "list":
            lines.append(f"    [{event_constant(event)}] = {{ offsetof(struct {event.snake}, "
                         f"{last.member}), &shape_{last.type.name} }},")
    return lines + ["};"]


def function_lines(model, coded):
    lines = []
    for kind in model.types.values():
        if has_json_functions(kind):
            lines += ["", "void", f"json_write_{kind.name}(struct json_writer *out, "
                      "const void *member)", "{", f"    shape_write(&shape_{kind.name}, out, member);",
                      "}", "", "bool", f"json_read_{kind.name}(const struct json_doc *doc, "
                      "uint32_t node, void *member)", "{", "    struct shape_error ignored;",
                      f"    return shape_read(&shape_{kind.name}, doc, node, member, &ignored);", "}"]
        if kind.kind == "list":
            lines += ["", "void", f"copy_{kind.name}(struct {kind.name} *to, "
                      f"const struct {kind.name} *from)", "{",
                      f"    shape_copy_list(&shape_{kind.name}, to, from);", "}"]
    for event in coded:
        lines += ["", "void", f"write_{event.snake}(struct json_writer *out, "
                  f"const struct {event.snake} *event)", "{",
                  f"    shape_write(&event_{event.snake}, out, event);", "}"]
    return lines


def events_c(model):
    coded = [event for event in model.events if event.has_codec]
    lines = []
    for kind in model.types.values():
        lines += shape_lines(kind)
    for event in coded:
        lines += event_lines(event)
    lines += topic_lines(model) + table_lines(coded)
    return HEAD + "\n".join(lines) + "\n" + FUNCTIONS + "\n".join(function_lines(model, coded)) + "\n"


def emit_c(model):
    lines = []
    for event in model.events:
        if not event.has_codec or event.is_internal:
            continue
        head = f"(struct emitter *out, const struct {event.snake} *event"
        lines += ["", "void", f"emit_{event.snake}{head})", "{",
                  f"    emit(out, {event_constant(event)}, event, -1);", "}", "", "void",
                  f"emit_{event.snake}_to{head}, int32_t partition)", "{",
                  f"    emit(out, {event_constant(event)}, event, partition);", "}"]
    return EMIT + "\n".join(lines) + "\n"
