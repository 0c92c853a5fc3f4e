"""As much of JSON Schema as our own description uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_KINDS: dict[str, Callable[[Any], bool]] = {
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "array": lambda v: isinstance(v, list),
    "object": lambda v: isinstance(v, dict),
    "null": lambda v: v is None,
}


def faults(value: Any, schema: Any, resolved: Callable[[Any], Any], at: str = "$") -> list[str]:
    """What ``value`` has that ``schema`` does not allow, or the other way round."""
    schema = resolved(schema)
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(_KINDS[kind](value) for kind in kinds):
        return [f"{at}: {value!r} is no {' or '.join(kinds)}"]
    found: list[str] = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value!r} is not listed")
    if isinstance(value, list):
        for number, part in enumerate(value):
            found += faults(part, schema["items"], resolved, f"{at}[{number}]")
    if isinstance(value, dict):
        known = schema.get("properties", {})
        more = schema.get("additionalProperties", True)
        found += [
            f"{at}: {name} is missing" for name in schema.get("required", ()) if name not in value
        ]
        for name, part in value.items():
            if name in known:
                found += faults(part, known[name], resolved, f"{at}.{name}")
            elif more is False:
                found.append(f"{at}: {name} is not described")
            elif isinstance(more, dict):
                found += faults(part, more, resolved, f"{at}.{name}")
    return found
