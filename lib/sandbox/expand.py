"""Rendering an answer: hidden parts dropped, ``expand[]`` paths replaced by whole objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lib.sandbox.errors import SandboxError
from lib.sandbox.events import rendered

if TYPE_CHECKING:
    from lib.sandbox.core import Sandbox

Object = dict[str, Any]

MAX_LEVELS = 4

FIELD_KINDS = {
    "balance_transaction": "balance_transaction",
    "charge": "charge",
    "configuration": "billing_portal.configuration",
    "coupon": "coupon",
    "customer": "customer",
    "default_payment_method": "payment_method",
    "default_price": "price",
    "discount": "discount",
    "discounts": "discount",
    "entitlement_feature": "entitlements.feature",
    "feature": "entitlements.feature",
    "invoice": "invoice",
    "latest_charge": "charge",
    "latest_invoice": "invoice",
    "payment_intent": "payment_intent",
    "payment_method": "payment_method",
    "pending_setup_intent": "setup_intent",
    "price": "price",
    "product": "product",
    "promotion_code": "promotion_code",
    "refund": "refund",
    "schedule": "subscription_schedule",
    "setup_intent": "setup_intent",
    "subscription": "subscription",
    "test_clock": "test_helpers.test_clock",
}
"""Which kind of object the id in a field names."""

Includable = Callable[["Sandbox", Object], Any]
INCLUDABLES: dict[tuple[str, str], Includable] = {}
"""Fields that exist only when asked for: (object, field) → value."""


def includable(kind: str, field: str) -> Callable[[Includable], Includable]:
    """Register the function that makes ``field`` of ``kind`` when it is expanded."""

    def register(make: Includable) -> Includable:
        INCLUDABLES[(kind, field)] = make
        return make

    return register


def render(sandbox: Sandbox, answer: Object, paths: list[str]) -> Object:
    """``answer`` as the API shows it with ``paths`` expanded; stored objects stay untouched.

    Raises SandboxError (400) for a path that is too deep or names nothing expandable.
    """
    if answer.get("object") in ("list", "search_result"):
        answer = {**answer, "data": [rendered(item) for item in answer["data"]]}
    else:
        answer = rendered(answer)
    for path in paths:
        parts = path.split(".")
        levels = len(parts) - (1 if parts[0] == "data" else 0)
        if parts[-1] == "total_count":
            raise SandboxError(
                "You cannot expand total_count: it is no longer available.",
                code="property_forbidden",
                param="expand",
            )
        if levels > MAX_LEVELS:
            raise SandboxError(
                f"You cannot expand more than 4 levels of a property. Property: {path}",
                param="expand",
            )
        answer = _expand(sandbox, answer, parts, path)
    return answer


def _expand(sandbox: Sandbox, node: Any, parts: list[str], path: str) -> Any:
    if isinstance(node, list):
        return [_expand(sandbox, item, parts, path) for item in node]
    if not isinstance(node, dict):
        return node
    name, rest = parts[0], parts[1:]
    include = INCLUDABLES.get((node.get("object", ""), name))
    if name not in node and include is None:
        if node.get("deleted") or _optional(node, name):
            return node
        raise _refusal(path, name)
    value = node[name] if name in node else _shown(include(sandbox, node) if include else None)
    value = _resolve(sandbox, name, value, path, leaf=not rest)
    if rest:
        value = _expand(sandbox, value, rest, path)
    return {**node, name: value}


def _shown(value: Any) -> Any:
    """A list made for the answer holds stored objects: hide their private parts."""
    if isinstance(value, dict) and value.get("object") == "list":
        return {**value, "data": [rendered(item) for item in value["data"]]}
    return rendered(value) if isinstance(value, dict) else value


def _resolve(sandbox: Sandbox, name: str, value: Any, path: str, *, leaf: bool) -> Any:
    if isinstance(value, str):
        kind = FIELD_KINDS.get(name)
        if kind is None:
            raise _refusal(path, name)
        return fetch(sandbox, kind, value)
    if isinstance(value, list):
        return [_resolve(sandbox, name, item, path, leaf=leaf) for item in value]
    if leaf and isinstance(value, bool | int | float):
        raise _refusal(path, name)
    return value


def fetch(sandbox: Sandbox, kind: str, id: str) -> Any:
    """The object that ``id`` names, its deleted stub, or the bare id when it is gone."""
    found = sandbox.peek(kind, id) or sandbox.peek(f"deleted_{kind}", id)
    if found is None:
        return id
    shown = rendered(found)
    if shown["object"].startswith("deleted_"):
        return {"id": id, "object": kind, "deleted": True}
    return shown


def _optional(node: Object, name: str) -> bool:
    """Fields that a union leaves out, such as ``payment.charge`` beside ``payment_intent``."""
    return "object" not in node and name in FIELD_KINDS


def _refusal(path: str, name: str) -> SandboxError:
    return SandboxError(f"This property cannot be expanded ({path}).", param="expand")
