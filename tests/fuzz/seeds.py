#!/usr/bin/python3
"""seeds.py FOLDER EVENTS_H: the golden examples of schemas/examples as inputs of fuzz_event, whose first byte chooses the event."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def types(header):
    """EV_… in order of their values, as the generated header has them."""
    body = re.search(r"enum event_type \{(.*?)\}", pathlib.Path(header).read_text(), re.S).group(1)
    return [name for name in re.findall(r"EV_\w+", body) if name != "EV_COUNT"]


def constant(event):
    return "EV_" + re.sub(r"(?<!^)(?=[A-Z])", "_", event).upper()


def main(folder, header):
    numbers = {name: number for number, name in enumerate(types(header))}
    out = pathlib.Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    for example in sorted((ROOT / "schemas/examples").glob("*/*.json")):
        event = example.parent.name
        (out / (event + "-" + example.stem)).write_bytes(bytes([numbers[constant(event)]]) + example.read_bytes())


if __name__ == "__main__":
    main(*sys.argv[1:])
