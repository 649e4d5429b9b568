"""Random documents, most of them damaged: codec and python3-jsonschema must agree on each.

What a JSON Schema cannot say is added here a second time, by other means than the codec's.
CODEC_SEED and CODEC_DOCUMENTS (per event) repeat or widen a run.
"""
import copy
import datetime
import json
import os
import random
import unittest

import codec
import model

NASTY = [None, True, False, 0, -1, 1, 1.0, 1.5, 100, 101, 1001, 2**31 - 1, 2**31, 2**53 - 1, 2**53,
         2**63 - 1, 2**63, 2**64, -2**63, "", " ", "12", "x", "x" * 64, "x" * 65, "a b", "a\n", "\n",
         "\u3000", "\u00a0x", "\u0085", "\u200b", "\ufeff", "가", "가" * 101, "😀" * 100, "a\0", "KRW",
         "OTHER", "wait", "WAIT", "CANCELLED", "9" * 64, "2026-11-22T09:00:00Z",
         "2026-02-29T09:00:00Z", "2024-02-29T23:59:59.9999+23:59", "0001-01-01T00:00:00+00:01",
         "2026-11-22T09:00:60Z", "2026-11-22T09:00:00.000Z\n", "1969-12-31T23:59:59.9995Z",
         "0190f5a0-1b2c-7d3e-8f40-112233445566", "0190F5A0-1b2c-7d3e-8f40-112233445566", [], {}, [[]],
         [{}], [1, 2], {"product_id": "a", "quantity": 1}]


