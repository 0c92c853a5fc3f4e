"""Test clocks: customers that live in a time of their own."""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import customers, lifecycle
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.settings import DAY

Object = dict[str, Any]
KIND = "test_helpers.test_clock"
LONGEST = 2 * 366 * DAY


def create(sandbox: Sandbox, params: Object) -> Object:
    """A clock that stands at ``frozen_time``."""
    clock: Object = {
        "id": sandbox.new_id("clock"),
        "object": KIND,
        "created": sandbox.now(),
        "deletes_after": sandbox.now() + 30 * DAY,
        "frozen_time": params["frozen_time"],
        "livemode": False,
        "name": params.get("name"),
        "status": "ready",
        "status_details": {},
    }
    sandbox.put(clock)
    sandbox.emit("test_helpers.test_clock.created", clock)
    return clock


def advance(sandbox: Sandbox, id: str, unix: int) -> Object:
    """Forward to ``unix`` with everything that falls due; done when this returns."""
    clock = sandbox.get(KIND, id)
    if unix <= clock["frozen_time"]:
        raise SandboxError(
            "The frozen_time must be after the test clock's current frozen_time.",
            param="frozen_time",
        )
    if unix - clock["frozen_time"] > LONGEST:
        raise SandboxError(
            "You can not advance a test clock by more than two years at once.",
            param="frozen_time",
        )
    clock.update(status="advancing", status_details={"advancing": {"target_frozen_time": unix}})
    sandbox.put(clock)
    sandbox.emit("test_helpers.test_clock.advancing", clock)
    lifecycle.run_test_clock(sandbox, id, unix)
    clock = sandbox.get(KIND, id)
    clock.update(frozen_time=unix, status="ready", status_details={})
    sandbox.put(clock)
    sandbox.emit("test_helpers.test_clock.ready", clock)
    return clock


def delete(sandbox: Sandbox, id: str) -> Object:
    """The clock goes with its customers and their subscriptions."""
    clock = sandbox.get(KIND, id)
    with sandbox.clock.pinned(clock["frozen_time"]):
        for customer in sandbox.find("customer", test_clock=id):
            customers.delete(sandbox, customer["id"])
    sandbox.delete(clock)
    sandbox.emit("test_helpers.test_clock.deleted", clock)
    return {"id": id, "object": KIND, "deleted": True}
