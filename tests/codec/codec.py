"""What the Python tests share: the codec behind codec_tool, the schemas behind python3-jsonschema."""
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SCHEMAS = ROOT / "schemas"
sys.path.insert(0, str(SCHEMAS / "codegen"))


class Codec:
    """Asks codec_tool, one process for many frames."""

    def __init__(self):
        self.tool = subprocess.Popen([os.environ["CODEC_TOOL"]], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE)

    def ask(self, event, data):
        """("ok", encoded bytes) or ("bad", code, pointer, detail)."""
        self.tool.stdin.write(b"%s %d\n" % (event.encode(), len(data)) + data)
        self.tool.stdin.flush()
        line = self.tool.stdout.readline()
        if not line:
            raise AssertionError(f"codec_tool ended: {self.tool.wait()}")
        verdict, rest = line.rstrip(b"\n").split(b" ", 1)
        if verdict == b"ok":
            return "ok", rest
        code, pointer, detail = rest.decode().split(" ", 2)
        return "bad", code, "" if pointer == '""' else pointer, detail

    def close(self):
        self.tool.stdin.close()
        self.tool.stdout.close()
        assert self.tool.wait() == 0


class Float:
    """A number token with a fraction or an exponent: no integer, whatever its value."""

    def __init__(self, token):
        self.token = token


def load(data, parse_float=float):
    """RFC 8259 as far as Python's reader can be made to keep to it; ValueError otherwise."""
    def no_constant(name):
        raise ValueError(name)
    return json.loads(data.decode("utf-8"), parse_float=parse_float, parse_constant=no_constant)


def validators():
    """Event name → validator, independent of our generator."""
    from jsonschema import Draft202012Validator, RefResolver
    found = {}
    for path in sorted((SCHEMAS / "events").glob("*.schema.json")):
        schema = json.loads(path.read_text("utf-8"))
        Draft202012Validator.check_schema(schema)
        found[schema["title"]] = Draft202012Validator(
            schema, resolver=RefResolver(path.as_uri(), schema))
    return found
