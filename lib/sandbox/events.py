"""Events as Stripe writes them: the object as rendered, and the old values of what changed."""

from __future__ import annotations

from typing import Any

import orjson

Object = dict[str, Any]

API_VERSION = "2026-10-28.endive"


def rendered(obj: Object) -> Object:
    """The object as the API shows it: a shallow copy without the sandbox's own part."""
    if "_" not in obj:
        return obj
    shown = dict(obj)
    del shown["_"]
    return shown


def snapshot(obj: Object) -> Object:
    """A deep copy to compare with later."""
    copy: Object = orjson.loads(orjson.dumps(rendered(obj)))
    return copy


def snapshot_diff(before: Object, after: Object) -> Object:
    """Stripe's ``previous_attributes``: old values of the keys that changed.

    Nested objects hold only their changed keys (a key that was absent reads null), lists are
    whole, and a list object such as ``items`` shows as ``{"data": [old items]}``.
    """
    changed: Object = {}
    # Not the union of both key sets: its order would differ from one process to the next.
    for key in {**before, **after}:
        if key == "_":
            continue
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        if not (isinstance(old, dict) and isinstance(new, dict)):
            changed[key] = old
        elif old.get("object") == "list":
            changed[key] = {"data": old["data"]}
        else:
            changed[key] = snapshot_diff(old, new)
    return changed


def build_event(
    id: str,
    type: str,
    obj: Object,
    previous: Object | None,
    *,
    created: int,
    pending: int,
    request: Object,
) -> Object:
    """The event object; ``obj`` is shown as it is now, so serialise it before changing it."""
    data: Object = {"object": rendered(obj)}
    if previous is not None:
        data["previous_attributes"] = previous
    return {
        "id": id,
        "object": "event",
        "api_version": API_VERSION,
        "created": created,
        "data": data,
        "livemode": False,
        "pending_webhooks": pending,
        "request": request,
        "type": type,
    }


def matches(enabled: list[str], type: str) -> bool:
    """Whether an endpoint's ``enabled_events`` (names, ``*`` or ``charge.*``) covers ``type``."""
    return any(
        name == "*" or name == type or (name.endswith("*") and type.startswith(name[:-1]))
        for name in enabled
    )
