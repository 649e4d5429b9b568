"""Every example is judged twice: by the generated codec and, independently, by python3-jsonschema."""
import json
import pathlib
import unittest

import codec
import model

EXAMPLES = codec.SCHEMAS / "examples"


def good(folder):
    return [path for path in sorted(folder.glob("*.json")) if not path.name.startswith("bad-")
            and not path.name.endswith(".encoded.json") and path.name != "expected.json"]


class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.model = model.Model(codec.SCHEMAS)
        cls.codec, cls.validators = codec.Codec(), codec.validators()

    @classmethod
    def tearDownClass(cls):
        cls.codec.close()

    def folders(self, coded_only):
        for event in self.model.events:
            if event.has_codec or not coded_only:
                yield event, EXAMPLES / event.name

    def test_every_event_has_minimal_full_and_bad_examples(self):
        for event, folder in self.folders(coded_only=False):
            names = {path.name for path in folder.iterdir()}
            self.assertLessEqual({"minimal.json", "full.json", "expected.json"}, names, folder)
            bad = {name for name in names if name.startswith("bad-")}
            self.assertEqual(bad, set(json.loads((folder / "expected.json").read_text("utf-8"))),
                             f"{event.name}: expected.json lists every bad example and no other")

    def test_a_full_example_holds_every_field_and_a_minimal_one_only_the_required(self):
        for event, folder in self.folders(coded_only=True):
            minimal = set(json.loads((folder / "minimal.json").read_text("utf-8")))
            full = set(json.loads((folder / "full.json").read_text("utf-8")))
            required = {field.name for field in event.fields if field.required}
            choice = set(event.exactly_one)
            self.assertEqual(minimal - choice, required, event.name)
            self.assertEqual((full | choice) - {"from_a_later_version"},
                             {field.name for field in event.fields}, event.name)

    def test_good_examples_are_decoded_and_encoded_to_the_canonical_form(self):
        for event, folder in self.folders(coded_only=True):
            for path in good(folder):
                golden = path.with_name(path.stem + ".encoded.json").read_bytes().rstrip(b"\n")
                with self.subTest(path=path.relative_to(EXAMPLES)):
                    self.assertEqual(self.codec.ask(event.name, path.read_bytes()), ("ok", golden))
                    self.assertEqual(self.codec.ask(event.name, golden), ("ok", golden))

    def test_good_examples_are_valid_by_the_schema(self):
        for event, folder in self.folders(coded_only=False):
            for path in good(folder) + sorted(folder.glob("*.encoded.json")):
                with self.subTest(path=path.relative_to(EXAMPLES)):
                    self.validators[event.name].validate(codec.load(path.read_bytes()))

    def test_bad_examples_are_refused_with_the_expected_code_and_pointer(self):
        for event, folder in self.folders(coded_only=True):
            for name, expected in json.loads((folder / "expected.json").read_text("utf-8")).items():
                with self.subTest(path=f"{event.name}/{name}"):
                    answer = self.codec.ask(event.name, (folder / name).read_bytes())
                    self.assertEqual(answer[:3], ("bad", expected["code"], expected["pointer"]))
                    self.assertTrue(answer[3])

    def test_bad_examples_are_invalid_by_the_schema_but_for_the_declared_ones(self):
        for event, folder in self.folders(coded_only=False):
            for name, expected in json.loads((folder / "expected.json").read_text("utf-8")).items():
                with self.subTest(path=f"{event.name}/{name}"):
                    verdict = self.verdict(event.name, folder / name)
                    declared = expected.get("only_here")
                    self.assertEqual(verdict, "valid" if declared else "invalid", declared)

    def verdict(self, event, path: pathlib.Path):
        try:
            value = codec.load(path.read_bytes())
        except (ValueError, RecursionError):
            return "valid"  # no value: nothing that a schema could say anything about
        return "valid" if self.validators[event].is_valid(value) else "invalid"


if __name__ == "__main__":
    unittest.main()
