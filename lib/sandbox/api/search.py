"""Stripe's search query language, as far as ``field:'x'``, ``~``, ``>``/``<`` and AND/OR go."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError

Object = dict[str, Any]

FIELDS = {
    "charge": "amount created currency customer disputed metadata refunded status "
    "billing_details.address.postal_code payment_method_details.card.brand "
    "payment_method_details.card.last4",
    "customer": "created email metadata name phone",
    "invoice": "created currency customer metadata number receipt_number status subscription total",
    "payment_intent": "amount created currency customer metadata status",
    "price": "active currency lookup_key metadata product type",
    "product": "active description metadata name shippable url",
    "subscription": "canceled_at created metadata status",
}
"""What Stripe's search knows of each kind of object."""

_CLAUSE = re.compile(
    r"""\s*(?P<minus>-)?(?P<field>[a-z_.]+)(\[["'](?P<key>[^"']+)["']\])?"""
    r"""\s*(?P<op>:|~|>=|<=|>|<)\s*("(?P<dq>(?:[^"\\]|\\.)*)"|'(?P<sq>(?:[^'\\]|\\.)*)'"""
    r"""|(?P<bare>null|-?\d+))\s*"""
)
_JOIN = re.compile(r"(AND|OR)\b|(?=-?[a-z])", re.IGNORECASE)
Test = Callable[[Object], bool]


def matching(sandbox: Sandbox, kind: str, query: str) -> list[Object]:
    """Objects of ``kind`` that meet ``query``, newest first. Raises SandboxError (400)."""
    tests, word = _parse(kind, query)
    combine = any if word == "OR" else all
    return [obj for obj in sandbox.each(kind) if combine(test(obj) for test in tests)]


def search_page(found: list[Object], url: str, params: Object) -> Object:
    """One page of a search; ``page`` is an offset that the client treats as opaque."""
    token = params.get("page") or "0"
    if not re.fullmatch(r"[0-9]{1,9}", token):
        raise SandboxError("Invalid page: it is not one that a search returned.", param="page")
    start, limit = int(token), params.get("limit", 10)
    more = len(found) > start + limit
    return {
        "object": "search_result",
        "data": found[start : start + limit],
        "has_more": more,
        "next_page": str(start + limit) if more else None,
        "url": url,
    }


def _parse(kind: str, query: str) -> tuple[list[Test], str]:
    tests: list[Test] = []
    words: set[str] = set()
    rest = query
    while rest.strip():
        match = _CLAUSE.match(rest)
        if match is None:
            raise SandboxError(
                f"We were unable to parse your search query at: {rest.strip()[:40]}", param="query"
            )
        if match["field"] not in FIELDS[kind].split():
            raise SandboxError(
                f"Field `{match['field']}` is an unsupported search field for resource `{kind}s`.",
                param="query",
            )
        tests.append(_test(match))
        rest = rest[match.end() :]
        if rest:
            joint = _JOIN.match(rest)
            if joint is None:
                raise SandboxError(
                    f"We were unable to parse your search query at: {rest[:40]}", param="query"
                )
            words.add((joint[1] or "AND").upper())
            rest = rest[joint.end() :]
    if len(words) > 1 or not tests:
        raise SandboxError(
            "A search query joins its clauses with either AND or OR, not both.", param="query"
        )
    return tests, words.pop() if words else "AND"


def _test(match: re.Match[str]) -> Test:
    field, key, op = match["field"], match["key"], match["op"]
    quoted = match["dq"] if match["dq"] is not None else match["sq"]
    wanted = match["bare"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)

    def holds(obj: Object) -> bool:
        value: Any
        if field == "subscription":
            value = obj["_"]["link"]
        else:
            value = obj
            for part in field.split("."):
                value = value.get(part) if isinstance(value, dict) else None
        if key is not None:
            value = value.get(key) if isinstance(value, dict) else None
        return _compare(value, op, wanted, quoted is None and wanted == "null")

    if match["minus"]:
        return lambda obj: not holds(obj)
    return holds


def _compare(value: Any, op: str, wanted: str, null: bool) -> bool:
    if null:
        return value is None
    if value is None:
        return False
    if op == "~":
        return wanted.lower() in str(value).lower()
    if op == ":":
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return text.lower() == wanted.lower()
    if not isinstance(value, int) or not wanted.lstrip("-").isdigit():
        return False
    number = int(wanted)
    results = {
        ">": value > number,
        "<": value < number,
        ">=": value >= number,
        "<=": value <= number,
    }
    return results[op]
