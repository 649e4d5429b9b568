"""events.h: constants, types, one struct per event, the functions."""
from c_names import (BANNER, c_type, enum_constant, event_constant, integer, list_bound,
                     member_lines, snake_parties, text_bytes)

TOP = BANNER + """/* events.h — what the parts of jumun say to each other.
 *
 * Shapes     one struct per event of topics.json; ids and texts are structs of their own, NUL-terminated
 *            and zero to their end; lists hold `count` elements and zeros behind them.  An event's lists
 *            are its last members: event_bytes tells how much of it there is, and behind that may stand anything.
 * Units      money is won, *_us are microseconds since 1970-01-01 UTC.
 * Optional   has_<field> says whether <field> was there; where it is false, <field> is zero.
 * Errors     event_decode fills event_error: JSON pointer, a stable code, a sentence for people.
 * Threads    any.
 * Source     schemas/topics.json, schemas/common.schema.json, schemas/events/. */
#pragma once
#include "base/arena.h"
#include "base/uuid.h"
#include "json/json_shape.h"
#include <stdbool.h>
#include <stdint.h>

#define EVENT_BYTES_MAX (256u << 10) /* of an encoded event: max.message.bytes of its topic */
"""

ENVELOPE = """
/* Where a record lay.  topic is EV_NONE for what lay nowhere. */
struct source {
    enum event_type topic;
    int32_t partition;
    int64_t offset;
};

struct event {
    enum event_type type;
    struct uuid id;       /* ce_id */
    int64_t at_us;        /* the record's time stamp: "now" of every decision */
    struct source source;
    const char *value;    /* the record's own bytes, borrowed */
    uint32_t value_bytes;
    union {
%s
    } as;
};

struct event_error {
    char pointer[128];
    char code[32];
    char detail[160];
};

/* Fills type, value and as; what it needs meanwhile in the arena is given back. */
bool event_decode(struct arena *arena, enum event_type type, const char *bytes, size_t length,
                  struct event *out, struct event_error *err) MUST_USE;
/* Bytes of the event's own struct up to the last element of its last list: a copy needs no more. */
size_t event_bytes(const struct event *event);
/* The text of the field that the topic is keyed by. */
const char *event_key(const struct event *event);
/* The same for the event's own struct. */
const char *event_key_of(enum event_type type, const void *event);
void event_write(struct json_writer *out, const struct event *event);

enum key_kind {
    KEY_ORDER,
    KEY_PRODUCT,
    KEY_COUPON,
    KEY_CUSTOMER,
    KEY_ORIGINAL, /* of the record that became a dead letter */
};

/* Who publishes and who consumes: bits. */
enum party {
%s
};

struct topic_info {
    const char *name; /* of event and topic, without prefix; "" for EV_NONE */
    enum key_kind key;
    bool has_topic;   /* false: internal, travels on no topic */
    uint32_t producers; /* enum party */
    uint32_t consumers; /* enum party */
    uint32_t max_message_bytes;
};

extern const struct topic_info topics[EV_COUNT];
/* NULL where an event has no generated struct. */
extern const struct json_shape *const event_shapes[EV_COUNT];
/* By the name without prefix; EV_NONE for a topic that is not ours (or internal). */
enum event_type event_type_of(const char *topic_name);
"""


def constants(model):
    return ["#define %s %s" % (kind.macro, integer(kind.maximum))
            for kind in model.types.values() if kind.macro]


def event_types(model):
    lines = ["", "enum event_type {", "    EV_NONE = 0,"]
    for event in model.events:
        note = " /* internal, no topic */" if event.is_internal else ""
        lines.append(f"    {event_constant(event)},{note}")
    return lines + ["    EV_COUNT", "};"]


def enum_lines(kind):
    lines = ["", f"enum {kind.name} {{"]
    for index, value in enumerate(kind.values):
        start = " = 0" if index == 0 else ""
        note = " /* a name this version does not know */" if kind.is_open and index == 0 else ""
        lines.append(f"    {enum_constant(kind, value)}{start},{note}")
    return lines + ["};", f"extern const char *const {kind.name}_names[];"]


def struct_lines(name, members):
    return ["", f"struct {name} {{"] + members + ["};"]


def type_lines(model, kind):
    if kind.kind == "name":
        return enum_lines(kind)
    if kind.kind in ("id", "uuid", "text"):
        return struct_lines(kind.name, [f"    char text[{text_bytes(kind)}];"])
    if kind.kind == "object":
        return struct_lines(kind.name, member_lines(kind.fields))
    if kind.kind == "list":
        bound = list_bound(kind, list(model.types.values()))
        return struct_lines(kind.name, ["    uint32_t count;",
                                        f"    {c_type(kind.element)} at[{bound}];"])
    return []


def lists_last(fields):
    return sorted(fields, key=lambda field: field.type.kind == "list")


def has_json_functions(kind):
    return kind.kind in ("object", "list")


def function_lines(model):
    lines = ["", "/* Shared types as JSON: the functions of a COLUMN_JSON. */"]
    for kind in model.types.values():
        if has_json_functions(kind):
            lines.append(f"void json_write_{kind.name}(struct json_writer *out, const void *member);")
            lines.append(f"bool json_read_{kind.name}(const struct json_doc *doc, uint32_t node, "
                         "void *member);")
    lines += ["", "/* A list of a decoded event goes into a row or another event by these: behind its last "
              "element\n * there need not be anything. */"]
    for kind in model.types.values():
        if kind.kind == "list":
            lines.append(f"void copy_{kind.name}(struct {kind.name} *to, "
                         f"const struct {kind.name} *from);")
    lines.append("")
    for event in model.events:
        if event.has_codec:
            lines.append(f"void write_{event.snake}(struct json_writer *out, "
                         f"const struct {event.snake} *event);")
    lines += ["", "/* The tables behind them, for readers of other documents (the HTTP API). */"]
    for kind in model.types.values():
        lines.append(f"extern const struct json_shape shape_{kind.name};")
    return lines


def events_h(model):
    coded = [event for event in model.events if event.has_codec]
    lines = constants(model) + event_types(model)
    for kind in model.types.values():
        lines += type_lines(model, kind)
    for event in coded:
        lines += ["", f"/* {event.description} */"]
        lines += struct_lines(event.snake, member_lines(lists_last(event.fields)))[1:]
    union = "\n".join(f"        struct {event.snake} {event.snake};" for event in coded)
    bits = "\n".join(f"    {name} = 1u << {index}," for name, index in snake_parties(model))
    return TOP + "\n".join(lines) + "\n" + ENVELOPE % (union, bits) + "\n".join(
        function_lines(model)) + "\n"


def emit_h(model):
    lines = [BANNER + "/* emit.h — one function per event: encodes it and appends it to what the "
             "decision says.\n *\n * Units    *_to: into exactly this partition, not by key.\n"
             " * Errors   none.\n * Threads  none. */", "#pragma once",
             '#include "events.h"', "", "struct emitter;", ""]
    for event in model.events:
        if event.has_codec and not event.is_internal:
            lines.append(f"void emit_{event.snake}(struct emitter *out, "
                         f"const struct {event.snake} *event);")
            lines.append(f"void emit_{event.snake}_to(struct emitter *out, "
                         f"const struct {event.snake} *event,\n        int32_t partition);")
    return "\n".join(lines) + "\n"
