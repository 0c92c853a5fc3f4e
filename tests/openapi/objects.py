"""Judge a JSON value against one schema of the document, with a JSON pointer on every finding.

Schemas are compiled once into closures. Enums and property names are closed: what Stripe added
later stands in `additions.py`, everything else is a finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.openapi.document import Schema, component

Check = Callable[[Any, str, list[str]], None]

_DECIMAL = re.compile(r"-?\d+(\.\d+)?\Z")
_CURRENCY = re.compile(r"[a-z]{3}\Z")
_LATEST_SECOND = 10**11  # later than this is milliseconds passed off as seconds
_compiled: dict[str, Check] = {}


def check_component(name: str) -> Check:
    """The compiled check of a component; recursion between components is resolved lazily."""
    found = _compiled.get(name)
    if found is None:
        body: list[Check] = []

        def check(value: Any, pointer: str, findings: list[str]) -> None:
            if not body:
                body.append(compile_schema(component(name)))
            body[0](value, pointer, findings)

        found = _compiled[name] = check
    return found


def compile_schema(schema: Schema) -> Check:
    """A function (value, pointer, findings) that appends one sentence for every departure."""
    if "$ref" in schema:
        return check_component(schema["$ref"].rsplit("/", 1)[1])
    core = _compile_core(schema)
    if not schema.get("nullable"):
        return core

    def nullable(value: Any, pointer: str, findings: list[str]) -> None:
        if value is not None:
            core(value, pointer, findings)

    return nullable


def _compile_core(schema: Schema) -> Check:
    if "anyOf" in schema:
        return _compile_union(schema["anyOf"])
    kind = schema.get("type")
    if kind == "object":
        return _compile_object(schema)
    if kind == "array":
        return _compile_array(schema)
    if kind == "string":
        return _compile_string(schema)
    if kind in ("integer", "number", "boolean"):
        return _compile_plain(schema, kind)
    return lambda value, pointer, findings: None


def _compile_object(schema: Schema) -> Check:
    properties = {name: compile_schema(sub) for name, sub in schema.get("properties", {}).items()}
    required = [name for name in schema.get("required", []) if name in properties]
    extra = schema.get("additionalProperties")
    check_extra = compile_schema(extra) if isinstance(extra, dict) else None
    free = not properties and not check_extra

    def check(value: Any, pointer: str, findings: list[str]) -> None:
        if not isinstance(value, dict):
            findings.append(f"{pointer}: expected an object, got {_kind(value)}")
            return
        if free:
            return
        for name in required:
            if name not in value:
                findings.append(f"{pointer}/{name}: required, missing")
        for name, inner in value.items():
            sub = properties.get(name)
            if sub is not None:
                sub(inner, f"{pointer}/{_escape(name)}", findings)
            elif check_extra is not None:
                check_extra(inner, f"{pointer}/{_escape(name)}", findings)
            else:
                findings.append(f"{pointer}/{_escape(name)}: unknown property")

    return check


def _compile_array(schema: Schema) -> Check:
    inner = compile_schema(schema["items"])

    def check(value: Any, pointer: str, findings: list[str]) -> None:
        if not isinstance(value, list):
            findings.append(f"{pointer}: expected an array, got {_kind(value)}")
            return
        for index, item in enumerate(value):
            inner(item, f"{pointer}/{index}", findings)

    return check


def _compile_string(schema: Schema) -> Check:
    values = schema.get("enum")
    longest = schema.get("maxLength")
    form = {"decimal": _DECIMAL, "currency": _CURRENCY}.get(schema.get("format", ""))

    def check(value: Any, pointer: str, findings: list[str]) -> None:
        if not isinstance(value, str):
            findings.append(f"{pointer}: expected a string, got {_kind(value)}")
        elif values is not None and value not in values:
            findings.append(f"{pointer}: {value!r} is none of {', '.join(map(str, values))}")
        elif longest is not None and len(value) > longest:
            findings.append(f"{pointer}: {len(value)} characters, at most {longest}")
        elif form is not None and not form.match(value):
            findings.append(f"{pointer}: {value!r} is no {schema['format']}")

    return check


def _compile_plain(schema: Schema, kind: str) -> Check:
    types = {"integer": (int,), "number": (int, float), "boolean": (bool,)}[kind]
    values = schema.get("enum")
    is_time = schema.get("format") == "unix-time"

    def check(value: Any, pointer: str, findings: list[str]) -> None:
        wrong = not isinstance(value, types) or (kind != "boolean" and isinstance(value, bool))
        if wrong:
            findings.append(f"{pointer}: expected {kind}, got {_kind(value)}")
        elif values is not None and value not in values:
            findings.append(f"{pointer}: {value!r} is none of {values}")
        elif is_time and not 0 <= value < _LATEST_SECOND:
            findings.append(f"{pointer}: {value} is no unix time in seconds")

    return check


def _compile_union(branches: list[Schema]) -> Check:
    options = [(branch, compile_schema(branch)) for branch in branches]

    def check(value: Any, pointer: str, findings: list[str]) -> None:
        fewest: list[str] | None = None
        for _, option in _candidates(value, options):
            tried: list[str] = []
            option(value, pointer, tried)
            if not tried:
                return
            if fewest is None or len(tried) < len(fewest):
                fewest = tried
        findings.extend(fewest or [f"{pointer}: {_kind(value)} fits no branch of the union"])

    return check


def _candidates(value: Any, options: list[tuple[Schema, Check]]) -> list[tuple[Schema, Check]]:
    """Branches named by the value's own `object` (and `deleted`), else all of them."""
    if not isinstance(value, dict):
        return options
    named = [option for option in options if _names(option[0], value)]
    return named or options


def _names(branch: Schema, value: dict[str, Any]) -> bool:
    schema = component(branch["$ref"].rsplit("/", 1)[1]) if "$ref" in branch else branch
    properties = schema.get("properties", {})
    names = properties.get("object", {}).get("enum", [])
    return value.get("object") in names and ("deleted" in properties) == bool(value.get("deleted"))


def _kind(value: Any) -> str:
    return "null" if value is None else type(value).__name__


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
