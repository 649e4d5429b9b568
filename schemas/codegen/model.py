"""Reads the schemas into a model, and refuses what lies outside the closed subset.

The subset: every type has a name in common.schema.json; an event is an object whose members refer to
those names.  See CONTRIBUTING, "Add an event".
"""
import json
import pathlib
import re

ID_PATTERN = "^[A-Za-z0-9._:-]{1,64}$"
UUID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
WHITE_SPACE = (r"\u0009-\u000D\u0020\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000")
TEXT_PATTERN = r"^[^\u0000]*[^\u0000" + WHITE_SPACE + r"][^\u0000]*$"
TIME_PATTERN = ("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
                "(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$")
DIALECT = "https://json-schema.org/draft/2020-12/schema"
LIST_ITEMS_MAX = 255
OBJECT_FIELDS_MAX = 64
TEXT_CHARACTERS_MAX = 4000
INT32_MAX = 2**31 - 1
C_NAME = re.compile(r"(?!(auto|break|case|char|const|continue|default|do|double|else|enum|extern|float"
                    r"|for|goto|if|inline|int|long|register|restrict|return|short|signed|sizeof"
                    r"|static|struct|switch|typedef|union|unsigned|void|volatile|while)$)"
                    r"[a-z][a-z0-9_]{0,26}")
KEYS = {"order_id": "ORDER", "product_id": "PRODUCT", "coupon_code": "COUPON",
        "customer_id": "CUSTOMER", "original": "ORIGINAL"}


class SchemaError(Exception):
    """A schema outside the subset; the message names the file, the place and what is possible."""


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Place:
    """Where we are, for messages, and the checks that every place needs."""

    def __init__(self, file, path=""):
        self.file, self.path = file, path

    def at(self, step):
        return Place(self.file, f"{self.path}/{step}")

    def refuse(self, message):
        raise SchemaError(f"{self.file}#{self.path}: {message}")

    def only(self, schema, *allowed):
        if not isinstance(schema, dict):
            self.refuse("an object is expected here")
        for keyword in schema:
            if keyword not in allowed:
                self.refuse(f'keyword "{keyword}" is outside the subset; possible here: '
                            + ", ".join(sorted(allowed)))

    def need(self, schema, keyword, kind):
        value = schema.get(keyword)
        if not isinstance(value, kind) or isinstance(value, bool) and kind is not bool:
            self.refuse(f'"{keyword}" is needed here')
        return value


class Type:
    """A named type: kind is one of id uuid text integer flag time name object list."""

    def __init__(self, name, kind, **facts):
        self.name, self.kind = name, kind
        self.minimum = self.maximum = 0
        self.macro = None          # name of the constant that holds the maximum
        self.values, self.is_open = [], False
        self.fields, self.exactly_one = [], []
        self.element = self.unique = self.description = None
        self.__dict__.update(facts)

    @property
    def is_wide(self):
        return self.kind == "time" or self.maximum > INT32_MAX or self.minimum < -INT32_MAX


class Field:
    def __init__(self, name, kind, required, default=None, description=None):
        self.name, self.type, self.required, self.default = name, kind, required, default
        self.description = description or kind.description

    @property
    def has_flag(self):
        return not self.required and self.default is None

    @property
    def member(self):
        return self.name + "_us" if self.type.kind == "time" else self.name


class Event:
    def __init__(self, name, topic, fields, exactly_one, description):
        self.name, self.snake, self.topic = name, snake(name), topic
        self.fields, self.exactly_one, self.description = fields, exactly_one, description
        self.is_internal = self.has_codec = False
        self.schema = None  # of an event without codec: it is described, and nothing is made from it

    @property
    def key_kind(self):
        return KEYS[self.topic["key"]]


def read_json(path):
    def unique(pairs):
        names = [name for name, _ in pairs]
        for name in names:
            if names.count(name) > 1:
                raise SchemaError(f'{path.name}: the name "{name}" stands twice in one object')
        return dict(pairs)
    try:
        return json.loads(path.read_text("utf-8"), object_pairs_hook=unique)
    except ValueError as wrong:
        raise SchemaError(f"{path.name}: not JSON: {wrong}") from wrong


def reference(place, schema, prefix, *more):
    """The name that {"$ref": prefix + name} means."""
    place.only(schema, "$ref", "description", *more)
    target = place.need(schema, "$ref", str)
    if not target.startswith(prefix):
        place.refuse(f'"$ref" must start with "{prefix}": types live in common.schema.json')
    return target[len(prefix):]


