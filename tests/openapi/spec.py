"""The judge: does an answer, a request or an event match Stripe's OpenAPI document?

    judge_response("GET", "/v1/customers/cus_1", 200, body) -> ["/email: expected a string, ..."]
    judge_request("POST", "/v1/customers", "name=Ada&colour=red") -> ["/colour: unknown parameter"]
    judge_event(event) -> ["/data/object/status: 'dead' is none of active, canceled, ..."]

An empty list means that nothing departs from the document and its listed additions.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from tests.openapi.document import (
    Schema,
    component,
    document,
    find_operation,
    find_template,
)
from tests.openapi.forms import FormPairs, decode, judge_parameters
from tests.openapi.objects import Check, check_component, compile_schema


@cache
def _response_check(method: str, template_key: str, ok: bool) -> Check | None:
    operation = find_operation(method, template_key)
    if operation is None:
        return None
    answers = operation["responses"]
    content = answers["200" if ok else "default"].get("content", {})
    if "application/json" not in content:
        return lambda value, pointer, findings: None
    return compile_schema(content["application/json"]["schema"])


def judge_response(method: str, path: str, status: int, body: Any) -> list[str]:
    """Findings of one answer; `body` is the decoded JSON, `path` with or without a query."""
    template = find_template(path)
    if template is None:
        if status == 404 and not _shape(body, "error"):
            return []
        return [f"{method} {path.split('?')[0]}: Stripe has no such path"]
    check = _response_check(method.upper(), template, status < 300)
    if check is None:
        return [] if status in (404, 405) else [f"{method} {template}: no such operation"]
    findings: list[str] = []
    check(body, "", findings)
    return findings


def judge_request(method: str, path: str, form: str | bytes | FormPairs) -> list[str]:
    """Findings of one request: the encoded body for POST and DELETE, else the query's pairs."""
    operation = find_operation(method, path)
    if operation is None:
        return [f"{method} {path}: Stripe has no such endpoint"]
    try:
        params = decode(form)
    except ValueError as error:
        return [str(error)]
    return judge_parameters(params, _request_schema(operation))


def judge_event(event: dict[str, Any]) -> list[str]:
    """Findings of an event: its envelope, its object by type, and the previous attributes."""
    findings: list[str] = []
    check_component("event")(event, "", findings)
    data = event.get("data") or {}
    inner = data.get("object") or {}
    name = str(inner.get("object"))
    prefix = "/data/object"
    if name not in document()["components"]["schemas"]:
        return [*findings, f"{prefix}/object: {name!r} is no Stripe object"]
    _check_for(inner, name)(inner, prefix, findings)
    for key in data.get("previous_attributes") or {}:
        if key not in component(name).get("properties", {}):
            findings.append(f"/data/previous_attributes/{key}: no attribute of {name}")
    return findings


def judge_object(value: dict[str, Any]) -> list[str]:
    """Findings of a single object, judged by its `object` field."""
    findings: list[str] = []
    _check_for(value, str(value.get("object")))(value, "", findings)
    return findings


def _check_for(value: dict[str, Any], name: str) -> Check:
    if value.get("deleted") and f"deleted_{name}" in document()["components"]["schemas"]:
        return check_component(f"deleted_{name}")
    return check_component(name)


def _shape(body: Any, name: str) -> list[str]:
    findings: list[str] = []
    check_component(name)(body, "", findings)
    return findings


def _request_schema(operation: Schema) -> Schema:
    properties = {
        parameter["name"]: parameter["schema"]
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query"
    }
    required = [
        parameter["name"]
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query" and parameter.get("required")
    ]
    content = operation.get("requestBody", {}).get("content", {})
    for body in content.values():
        properties.update(body["schema"].get("properties", {}))
        required.extend(body["schema"].get("required", []))
    return {"type": "object", "properties": properties, "required": required}
