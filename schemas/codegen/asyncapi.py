"""asyncapi.yaml (AsyncAPI 3.0): the same choreography for people and tools outside."""
import json
import re

BANNER = ("# Generated from topics.json and events/ by schemas/codegen; do not edit.\n"
          "# Anew: python3 schemas/codegen asyncapi schemas/asyncapi.yaml\n")

ABOUT = """An event-driven order and payment back end.  One topic per event type; the value is a JSON
object that always holds its key field.  Every message may arrive twice, late, or in any order across
topics.  Unknown fields are ignored; ce_id is deterministic, so a re-sent event is a repeat, byte for byte.
"""

KEY_TEXTS = {"order_id": "the order's id", "product_id": "the product's id",
             "coupon_code": "the coupon's code", "customer_id": "the customer's id",
             "original": "the key of the record that could not be handled"}


def scalar(value):
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_./ -]*[A-Za-z0-9]", value) and (
            value.lower() not in ("true", "false", "null", "yes", "no", "on", "off", "y", "n")):
        return value
    return json.dumps(value, ensure_ascii=False)


def yaml_lines(value, indent):
    """Block style; strings that could mean something else are in double quotes, as in JSON."""
    pad = "  " * indent
    if isinstance(value, dict):
        for name, part in value.items():
            label = f"{pad}{scalar(name)}:"
            if isinstance(part, (dict, list)) and part:
                yield label
                yield from yaml_lines(part, indent + 1)
            else:
                yield f"{label} {scalar(part)}"
    else:
        for part in value:
            lines = list(yaml_lines(part, indent + 1)) if isinstance(part, dict) else [
                f"{pad}  {scalar(part)}"]
            yield f"{pad}- {lines[0].lstrip()}"
            yield from lines[1:]


def text(description, **more):
    return {"type": "string", "description": description, **more}


def headers():
    properties = {
        "ce_specversion": text("CloudEvents 1.0, Kafka binary mode.", const="1.0"),
        "ce_id": text("Deterministic: a UUIDv5 of the cause or of the intent.  Missing: UUIDv5 of "
                      "topic, partition and offset."),
        "ce_type": text("The event's name, which is the topic's name."),
        "ce_source": text("Who says it: /jumun/<service>."),
        "ce_time": text("RFC 3339; for decisions the record time stamp of their cause.",
                        format="date-time"),
        "ce_subject": text("The record's key."),
        "content-type": text("The value's type.", const="application/json"),
        "traceparent": text("W3C trace context."),
        "jumun-cause": text("On derived events: topic/partition/offset of the cause."),
    }
    return {"type": "object", "description": "All may be missing.", "properties": properties}


def channel(event):
    size = event.topic.get("max_message_bytes", 256 * 1024)
    return {"address": event.name, "description": event.description,
            "messages": {event.name: {"$ref": f"#/components/messages/{event.name}"}},
            "bindings": {"kafka": {"topicConfiguration": {
                "cleanup.policy": ["delete"], "retention.ms": -1, "max.message.bytes": size}}}}


def message(event):
    return {"name": event.name, "title": event.name, "summary": event.description,
            "contentType": "application/json",
            "headers": {"$ref": "#/components/schemas/headers"},
            "payload": {"schemaFormat": "application/schema+json;version=2020-12",
                        "schema": {"$ref": f"./events/{event.name}.schema.json"}},
            "bindings": {"kafka": {"key": text(KEY_TEXTS[event.topic["key"]])}}}


def operation(party, action, event):
    return {"action": action, "channel": {"$ref": f"#/channels/{event.name}"},
            "messages": [{"$ref": f"#/channels/{event.name}/messages/{event.name}"}],
            "tags": [{"name": party}]}


def operations(events, parties):
    found = {}
    for party in parties:
        for event in events:
            if party in event.topic["published_by"]:
                found[f"{party}-sends-{event.name}"] = operation(party, "send", event)
            if party in event.topic["consumed_by"]:
                found[f"{party}-receives-{event.name}"] = operation(party, "receive", event)
    return found


def asyncapi_yaml(model):
    events = [event for event in model.events if not event.is_internal]
    document = {
        "asyncapi": "3.0.0",
        "info": {"title": "jumun", "version": "1.0.0", "description": " ".join(ABOUT.split()),
                 "license": {"name": "Apache-2.0"}},
        "defaultContentType": "application/json",
        "channels": {event.name: channel(event) for event in events},
        "operations": operations(events, model.parties),
        "components": {"schemas": {"headers": headers()},
                       "messages": {event.name: message(event) for event in events}},
    }
    return BANNER + "\n".join(yaml_lines(document, 0)) + "\n"