def names(place, schema, keyword):
    values = place.need(schema, keyword, list)
    for value in values:
        if not isinstance(value, str) or not re.fullmatch("[A-Za-z][A-Za-z0-9_]{0,63}", value):
            place.refuse(f'"{keyword}" lists names of letters, digits and _')
    if len(set(map(str.upper, values))) < len(values) or not values or "OTHER" in values:
        place.refuse(f'"{keyword}" lists each name once, and OTHER means any name not listed')
    return values


def string_type(place, name, schema):
    common = ("description", "type", "x-c-max")
    if "enum" in schema:
        place.only(schema, "enum", *common)
        return Type(name, "name", values=names(place, schema, "enum"))
    if "x-known" in schema:
        place.only(schema, "x-known", "pattern", *common)
        if schema.get("pattern") != ID_PATTERN:
            place.refuse("an open list of names needs the pattern of an id")
        return Type(name, "name", values=["OTHER"] + names(place, schema, "x-known"), is_open=True)
    if schema.get("format") == "date-time":
        place.only(schema, "format", "pattern", *common)
        if schema.get("pattern") != TIME_PATTERN:
            place.refuse("a time needs the pattern of RFC 3339: " + TIME_PATTERN)
        return Type(name, "time")
    pattern = schema.get("pattern")
    if pattern == ID_PATTERN:
        place.only(schema, "pattern", *common)
        return Type(name, "id", maximum=64)
    if pattern == UUID_PATTERN:
        place.only(schema, "pattern", *common)
        return Type(name, "uuid", maximum=36)
    if pattern != TEXT_PATTERN:
        place.refuse("a string is an id, a UUID, a time, a list of names or a text that is not "
                     "blank; this pattern is none of theirs")
    place.only(schema, "pattern", "maxLength", *common)
    maximum = place.need(schema, "maxLength", int)
    if not 1 <= maximum <= TEXT_CHARACTERS_MAX:
        place.refuse(f'"maxLength" must be 1 to {TEXT_CHARACTERS_MAX}')
    return Type(name, "text", maximum=maximum)


def integer_type(place, name, schema):
    place.only(schema, "description", "type", "minimum", "maximum", "x-c-max")
    low, high = place.need(schema, "minimum", int), place.need(schema, "maximum", int)
    if low > high or not -2**63 <= low <= high < 2**63:
        place.refuse("minimum and maximum must be a range within 64 bits")
    return Type(name, "integer", minimum=low, maximum=high)


def object_fields(place, schema, known, prefix):
    properties = place.need(schema, "properties", dict)
    required = place.need(schema, "required", list)
    for name in required:
        if name not in properties:
            place.refuse(f'"{name}" is required but no property')
    if not 1 <= len(properties) <= OBJECT_FIELDS_MAX:
        place.refuse(f"1 to {OBJECT_FIELDS_MAX} properties are possible")
    fields = []
    for name, part in properties.items():
        here = place.at(f"properties/{name}")
        if not C_NAME.fullmatch(name):
            here.refuse("a member's name is at most 27 of a-z, 0-9 and _, and no word of C")
        target = reference(here, part, prefix, "default")
        if target not in known:
            here.refuse(f'no type "{target}" above this one in common.schema.json')
        if name != target and not part.get("description"):
            here.refuse(f'"description" is needed: the type "{target}" does not say what "{name}" is')
        fields.append(Field(name, known[target], name in required, part.get("default"),
                            part.get("description")))
        check_default(here, fields[-1], "default" in part)
    return [f for f in fields if f.required] + [f for f in fields if not f.required]


def check_default(place, field, has_default):
    if not has_default:
        return
    if field.required:
        place.refuse("a required member has no default")
    flag = field.type.kind == "flag" and isinstance(field.default, bool)
    named = field.type.kind == "name" and field.default in field.type.values
    if not flag and not named:
        place.refuse("only a flag or a name can have a default, and it must be one of its values")


def list_type(place, name, schema, known):
    place.only(schema, "description", "type", "items", "minItems", "maxItems", "uniqueItems",
               "x-unique", "x-c-max")
    element = reference(place.at("items"), place.need(schema, "items", dict), "#/$defs/")
    if element not in known or known[element].kind not in ("id", "uuid", "object"):
        place.refuse("items must refer to an id or an object above this type")
    low, high = place.need(schema, "minItems", int), place.need(schema, "maxItems", int)
    if not 0 <= low <= high <= LIST_ITEMS_MAX or high == 0:
        place.refuse(f"maxItems must be 1 to {LIST_ITEMS_MAX}, and minItems not more")
    unique = schema.get("x-unique")
    if unique is not None and unique not in [f.name for f in known[element].fields
                                             if f.type.kind in ("id", "uuid")]:
        place.refuse('"x-unique" must name an id in the items')
    if schema.get("uniqueItems"):
        if known[element].kind == "object":
            place.refuse('"uniqueItems" is possible for ids; objects have "x-unique"')
        unique = ""
    return Type(name, "list", minimum=low, maximum=high, element=known[element], unique=unique)


