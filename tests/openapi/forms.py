"""Decode Stripe's bracket forms and judge the parameters of a request."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from tests.openapi.document import Schema

_SEGMENT = re.compile(r"\[([^\]]*)\]")
_INTEGER = re.compile(r"-?\d+\Z")
_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")

FormPairs = Iterable[tuple[str, str]]


def decode(form: str | bytes | FormPairs) -> dict[str, Any]:
    """Nested dictionary of an encoded body, a query string or its pairs; arrays become lists.

    Raises ValueError for a key that is used as a value and as a container at once.
    """
    if isinstance(form, bytes):
        form = form.decode()
    pairs = parse_qsl(form, keep_blank_values=True) if isinstance(form, str) else form
    root: dict[str, Any] = {}
    for key, value in pairs:
        head = key.split("[", 1)[0]
        _place(root, [head, *_SEGMENT.findall(key)], value)
    return {name: _lists(value) for name, value in root.items()}


def _place(node: dict[str, Any], keys: list[str], value: str) -> None:
    for key in keys[:-1]:
        node = node.setdefault(key or str(len(node)), {})
        if not isinstance(node, dict):
            raise ValueError(f"{keys[0]}: used as a value and as a container")
    node[keys[-1] or str(len(node))] = value


def _lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    inner = {key: _lists(value) for key, value in node.items()}
    if inner and all(key.isdigit() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner


def judge_parameters(params: dict[str, Any], schema: Schema) -> list[str]:
    """Departures of decoded `params` from a request schema, each with a JSON pointer."""
    findings: list[str] = []
    _judge(params, schema, "", findings)
    return findings


def _judge(value: Any, schema: Schema, pointer: str, findings: list[str]) -> None:
    if "anyOf" in schema:
        _judge_union(value, schema["anyOf"], pointer, findings)
    elif schema.get("type") == "object":
        _judge_object(value, schema, pointer, findings)
    elif schema.get("type") == "array":
        if not isinstance(value, list):
            findings.append(f"{pointer}: expected an array, got {value!r}")
            return
        for index, item in enumerate(value):
            _judge(item, schema["items"], f"{pointer}/{index}", findings)
    else:
        _judge_scalar(value, schema, pointer, findings)


def _judge_object(value: Any, schema: Schema, pointer: str, findings: list[str]) -> None:
    extra = schema.get("additionalProperties")
    if isinstance(value, list) and isinstance(extra, dict):
        value = {str(index): item for index, item in enumerate(value)}  # metadata[0]=...
    if not isinstance(value, dict):
        findings.append(f"{pointer}: expected an object, got {value!r}")
        return
    properties = schema.get("properties", {})
    findings.extend(
        f"{pointer}/{name}: required, missing"
        for name in schema.get("required", [])
        if name not in value
    )
    for name, inner in value.items():
        if name in properties:
            _judge(inner, properties[name], f"{pointer}/{name}", findings)
        elif isinstance(extra, dict):
            _judge(inner, extra, f"{pointer}/{name}", findings)
        else:
            findings.append(f"{pointer}/{name}: unknown parameter")


def _judge_union(value: Any, branches: list[Schema], pointer: str, findings: list[str]) -> None:
    fewest: list[str] | None = None
    for branch in branches:
        tried: list[str] = []
        _judge(value, branch, pointer, tried)
        if not tried:
            return
        closer = isinstance(value, (dict, list)) == (branch.get("type") in ("object", "array"))
        if fewest is None or (closer and len(tried) <= len(fewest)):
            fewest = tried
    findings.extend(fewest or [])


def _judge_scalar(value: Any, schema: Schema, pointer: str, findings: list[str]) -> None:
    kind = schema.get("type")
    if not isinstance(value, str):
        findings.append(f"{pointer}: expected {kind}, got a nested form")
    elif kind == "integer" and not _INTEGER.match(value):
        findings.append(f"{pointer}: {value!r} is no integer")
    elif kind == "number" and not _NUMBER.match(value):
        findings.append(f"{pointer}: {value!r} is no number")
    elif kind == "boolean" and value not in ("true", "false"):
        findings.append(f"{pointer}: {value!r} is neither true nor false")
    elif kind == "string":
        _judge_text(value, schema, pointer, findings)


def _judge_text(value: str, schema: Schema, pointer: str, findings: list[str]) -> None:
    values = schema.get("enum")
    longest = schema.get("maxLength")
    if values is not None and value not in values:
        findings.append(f"{pointer}: {value!r} is none of {', '.join(map(repr, values))}")
    elif longest is not None and len(value) > longest:
        findings.append(f"{pointer}: {len(value)} characters, at most {longest}")
    elif schema.get("format") == "decimal" and not _NUMBER.match(value):
        findings.append(f"{pointer}: {value!r} is no decimal")
