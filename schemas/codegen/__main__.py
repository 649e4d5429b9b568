"""python3 schemas/codegen c OUT-FOLDER: the C sources.  python3 schemas/codegen asyncapi OUT-FILE."""
import pathlib
import sys

import asyncapi
import c_docs
import c_header
import c_source
import model

USAGE = "usage: python3 schemas/codegen c OUT-FOLDER | asyncapi OUT-FILE  [SCHEMAS-FOLDER]"


def write(path, text):
    """Unchanged files keep their time, so that nothing is compiled again for nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


def write_c(schemas, out):
    write(out / "events.h", c_header.events_h(schemas))
    write(out / "events.c", c_source.events_c(schemas))
    write(out / "emit.h", c_header.emit_h(schemas))
    write(out / "emit.c", c_source.emit_c(schemas))
    write(out / "topic_docs.h", c_docs.topic_docs_h(schemas))
    write(out / "topic_docs.c", c_docs.topic_docs_c(schemas))


def main(arguments):
    if len(arguments) not in (2, 3) or arguments[0] not in ("c", "asyncapi"):
        print(USAGE, file=sys.stderr)
        return 2
    folder = arguments[2] if len(arguments) == 3 else pathlib.Path(__file__).resolve().parent.parent
    try:
        schemas = model.Model(folder)
    except model.SchemaError as wrong:
        print(f"schemas: {wrong}", file=sys.stderr)
        return 1
    if arguments[0] == "c":
        write_c(schemas, pathlib.Path(arguments[1]))
    else:
        write(pathlib.Path(arguments[1]), asyncapi.asyncapi_yaml(schemas))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
