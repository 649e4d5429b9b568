"""examples_fit.py FILE: every example of an OpenAPI document is what its schema says.

The validator of the document does not look at them, and an example that is wrong is worse than none: it is what people copy.
"""
import sys

import yaml
from jsonschema import validators

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SHOWN = ("listTopics", "traceOrder", "orderWaits")  # what nobody guesses from its schema has an example


def resolved(document, node):
    while "$ref" in node:
        at = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            at = at[step.replace("~1", "/").replace("~0", "~")]
        node = at
    return node


def examples_of(document, holder):
    """Of a media type or a parameter, with their names."""
    if "example" in holder:
        yield "example", holder["example"]
    for name, example in holder.get("examples", {}).items():
        yield name, resolved(document, example)["value"]


def holders(node, path=""):
    """Every object that has a schema, wherever it stands."""
    if isinstance(node, dict) and isinstance(node.get("schema"), dict):
        yield path, node
    parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, part in parts:
        yield from holders(part, f"{path}/{name}")


def wrong_examples(document):
    count = 0
    for path, holder in holders(document):
        schema = {"$schema": DIALECT, **holder["schema"], "components": document["components"]}
        validator = validators.validator_for(schema)(schema)
        for name, value in examples_of(document, holder):
            count += 1
            for wrong in validator.iter_errors(value):
                yield f"{path}: {name}: {wrong.json_path}: {wrong.message}"
    if count == 0:
        yield "no example was found"


def missing_examples(document):
    for path, methods in document["paths"].items():
        for method in methods.values():
            if isinstance(method, dict) and method.get("operationId") in SHOWN:
                answer = method["responses"]["200"]["content"]["application/json"]
                if not list(examples_of(document, answer)):
                    yield f"{path}: {method['operationId']} shows no example"


with open(sys.argv[1], encoding="utf-8") as file:
    spec = yaml.safe_load(file)
sys.exit("\n".join([*wrong_examples(spec), *missing_examples(spec)]) or 0)
