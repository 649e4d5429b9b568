"""topic_docs.h, topic_docs.c: what each topic means, as JSON, for those who look at a running system."""
import json

from c_names import BANNER, event_constant

HEADER = BANNER + """/* topic_docs.h — what each topic means, for people: JSON members, without the braces around them.
 *
 * Shapes     "event", "description", "key", "published_by", "consumed_by", "fields": [{"name","type","json","required",
 *            "description"}, and "values" of what is one of some names].  json: how it is written.  NULL: not a topic.
 * Threads    const data. */
#pragma once
#include "events.h"

extern const char *const topic_docs[EV_COUNT];
"""

LITERAL_BYTES_MAX = 90  # of a line of C


JSON_OF = {"integer": "integer", "flag": "boolean"}  # all others but these, objects and lists are strings


def json_of(kind):
    """How a value is written: {a, b} an object with these members, […] a list of such."""
    if kind.kind == "list":
        return f"[{json_of(kind.element)}]"
    if kind.kind == "object":
        return "{" + ", ".join(field.name for field in kind.fields) + "}"
    return JSON_OF.get(kind.kind, "string")


def field_doc(field):
    doc = {"name": field.name, "type": field.type.name, "json": json_of(field.type),
           "required": field.required, "description": field.description}
    if field.type.values:
        doc["values"] = [name for name in field.type.values if name != "OTHER"]
    return doc


def plain_json_of(schema):
    """The same of a schema that names no types."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    texts = {"array": lambda: f"[{plain_json_of(schema['items'])}]",
             "object": lambda: "{" + ", ".join(schema["properties"]) + "}"}
    return " | ".join(texts.get(kind, lambda kind=kind: kind)() for kind in kinds)


def plain_doc(name, schema, required):
    return {"name": name, "type": None, "json": plain_json_of(schema), "required": required,
            "description": schema["description"]}


def fields_doc(event):
    if event.schema is None:
        return [field_doc(field) for field in event.fields]
    return [plain_doc(name, part, name in event.schema["required"])
            for name, part in event.schema["properties"].items()]


def topic_doc(event):
    topic = event.topic
    return {"event": event.name, "description": event.description, "key": topic["key"],
            "published_by": topic["published_by"], "consumed_by": topic["consumed_by"],
            "fields": fields_doc(event)}


def literal(text):
    """A C string in pieces that fit a line; no piece ends within an escape."""
    pieces, piece = [], ""
    for character in text:
        escaped = {'"': '\\"', "\\": "\\\\"}.get(character, character)
        if len((piece + escaped).encode()) > LITERAL_BYTES_MAX:
            pieces.append(piece)
            piece = ""
        piece += escaped
    return [f'"{part}"' for part in pieces + [piece]]


def topic_docs_h(_):
    return HEADER


def topic_docs_c(schemas):
    lines = [BANNER + '#include "topic_docs.h"', "", "const char *const topic_docs[EV_COUNT] = {"]
    for event in schemas.events:
        if event.is_internal:
            continue
        text = json.dumps(topic_doc(event), ensure_ascii=False, separators=(",", ":"))[1:-1]
        parts = literal(text)
        lines.append(f"    [{event_constant(event)}] =")
        lines += [f"        {part}" for part in parts[:-1]] + [f"        {parts[-1]},"]
    return "\n".join(lines + ["};"]) + "\n"
