"""The parameters that schedule a subscription's end, and what they write."""

from __future__ import annotations

from typing import Any

from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError

Object = dict[str, Any]


def ending(sandbox: Sandbox, subscription: Object, params: Object) -> Object:
    """The fields to set for ``cancel_at``, ``cancel_at_period_end``, ``cancellation_details``.

    In classic billing the boolean writes the period's end into ``cancel_at`` too and both move
    with the period; in flexible billing ``cancel_at`` is a fixed second. Taking an end back
    clears ``cancel_at``, ``canceled_at`` and the reason.
    """
    if params.get("cancel_at") is not None and params.get("cancel_at_period_end"):
        raise SandboxError(
            "You may only specify one of these parameters: cancel_at, cancel_at_period_end."
        )
    changes: Object = {}
    details = {**subscription["cancellation_details"], **_said(params)}
    if params.get("cancel_at_period_end") is True:
        changes["cancel_at_period_end"] = True
        if subscription["billing_mode"]["type"] == "classic":
            changes["cancel_at"] = _period_ends(subscription)[0]
    elif params.get("cancel_at") is not None:
        changes["cancel_at"] = _second(sandbox, subscription, params["cancel_at"])
        changes["cancel_at_period_end"] = False
    elif params.get("cancel_at_period_end") is False and subscription["cancel_at_period_end"]:
        changes.update(cancel_at_period_end=False, cancel_at=None)
    if "cancel_at" in params and params["cancel_at"] is None:
        changes.update(cancel_at=None, cancel_at_period_end=False)
    if changes:
        after = {**subscription, **changes}
        planned = after["cancel_at"] is not None or after["cancel_at_period_end"]
        if planned:
            details["reason"] = "cancellation_requested"
            if not _planned(subscription):
                changes["canceled_at"] = sandbox.now()
        elif _planned(subscription):
            details["reason"] = None
            changes["canceled_at"] = None
    changes["cancellation_details"] = details
    return changes


def _planned(subscription: Object) -> bool:
    return subscription["cancel_at"] is not None or subscription["cancel_at_period_end"]


def _said(params: Object) -> Object:
    given = params.get("cancellation_details") or {}
    return {name: given[name] for name in ("comment", "feedback") if name in given}


def _period_ends(subscription: Object) -> list[int]:
    return sorted(item["current_period_end"] for item in subscription["items"]["data"])


def _second(sandbox: Sandbox, subscription: Object, wanted: int | str) -> int:
    ends = _period_ends(subscription)
    if wanted == "min_period_end":
        return ends[0]
    if wanted in ("max_period_end", "max_billed_until"):
        return ends[-1]
    if not isinstance(wanted, int) or wanted <= sandbox.now():
        raise SandboxError("The `cancel_at` timestamp must be in the future.", param="cancel_at")
    return wanted
