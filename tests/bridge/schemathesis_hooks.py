"""What the description cannot say, said to the fuzzer: JSON Schema has no integer that is not 1.0, and no key of an array."""
import schemathesis


def integers(value):
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [integers(item) for item in value]
    if isinstance(value, dict):
        return {name: integers(item) for name, item in value.items()}
    return value


def each_product_once(items):
    if not isinstance(items, list) or len(items) > 100:
        return items
    seen, kept = [], []
    for item in items:
        product = item.get("product_id") if isinstance(item, dict) else None
        if not isinstance(product, str) or product not in seen:
            kept.append(item)
        seen.append(product)
    return kept


@schemathesis.hook
def map_case(context, case):
    if isinstance(case.body, (dict, list, float)):
        case.body = integers(case.body)
    if isinstance(case.body, dict) and "items" in case.body:
        case.body["items"] = each_product_once(case.body["items"])
    return case