class Documents:
    """Valid documents of an event, and damage."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def text(self, maximum):
        letters = "abz 가나 😀\u3000é\"\\/\n\x01\x7f"
        size = self.random.choice([1, 2, 7, 8, 9, 17, maximum])
        return "".join(self.random.choice(letters) for _ in range(size - 1)) + "x"

    def name(self, maximum):
        size = self.random.choice([1, 3, 8, 20, maximum])
        return "".join(self.random.choice("abzABZ019._:-") for _ in range(size))

    def time(self):
        zone = self.random.choice(["Z", "+09:00", "-11:30", "+00:00"])
        fraction = self.random.choice(["", ".5", ".123", ".123456", ".999999999"])
        return "%04d-%02d-%02dT%02d:%02d:%02d%s%s" % (
            self.random.randint(2, 9998), self.random.randint(1, 12), self.random.randint(1, 28),
            self.random.randint(0, 23), self.random.randint(0, 59), self.random.randint(0, 59),
            fraction, zone)

    def value(self, kind):
        if kind.kind == "id":
            return self.name(kind.maximum)
        if kind.kind == "uuid":
            bits = "%032x" % self.random.getrandbits(128)
            return "-".join([bits[:8], bits[8:12], bits[12:16], bits[16:20], bits[20:]])
        if kind.kind == "integer":
            return self.random.choice([kind.minimum, kind.maximum,
                                       self.random.randint(kind.minimum, kind.maximum)])
        if kind.kind == "name":
            return self.random.choice(kind.values + ["LATER"] * kind.is_open)
        if kind.kind == "list":
            size = self.random.choice([kind.minimum, 1, 2, 3, kind.maximum])
            return [self.value(kind.element) for _ in range(size)]
        if kind.kind == "object":
            return {field.name: self.value(field.type) for field in kind.fields}
        return {"text": lambda: self.text(kind.maximum), "time": self.time,
                "flag": lambda: self.random.random() < 0.5}[kind.kind]()

    def event(self, event):
        document = {field.name: self.value(field.type) for field in event.fields
                    if field.required or self.random.random() < 0.5}
        if event.exactly_one and self.random.random() < 0.9:
            for name in event.exactly_one:
                document.pop(name, None)
            kept = self.random.choice(event.exactly_one)
            document[kept] = self.value(next(f.type for f in event.fields if f.name == kept))
        items = list(document.items())
        if self.random.random() < 0.3:
            self.random.shuffle(items)
        return dict(items)

    def places(self, value):
        """Every (container, key) within a value."""
        steps = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in list(steps):
            yield value, key
            if isinstance(part, (dict, list)):
                yield from self.places(part)

    def damage(self, document):
        container, key = self.random.choice(list(self.places(document)))
        kind = self.random.random()
        if kind < 0.2:
            del container[key]
        elif kind < 0.3 and isinstance(container, list):
            container.append(copy.deepcopy(container[key]))
        elif kind < 0.4 and isinstance(container, dict):
            container["later"] = self.random.choice(NASTY)
        else:
            container[key] = copy.deepcopy(self.random.choice(NASTY))

    def encode(self, document):
        text = json.dumps(document, ensure_ascii=self.random.random() < 0.5,
                          indent=self.random.choice([None, None, 1]),
                          separators=self.random.choice([None, (",", ":")]))
        return text.encode("utf-8")


def instant(text):
    """UTC with milliseconds, or None when there is no such time."""
    try:
        day, clock = text[:19].split("T")
        rest = text[19:]
        digits = rest[1:].split("Z")[0].split("+")[0].split("-")[0] if rest[0] == "." else ""
        zone = rest[len(digits) + (rest[0] == "."):].replace("Z", "+00:00")
        at = datetime.datetime.fromisoformat(f"{day}T{clock}{zone}")
        return at.astimezone(datetime.timezone.utc).strftime("%04Y-%m-%dT%H:%M:%S").rjust(19, "0") + (
            "." + (digits + "000")[:3] + "Z")
    except (ValueError, OverflowError):
        return None


def holds_nul(value):
    if isinstance(value, dict):
        return any("\0" in key or holds_nul(part) for key, part in value.items())
    if isinstance(value, list):
        return any(map(holds_nul, value))
    return isinstance(value, str) and "\0" in value


def beyond_schema(kind, value):
    """True when a rule refuses the value that its (valid) schema cannot state."""
    if kind.kind in ("id", "uuid", "time", "name") and value.endswith("\n"):
        return True
    if kind.kind == "time":
        return instant(value) is None
    if kind.kind == "list":
        keys = [part[kind.unique] if kind.unique else part for part in value]
        return (kind.unique is not None and len(set(keys)) < len(keys)
                or any(beyond_schema(kind.element, part) for part in value))
    if kind.kind == "object":
        return any(beyond_schema(field.type, value[field.name]) for field in kind.fields)
    return False


def normal(kind, value):
    if kind.kind == "time":
        return instant(value)
    if kind.kind == "name":
        return value if value in kind.values else "OTHER"
    if kind.kind == "list":
        return [normal(kind.element, part) for part in value]
    if kind.kind == "object":
        return {field.name: normal(field.type, value[field.name]) for field in kind.fields}
    return value


class Differential(unittest.TestCase):
    def setUp(self):
        self.seed = int(os.environ.get("CODEC_SEED", "1"))
        self.codec, self.validators = codec.Codec(), codec.validators()
        self.refused = self.accepted = 0

    def tearDown(self):
        self.codec.close()

    def judge(self, event, data):
        value = codec.load(data, parse_float=codec.Float)
        fields = [field for field in event.fields if isinstance(value, dict) and field.name in value]
        valid = (self.validators[event.name].is_valid(value) and not holds_nul(value)
                 and not any(beyond_schema(field.type, value[field.name]) for field in fields))
        if not valid:
            return None
        expected = {field.name: normal(field.type, value[field.name]) for field in fields}
        for field in event.fields:
            if field.default is not None:
                expected.setdefault(field.name, field.default)
        return json.dumps({field.name: expected[field.name] for field in event.fields
                           if field.name in expected},
                          ensure_ascii=False, separators=(",", ":")).encode("utf-8")

    def compare(self, event, data):
        expected, answer = self.judge(event, data), self.codec.ask(event.name, data)
        if expected is None:
            self.refused += 1
            self.assertEqual(answer[0], "bad", (event.name, data))
        else:
            self.accepted += 1
            self.assertEqual(answer, ("ok", expected), (event.name, data))

    def test_codec_and_schema_agree(self):
        documents = Documents(self.seed)
        for event in model.Model(codec.SCHEMAS).events:
            if not event.has_codec:
                continue
            for _ in range(int(os.environ.get("CODEC_DOCUMENTS", "120"))):
                document = documents.event(event)
                self.compare(event, documents.encode(document))
                documents.damage(document)
                self.compare(event, documents.encode(document))
        self.assertGreater(min(self.refused, self.accepted) * 5, self.accepted + self.refused,
                           "both kinds are well represented")
        print(f"{self.accepted} accepted, {self.refused} refused, seed {self.seed}")


if __name__ == "__main__":
    unittest.main()
