"""The generator refuses what lies outside its subset, by name and place, and is deterministic."""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import codec

GENERATOR = codec.SCHEMAS / "codegen"
OUTPUTS = ("events.h", "events.c", "emit.h", "emit.c", "topic_docs.h", "topic_docs.c")
ORDER_ID = {"$ref": "../common.schema.json#/$defs/order_id"}


def run(*arguments):
    return subprocess.run([sys.executable, "-B", GENERATOR, *arguments], capture_output=True,
                          text=True, check=False)


class Workshop(unittest.TestCase):
    """A copy of the schemas that a test may spoil."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="jumun-codegen-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.schemas = self.folder / "schemas"
        self.schemas.mkdir()
        shutil.copytree(codec.SCHEMAS / "events", self.schemas / "events")
        for name in ("common.schema.json", "topics.json"):
            shutil.copy(codec.SCHEMAS / name, self.schemas)

    def change(self, file, change):
        path = self.schemas / file
        document = json.loads(path.read_text("utf-8"))
        change(document)
        path.write_text(json.dumps(document), "utf-8")

    def event(self, change, name="PaymentVoided"):
        self.change(f"events/{name}.schema.json", change)

    def types(self, **defs):
        self.change("common.schema.json", lambda document: document["$defs"].update(defs))

    def topics(self, change):
        self.change("topics.json", change)

    def generate(self, out="out"):
        return run("c", self.folder / out, self.schemas)

    def assert_refused(self, *parts):
        done = self.generate()
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, "one clear line, no traceback: " + done.stderr)
        for part in parts:
            self.assertIn(part, done.stderr)
        self.assertFalse((self.folder / "out").exists(), "nothing is written")


class Refusals(Workshop):
    def test_a_keyword_outside_the_subset(self):
        self.event(lambda schema: schema.update(additionalProperties=False))
        self.assert_refused("events/PaymentVoided.schema.json", '"additionalProperties"')

    def test_a_type_written_inline(self):
        self.event(lambda schema: schema["properties"].update(note={"type": "string"}))
        self.assert_refused("#/properties/note", '"type" is outside the subset')

    def test_a_reference_to_nothing(self):
        self.event(lambda schema: schema["properties"].update(
            note={"$ref": "../common.schema.json#/$defs/note"}))
        self.assert_refused("#/properties/note", 'no type "note"')

    def test_a_reference_to_another_file(self):
        self.event(lambda schema: schema["properties"].update(note={"$ref": "other.json"}))
        self.assert_refused("#/properties/note", "common.schema.json")

    def test_a_required_member_that_is_no_property(self):
        self.event(lambda schema: schema["required"].append("nobody"))
        self.assert_refused('"nobody" is required but no property')

    def test_a_name_that_is_no_c_name(self):
        self.event(lambda schema: schema["properties"].update({"on-time": ORDER_ID}))
        self.assert_refused("#/properties/on-time", "a-z, 0-9 and _")

    def test_a_name_that_is_a_word_of_c(self):
        self.event(lambda schema: schema["properties"].update({"default": ORDER_ID}))
        self.assert_refused("#/properties/default", "no word of C")

    def test_names_that_would_be_one_in_c(self):
        self.types(size={"type": "string", "enum": ["small", "SMALL"]})
        self.assert_refused("#/$defs/size", "each name once")
        self.types(size={"type": "string", "enum": ["too large"]})
        self.assert_refused("#/$defs/size", "letters, digits and _")

    def test_an_event_that_says_nothing(self):
        self.event(lambda schema: schema.pop("description"))
        self.assert_refused("events/PaymentVoided", '"description" is needed')

    def test_a_member_that_nobody_explains(self):
        self.event(lambda schema: schema["properties"].update(
            refund={"$ref": "../common.schema.json#/$defs/money"}))
        self.assert_refused("#/properties/refund", '"description" is needed',
                            'the type "money" does not say what "refund" is')

    def test_a_type_that_nobody_explains(self):
        self.types(size={"type": "string", "enum": ["small"]})
        self.assert_refused("common.schema.json#/$defs/size", '"description" is needed')

    def test_a_default_that_is_no_value_of_its_type(self):
        self.event(lambda schema: schema["properties"]["on_payment_failure"].update(default="later"),
                   "OrderRequested")
        self.assert_refused("#/properties/on_payment_failure", "default")

    def test_a_default_of_a_required_member(self):
        self.event(lambda schema: schema["properties"]["auto_pay"].update(default=True), "OrderCreated")
        self.assert_refused("#/properties/auto_pay", "a required member has no default")

    def test_alternatives_that_are_required(self):
        self.event(lambda schema: schema.update(oneOf=[{"required": ["customer_id"]}]))
        self.assert_refused('"oneOf" names "customer_id"')

    def test_a_title_that_is_not_the_event(self):
        self.event(lambda schema: schema.update(title="PaymentVoid"))
        self.assert_refused('"title" must be "PaymentVoided"')

    def test_another_dialect(self):
        self.event(lambda schema: schema.update({"$schema": "http://json-schema.org/draft-07/schema#"}))
        self.assert_refused('"$schema"')

    def test_an_unbounded_integer(self):
        self.types(count={"type": "integer", "minimum": 0})
        self.assert_refused("common.schema.json#/$defs/count", '"maximum" is needed')

    def test_a_range_beyond_64_bits(self):
        self.types(count={"type": "integer", "minimum": 0, "maximum": 2**63})
        self.assert_refused("#/$defs/count", "64 bits")

    def test_a_string_without_limit_or_with_a_pattern_of_its_own(self):
        self.types(note={"type": "string"})
        self.assert_refused("#/$defs/note", "pattern is none of theirs")
        self.types(note={"type": "string", "pattern": "^[a-z]+$"})
        self.assert_refused("#/$defs/note", "pattern is none of theirs")

    def test_a_number_that_is_no_integer(self):
        self.types(rate={"type": "number"})
        self.assert_refused("#/$defs/rate", 'type "number" is outside the subset')

    def test_an_unbounded_list(self):
        self.types(ids={"type": "array", "items": {"$ref": "#/$defs/order_id"}, "minItems": 0})
        self.assert_refused("#/$defs/ids", '"maxItems" is needed')

    def test_a_list_of_what_cannot_be_listed(self):
        self.types(sums={"type": "array", "items": {"$ref": "#/$defs/money"}, "minItems": 0,
                         "maxItems": 3})
        self.assert_refused("#/$defs/sums", "an id or an object")

    def test_uniqueness_of_what_is_not_there(self):
        self.change("common.schema.json",
                    lambda document: document["$defs"]["order_lines"].update({"x-unique": "sku"}))
        self.assert_refused("#/$defs/order_lines", '"x-unique"')

    def test_a_shared_object_with_optional_members(self):
        self.change("common.schema.json",
                    lambda document: document["$defs"]["shipping"]["required"].remove("contact"))
        self.assert_refused("#/$defs/shipping", "every member of a shared object is required")

    def test_what_is_not_json_or_holds_a_name_twice(self):
        path = self.schemas / "common.schema.json"
        path.write_text("{", "utf-8")
        self.assert_refused("common.schema.json: not JSON")
        path.write_text('{"$defs": {}, "$defs": {}}', "utf-8")
        self.assert_refused('"$defs" stands twice')


class Topics(Workshop):
    def test_a_topic_without_schema(self):
        (self.schemas / "events" / "OrderPaid.schema.json").unlink()
        self.assert_refused("topics.json: OrderPaid has no events/OrderPaid.schema.json")

    def test_a_schema_without_topic(self):
        shutil.copy(self.schemas / "events" / "OrderPaid.schema.json",
                    self.schemas / "events" / "OrderLost.schema.json")
        self.assert_refused("events/OrderLost.schema.json stands in no list")

    def test_a_topic_that_stands_twice(self):
        self.topics(lambda document: document["topics"].append(document["topics"][0]))
        self.assert_refused("OrderRequested stands twice")

    def test_a_list_that_is_missing(self):
        self.topics(lambda document: document.pop("internal"))
        self.assert_refused('topics.json#: "internal" is needed')

    def test_an_unknown_party(self):
        self.topics(lambda document: document["topics"][0].update(consumed_by=["stok"]))
        self.assert_refused('OrderRequested: "stok" in consumed_by')

    def test_a_topic_that_nobody_consumes(self):
        self.topics(lambda document: document["topics"][0].update(consumed_by=[]))
        self.assert_refused("OrderRequested: consumed_by is empty")

    def test_a_key_that_is_no_required_member(self):
        self.topics(lambda document: document["topics"][0].update(key="coupon_code"))
        self.assert_refused("OrderRequested", '"coupon_code" must be a required member')

    def test_a_key_of_no_kind(self):
        self.topics(lambda document: document["topics"][0].update(key="partition"))
        self.assert_refused("key must be one of")


class Output(Workshop):
    def test_two_runs_give_equal_bytes(self):
        for out in ("one", "two"):
            self.assertEqual(self.generate(out).returncode, 0)
        for name in OUTPUTS:
            self.assertEqual((self.folder / "one" / name).read_bytes(),
                             (self.folder / "two" / name).read_bytes())

    def test_unchanged_files_keep_their_time(self):
        self.generate()
        before = [(self.folder / "out" / name).stat().st_mtime_ns for name in OUTPUTS]
        self.generate()
        self.assertEqual(before, [(self.folder / "out" / n).stat().st_mtime_ns for n in OUTPUTS])

    def test_what_is_generated_says_so(self):
        self.generate()
        for name in OUTPUTS:
            self.assertIn("do not edit", (self.folder / "out" / name).read_text("utf-8")[:100])

    def test_a_new_event_is_one_schema_and_one_line(self):
        (self.schemas / "events" / "OrderArchived.schema.json").write_text(json.dumps({
            "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "OrderArchived",
            "description": "Kept elsewhere.", "type": "object",
            "properties": {"order_id": ORDER_ID}, "required": ["order_id"]}), "utf-8")
        self.topics(lambda document: document["topics"].append(
            {"event": "OrderArchived", "key": "order_id", "published_by": ["order"],
             "consumed_by": ["timeline"]}))
        done = self.generate()
        self.assertEqual(done.returncode, 0, done.stderr)
        header = (self.folder / "out" / "events.h").read_text("utf-8")
        self.assertIn("struct order_archived {\n    struct order_id order_id;\n};", header)
        self.assertIn("EV_ORDER_ARCHIVED,", header)

    def docs_of(self, event):
        """What the programs say of a topic: the C literals put together again."""
        self.assertEqual(self.generate().returncode, 0)
        text = (self.folder / "out" / "topic_docs.c").read_text("utf-8")
        literals = re.search(r"\[EV_%s\] =\n((?:\s+\".*\",?\n)+)" % event, text).group(1)
        return json.loads("{%s}" % "".join(json.loads(line.strip().rstrip(","))
                                           for line in literals.splitlines()))

    def test_a_topic_is_explained_field_by_field(self):
        def explain(schema):
            schema["description"] = 'Says "what" \\ it is.'
            schema["properties"].update(amount={"$ref": "../common.schema.json#/$defs/money",
                                                "description": "Won that nobody owes."})
        self.event(explain)
        docs = self.docs_of("PAYMENT_VOIDED")
        self.assertEqual(docs["description"], 'Says "what" \\ it is.')
        own, inherited = docs["fields"][2], docs["fields"][0]
        self.assertEqual(own, {"name": "amount", "type": "money", "json": "integer",
                               "required": False, "description": "Won that nobody owes."})
        self.assertIn("a UUID in lower case", inherited["description"])

    def test_values_are_told_as_they_are_written(self):
        fields = {field["name"]: field for field in self.docs_of("STOCK_RESERVED")["fields"]}
        self.assertEqual({name: fields[name]["json"] for name in ("items", "shipping", "auto_pay",
                                                                  "subtotal", "deadline_at")},
                         {"items": "[{product_id, quantity, unit_price}]", "auto_pay": "boolean",
                          "shipping": "{recipient, address, contact}", "subtotal": "integer",
                          "deadline_at": "string"})
        self.assertEqual(fields["on_coupon_rejected"]["values"], ["wait", "continue"])
        reason = self.docs_of("CANCEL_REFUSED")["fields"][2]
        self.assertEqual(reason["values"], ["ALREADY_PAID", "ALREADY_CANCELLED", "SOLD_OUT"],
                         "OTHER is what is not known, and is never written")

    def test_an_event_without_codec_is_explained_too(self):
        fields = {field["name"]: field for field in self.docs_of("DEAD_LETTER")["fields"]}
        self.assertEqual((fields["headers"]["json"], fields["value"]["json"]),
                         ("[{name, value}]", "string | null"))
        self.assertEqual((fields["topic"]["required"], fields["truncated"]["required"]), (True, False))
        self.assertTrue(all(field["description"] for field in fields.values()))

    def test_bad_usage_is_told_apart(self):
        self.assertEqual(run().returncode, 2)
        self.assertEqual(run("java", self.folder / "out").returncode, 2)


if __name__ == "__main__":
    unittest.main()
