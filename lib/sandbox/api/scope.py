"""Which test clock a request belongs to, if any."""

from __future__ import annotations

from typing import Any

from lib.sandbox.core import Sandbox

Object = dict[str, Any]

CLOCKED = {
    "customer": "customer",
    "subscription": "subscription",
    "invoice": "invoice",
    "schedule": "subscription_schedule",
    "from_subscription": "subscription",
}
"""Path parts and parameters that name objects which may live on a test clock."""


def test_clock_of(sandbox: Sandbox, parts: dict[str, str], params: Object) -> Object | None:
    """The test clock of the objects that the request names."""
    named = {**params, **parts}
    clock_id = named.get("test_clock")
    for name, kind in CLOCKED.items():
        id = named.get(name)
        if clock_id is None and isinstance(id, str):
            obj = sandbox.peek(kind, id)
            clock_id = obj.get("test_clock") if obj else None
    if not isinstance(clock_id, str):
        return None
    return sandbox.peek("test_helpers.test_clock", clock_id)
