"""topic_docs.h, topic_docs.c: what each topic means, as JSON, for those who look at a running system."""
import json

from c_names import BANNER, event_constant

HEADER = BANNER + """/* topic_docs.h — what each topic means, for people: JSON members, without the braces around them.
 *
 * Shapes     "event", "description", "key", "published_by", "consumed_by", "fields": [{"name","type","required"}, and
 *            "values" of what is one of some names].  NULL: not a topic.
 * Threads    const data. */
#pragma once
#include "events.h"

extern const char *const topic_docs[EV_COUNT];
"""

LITERAL_BYTES_MAX = 90  # of a line of C


def field_doc(field):
    doc = {"name": field.name, "type": field.type.name, "required": field.required}
    if field.type.values:
        doc["values"] = list(field.type.values)
    return doc


def topic_doc(event):
    topic = event.topic
    return {"event": event.name, "description": event.description, "key": topic["key"],
            "published_by": topic["published_by"], "consumed_by": topic["consumed_by"],
            "fields": [field_doc(field) for field in event.fields]}


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