def named_type(place, name, schema, known):
    kind = schema.get("type") if isinstance(schema, dict) else None
    if kind == "string":
        return string_type(place, name, schema)
    if kind == "integer":
        return integer_type(place, name, schema)
    if kind == "boolean":
        place.only(schema, "description", "type")
        return Type(name, "flag")
    if kind == "array":
        return list_type(place, name, schema, known)
    if kind == "object":
        place.only(schema, "description", "type", "properties", "required")
        fields = object_fields(place, schema, known, "#/$defs/")
        if not all(f.required for f in fields):
            place.refuse("every member of a shared object is required")
        return Type(name, "object", fields=fields)
    return place.refuse(f'type "{kind}" is outside the subset')


def read_types(path):
    document = read_json(path)
    place = Place(path.name)
    place.only(document, "$schema", "title", "$defs")
    known = {}
    for name, schema in place.need(document, "$defs", dict).items():
        here = place.at(f"$defs/{name}")
        if not C_NAME.fullmatch(name):
            here.refuse("a type's name is at most 27 of a-z, 0-9 and _, and no word of C")
        known[name] = named_type(here, name, schema, known)
        known[name].macro = schema.get("x-c-max")
        known[name].description = here.need(schema, "description", str)
    return known


def alternatives(place, schema, fields):
    """"oneOf": [{"required": ["a"]}, {"required": ["b"]}] → ["a", "b"], which must be optional."""
    chosen = []
    for part in schema.get("oneOf", []):
        place.at("oneOf").only(part, "required")
        single = place.need(part, "required", list)
        if len(single) != 1:
            place.refuse('"oneOf" lists single required members')
        chosen += single
    for name in chosen:
        if name not in [f.name for f in fields if f.has_flag]:
            place.refuse(f'"oneOf" names "{name}", which is no optional member')
    return chosen


def read_event(folder, topic, known):
    name = topic["event"]
    path = folder / "events" / f"{name}.schema.json"
    place = Place(f"events/{path.name}")
    if not path.exists():
        raise SchemaError(f"topics.json: {name} has no events/{path.name}")
    schema = read_json(path)
    if schema.get("title") != name or schema.get("$schema") != DIALECT:
        place.refuse(f'"title" must be "{name}" and "$schema" "{DIALECT}"')
    if topic.get("codec") is False:
        event = Event(name, topic, [], [], place.need(schema, "description", str))
        event.schema = schema
        return event
    place.only(schema, "$schema", "title", "description", "type", "properties", "required", "oneOf")
    if schema.get("type") != "object":
        place.refuse('an event is of type "object"')
    fields = object_fields(place, schema, known, "../common.schema.json#/$defs/")
    event = Event(name, topic, fields, alternatives(place, schema, fields),
                  place.need(schema, "description", str))
    event.has_codec = True
    if topic["key"] not in [f.name for f in fields if f.required]:
        place.refuse(f'the topic\'s key "{topic["key"]}" must be a required member')
    return event


def check_topic(place, topic, parties, seen):
    place.only(topic, "event", "key", "published_by", "consumed_by", "codec", "max_message_bytes")
    if place.need(topic, "event", str) in seen:
        place.refuse(f"{topic['event']} stands twice")
    if topic.get("key") not in KEYS:
        place.refuse(f"key must be one of {', '.join(KEYS)}")
    for side in ("published_by", "consumed_by"):
        for party in topic.get(side) or [place.refuse(f"{topic['event']}: {side} is empty")]:
            if party not in parties:
                place.refuse(f'{topic["event"]}: "{party}" in {side} is none of the parties')
    seen.add(topic["event"])


class Model:
    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.types = read_types(folder / "common.schema.json")
        topics = read_json(folder / "topics.json")
        place, seen = Place("topics.json"), set()
        place.only(topics, "description", "parties", "topics", "internal")
        self.parties, self.events = place.need(topics, "parties", list), []
        internal = place.need(topics, "internal", list)
        for topic in place.need(topics, "topics", list) + internal:
            check_topic(place, topic, self.parties, seen)
            self.events.append(read_event(folder, topic, self.types))
            self.events[-1].is_internal = topic in internal
        for path in sorted((folder / "events").glob("*.schema.json")):
            if path.name.removesuffix(".schema.json") not in seen:
                raise SchemaError(f"events/{path.name} stands in no list of topics.json")
