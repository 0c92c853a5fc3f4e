"""What an object was before an update: ``previous_attributes`` put back into it.

Objects merge key by key. A list replaces the list, except a list of partial elements, which Stripe
sends as well: those merge with the element of the same id, else by position.
"""

from __future__ import annotations

from typing import Any, Final

from ..domain.errors import EventUnusable
from .fields import Raw

_DEEPEST: Final = 24  # Stripe nests about ten levels; a bottomless payload must not exhaust us


def before(after: Raw, changes: Raw) -> Raw:
    """``after`` with the old values of ``changes`` put back; neither argument is altered.

    Raises:
        EventUnusable: the changes nest deeper than any Stripe object.
    """
    return _objects(after, changes, 0)


def _objects(after: Raw, changes: Raw, depth: int) -> Raw:
    if depth > _DEEPEST:
        raise EventUnusable("The event cannot be read: previous_attributes nest too deeply.")
    result = dict(after)
    for key, old in changes.items():
        result[key] = _value(after.get(key), old, depth + 1)
    return result


def _value(after: Any, old: Any, depth: int) -> Any:
    if type(old) is dict and type(after) is dict and not _another(after, old):
        return _objects(after, old, depth)
    if type(old) is list and type(after) is list:
        return _lists(after, old, depth)
    return old


def _lists(after: list[Any], old: list[Any], depth: int) -> list[Any]:
    known = {e["id"]: e for e in after if type(e) is dict and type(e.get("id")) is str}
    result = []
    for index, element in enumerate(old):
        twin = known.get(element.get("id")) if _has_id(element) else None
        if twin is None and len(after) == len(old):
            twin = after[index]
        if type(element) is dict and type(twin) is dict and _partial(twin, element):
            element = _objects(twin, element, depth)
        result.append(element)
    return result


def _has_id(element: Any) -> bool:
    return type(element) is dict and type(element.get("id")) is str


def _another(after: Raw, old: Raw) -> bool:
    """Whether ``old`` is a whole object of another identity: nothing of ``after`` is in it."""
    return "object" in old and "id" in old and old["id"] != after.get("id")


def _partial(after: Raw, old: Raw) -> bool:
    """Whether ``old`` is a cut-out. A whole Stripe object says what it is and keeps its nested
    objects; only plain optional keys (a metered item's ``quantity``) may be absent from it."""
    if "object" in after:
        nested = (key for key, value in after.items() if type(value) is dict)
        return "object" not in old or any(key not in old for key in nested)
    return ("id" in after and "id" not in old) or set(old) < set(after)
