"""How names of the model look in C."""

BANNER = "/* generated from schemas/ by schemas/codegen: do not edit */\n"


def event_constant(event):
    return "EV_" + event.snake.upper()


def enum_prefix(kind):
    return kind.name.removesuffix("_reason").upper() + "_"


def enum_constant(kind, value):
    return enum_prefix(kind) + value.upper()


def text_bytes(kind):
    return 4 * kind.maximum + 1 if kind.kind == "text" else kind.maximum + 1


def c_type(kind):
    if kind.kind in ("id", "uuid", "text", "object", "list"):
        return "struct " + kind.name
    if kind.kind == "name":
        return "enum " + kind.name
    if kind.kind == "flag":
        return "bool"
    return "int64_t" if kind.is_wide else "int32_t"


def list_bound(kind, types):
    """The constant that bounds a list: its own, or that of a list of the same length."""
    for other in [kind] + types:
        if other.macro and other.kind == "list" and other.maximum == kind.maximum:
            return other.macro
    return str(kind.maximum)


def member_lines(fields, indent="    "):
    lines = []
    for field in fields:
        if field.has_flag:
            lines.append(f"{indent}bool has_{field.name};")
        lines.append(f"{indent}{c_type(field.type)} {field.member};")
    return lines


def integer(value):
    if value == -2**63:
        return "INT64_MIN"
    return f"INT64_C({value})" if abs(value) > 2**31 - 1 else str(value)


def snake_parties(model):
    return [(f"PARTY_{party.upper()}", index) for index, party in enumerate(model.parties)]
