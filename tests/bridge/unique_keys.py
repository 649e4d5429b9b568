"""unique_keys.py FILE: no mapping of a YAML file names the same key twice.

YAML forbids it, its readers keep the last silently: a schema of a name that another one has would replace it,
and what refers to the first would be checked against the second.
"""
import sys

import yaml


class Strict(yaml.SafeLoader):
    pass


def mapping(loader, node, deep=False):
    seen = {}
    for key, _ in node.value:
        name = loader.construct_object(key, deep=True)
        if name in seen:
            sys.exit(f"{key.start_mark.name}:{key.start_mark.line + 1}: {name} stands at line {seen[name]} already")
        seen[name] = key.start_mark.line + 1
    return loader.construct_mapping(node, deep)


Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
with open(sys.argv[1], encoding="utf-8") as file:
    yaml.load(file, Strict)
