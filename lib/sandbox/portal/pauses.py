"""Pauses with a set end: the subscription goes on by itself when the chosen time is over."""

from __future__ import annotations

from typing import Any

from lib.sandbox import due
from lib.sandbox.billing import calendar, subscriptions
from lib.sandbox.core import Sandbox

KIND = "sandbox.portal_pause"


def begin(sandbox: Sandbox, subscription: dict[str, Any], option: dict[str, Any] | None) -> None:
    """Pause now; ``option`` is ``{interval, interval_count}``, None pauses without an end."""
    subscriptions.pause(sandbox, subscription["id"], {})
    if option is None:
        return
    now = sandbox.now()
    sandbox.put(
        {
            "id": sandbox.new_id("pause"),
            "object": KIND,
            "created": now,
            "customer": subscription["customer"],
            "status": "running",
            "subscription": subscription["id"],
            "ends_at": calendar.add(now, option["interval"], option["interval_count"]),
            "test_clock": subscription["test_clock"],
        }
    )


def _end(sandbox: Sandbox, pause: dict[str, Any]) -> None:
    sandbox.put({**pause, "status": "ended"})
    subscription = sandbox.peek("subscription", pause["subscription"])
    if subscription is not None and _is_that_pause(subscription, pause):
        subscriptions.resume(sandbox, subscription["id"], {})


def _is_that_pause(subscription: dict[str, Any], pause: dict[str, Any]) -> bool:
    """False when it was resumed, and perhaps paused again, in the meantime."""
    paused = (subscription.get("status_details") or {}).get("paused") or {}
    return bool(
        subscription["status"] == "paused" and paused.get("transitioned_at") == pause["created"]
    )


def ends_at(sandbox: Sandbox, subscription: dict[str, Any]) -> int | None:
    """When a paused subscription goes on, if that is known."""
    for pause in sandbox.find(KIND, customer=subscription["customer"], status="running"):
        if pause["subscription"] == subscription["id"] and _is_that_pause(subscription, pause):
            return int(pause["ends_at"])
    return None


due.register(KIND, lambda pause: int(pause["ends_at"]), _end, {"running"})
