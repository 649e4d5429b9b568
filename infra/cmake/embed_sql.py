#!/usr/bin/env python3
"""embed_sql.py HEADER FILE.sql...: writes each statement as a C string named SQL_<FILE>, comments kept."""
import pathlib
import sys


def c_string(text):
    lines = text.rstrip("\n").split("\n")
    return "\n".join('    "%s\\n"' % line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)


def main(header, files):
    out = ["/* generated from .sql files by infra/cmake/embed_sql.py: do not edit */", "#pragma once"]
    for file in sorted(files):
        name = "SQL_" + pathlib.Path(file).stem.upper()
        out.append("__attribute__((unused)) static const char %s[] =\n%s;" % (name, c_string(pathlib.Path(file).read_text("utf-8"))))
    pathlib.Path(header).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(header).write_text("\n".join(out) + "\n", "utf-8")


main(sys.argv[1], sys.argv[2:])
