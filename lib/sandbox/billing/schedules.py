"""Subscription schedules: phases of items that take effect at set times."""

from __future__ import annotations

from typing import Any

from lib.sandbox import due
from lib.sandbox.billing import items, subscription_changes
from lib.sandbox.billing import schedule_phases as phases
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.params import merge_metadata

Object = dict[str, Any]


def create(sandbox: Sandbox, params: Object) -> Object:
    """From a live subscription (``from_subscription``), or for a customer with ``phases``."""
    if params.get("from_subscription"):
        return _from_subscription(sandbox, params)
    if not params.get("customer"):
        raise SandboxError.missing_parameter("customer")
    if not params.get("phases"):
        raise SandboxError.missing_parameter("phases")
    customer = sandbox.get("customer", params["customer"], param="customer")
    start = params.get("start_date")
    now = sandbox.now()
    begins = now if start in (None, "now") else int(start or now)
    schedule = phases.blank(sandbox, customer, params, sandbox.settings.billing_mode)
    schedule["phases"] = phases.complete(sandbox, params["phases"], begins)
    schedule["status"] = "not_started"
    sandbox.put(schedule)
    if begins <= now:
        _begin(sandbox, schedule)
    sandbox.emit("subscription_schedule.created", schedule)
    return schedule


def update(sandbox: Sandbox, id: str, params: Object) -> Object:
    """Replace the phases (the current one must stay first), end behaviour or metadata."""
    schedule = _open(sandbox, id, "update")
    before = sandbox.snapshot(schedule)
    if params.get("phases"):
        start = schedule["phases"][0]["start_date"]
        schedule["phases"] = phases.complete(sandbox, params["phases"], start)
        current = phases.phase_at(schedule, sandbox.now())
        if schedule["status"] == "active" and current is not None:
            schedule["current_phase"] = phases.span(current)
            subscription = sandbox.get("subscription", schedule["subscription"])
            if not phases.matches(subscription, current):
                behaviour = params.get("proration_behavior") or "create_prorations"
                _apply(sandbox, schedule, current, behaviour)
    if params.get("end_behavior"):
        schedule["end_behavior"] = params["end_behavior"]
    if "metadata" in params:
        schedule["metadata"] = merge_metadata(schedule["metadata"], params["metadata"])
    sandbox.update(schedule, before, "subscription_schedule.updated")
    return schedule


def release(sandbox: Sandbox, id: str, params: Object | None = None) -> Object:
    """Leave the subscription as it is, without the schedule."""
    schedule = _open(sandbox, id, "release")
    schedule.update(
        status="released",
        released_at=sandbox.now(),
        released_subscription=schedule["subscription"],
        current_phase=None,
    )
    subscription_id = schedule["subscription"]
    schedule["subscription"] = None
    sandbox.put(schedule)
    _free(sandbox, subscription_id)
    sandbox.emit("subscription_schedule.released", schedule)
    return schedule


def cancel(sandbox: Sandbox, id: str, params: Object | None = None) -> Object:
    """Cancel the schedule and its subscription at once."""
    schedule = _open(sandbox, id, "cancel")
    subscription_id = schedule["subscription"]
    subscription_ended(sandbox, id)
    if subscription_id is not None:
        _free(sandbox, subscription_id, quiet=True)
        subscription_changes.cancel(sandbox, subscription_id, params or {})
    return schedule


def subscription_ended(sandbox: Sandbox, id: str) -> None:
    """The subscription is over, and so is its schedule."""
    schedule = sandbox.get("subscription_schedule", id)
    if schedule["status"] in ("active", "not_started"):
        schedule.update(status="canceled", canceled_at=sandbox.now(), current_phase=None)
        sandbox.put(schedule)
        sandbox.emit("subscription_schedule.canceled", schedule)


def _from_subscription(sandbox: Sandbox, params: Object) -> Object:
    if params.get("phases") or params.get("customer"):
        raise SandboxError(
            "You cannot set `phases` or `customer` if `from_subscription` is set.",
            param="from_subscription",
        )
    id = params["from_subscription"]
    subscription = sandbox.get("subscription", id, param="from_subscription")
    if subscription["schedule"] is not None:
        raise SandboxError(
            f"You cannot migrate a subscription that is already attached to a schedule: {id}",
            param="from_subscription",
        )
    if subscription["status"] in ("canceled", "incomplete_expired", "incomplete"):
        raise SandboxError(
            f"You cannot migrate a subscription with status {subscription['status']}.",
            param="from_subscription",
        )
    customer = sandbox.get("customer", subscription["customer"])
    schedule = phases.blank(sandbox, customer, params, subscription["billing_mode"]["type"])
    held = subscription["items"]["data"]
    phase = phases.make(
        [phases.held(item) for item in held],
        subscription["currency"],
        min(item["current_period_start"] for item in held),
        min(item["current_period_end"] for item in held),
        metadata=dict(subscription["metadata"]),
    )
    phase["discounts"] = [
        {"coupon": None, "discount": id, "promotion_code": None} for id in subscription["discounts"]
    ]
    schedule.update(
        phases=[phase], current_phase=phases.span(phase), status="active", subscription=id
    )
    sandbox.put(schedule)
    before = sandbox.snapshot(subscription)
    subscription["schedule"] = schedule["id"]
    sandbox.update(subscription, before, "customer.subscription.updated")
    sandbox.emit("subscription_schedule.created", schedule)
    return schedule


def _apply(sandbox: Sandbox, schedule: Object, phase: Object, behaviour: str) -> None:
    """Make the subscription's items those of ``phase``."""
    subscription = sandbox.get("subscription", schedule["subscription"])
    left = {item["id"]: item for item in subscription["items"]["data"]}
    entries: list[Object] = []
    for wanted in phase["items"]:
        same = next((i for i in left.values() if i["price"]["id"] == wanted["price"]), None)
        item = same or (next(iter(left.values())) if left else None)
        entry: Object = {"price": wanted["price"], "quantity": wanted.get("quantity")}
        if item is not None:
            entry["id"] = item["id"]
            del left[item["id"]]
        entries.append(entry)
    entries += [{"id": id, "deleted": True} for id in left]
    over = min(i["current_period_end"] for i in subscription["items"]["data"]) <= sandbox.now()
    params: Object = {"items": entries, "proration_behavior": "none" if over else behaviour}
    if over:
        _swap_at_boundary(sandbox, subscription, entries)
        return
    subscription_id = subscription["id"]
    subscription["schedule"] = None
    subscription_changes.update(sandbox, subscription_id, params)
    subscription["schedule"] = schedule["id"]
    sandbox.put(subscription)


def _swap_at_boundary(sandbox: Sandbox, subscription: Object, entries: list[Object]) -> None:
    """At the end of a period only the items change; the renewal that follows bills them."""
    now = sandbox.now()
    before = sandbox.snapshot(subscription)
    ends = {i["id"]: i["current_period_end"] for i in subscription["items"]["data"]}
    changed = items.change(sandbox, subscription, entries)
    rhythm_changed = any(not item["current_period_end"] and item["id"] in ends for item in changed)
    for item in changed:
        if not item["current_period_end"]:
            item["current_period_end"] = ends.get(item["id"], now)
            item["current_period_start"] = item["current_period_start"] or now
    subscription["items"]["data"] = changed
    if rhythm_changed:
        subscription["billing_cycle_anchor"] = now
    sandbox.update(subscription, before, "customer.subscription.updated")


def _begin(sandbox: Sandbox, schedule: Object) -> None:
    """A schedule for a customer makes its subscription when its first phase starts."""
    from lib.sandbox.billing import subscriptions

    phase = schedule["phases"][0]
    subscription = subscriptions.create(
        sandbox,
        {
            "customer": schedule["customer"],
            "items": [
                {"price": entry["price"], "quantity": entry.get("quantity")}
                for entry in phase["items"]
            ],
            "billing_mode": {"type": schedule["billing_mode"]["type"]},
        },
    )
    before = sandbox.snapshot(subscription)
    subscription["schedule"] = schedule["id"]
    sandbox.update(subscription, before, "customer.subscription.updated")
    schedule.update(
        status="active", subscription=subscription["id"], current_phase=phases.span(phase)
    )
    sandbox.put(schedule)


def _free(sandbox: Sandbox, subscription_id: str | None, *, quiet: bool = False) -> None:
    subscription = sandbox.peek("subscription", subscription_id)
    if subscription is None:
        return
    before = sandbox.snapshot(subscription)
    subscription["schedule"] = None
    if quiet:
        sandbox.put(subscription)
    else:
        sandbox.update(subscription, before, "customer.subscription.updated")


def _open(sandbox: Sandbox, id: str, verb: str) -> Object:
    schedule = sandbox.get("subscription_schedule", id)
    if schedule["status"] not in ("active", "not_started"):
        raise SandboxError(
            f"You cannot {verb} a subscription schedule that is currently in the "
            f"`{schedule['status']}` status. Only schedules in the `not_started` or `active` "
            "status can be changed."
        )
    return schedule


def _due_at(schedule: Object) -> int | None:
    if schedule["status"] == "not_started":
        start: int = schedule["phases"][0]["start_date"]
        return start
    end: int = schedule["current_phase"]["end_date"]
    return end


def _act(sandbox: Sandbox, schedule: Object) -> None:
    if schedule["status"] == "not_started":
        _begin(sandbox, schedule)
        sandbox.emit("subscription_schedule.updated", schedule)
        return
    phase = phases.phase_at(schedule, sandbox.now())
    if phase is not None:
        before = sandbox.snapshot(schedule)
        schedule["current_phase"] = phases.span(phase)
        _apply(sandbox, schedule, phase, phase["proration_behavior"])
        sandbox.update(schedule, before, "subscription_schedule.updated")
        return
    _finish(sandbox, schedule)


def _finish(sandbox: Sandbox, schedule: Object) -> None:
    """After the last phase: release the subscription, or end it."""
    subscription_id = schedule["subscription"]
    if schedule["end_behavior"] == "cancel":
        schedule.update(status="completed", completed_at=sandbox.now(), current_phase=None)
        sandbox.put(schedule)
        sandbox.emit("subscription_schedule.completed", schedule)
        _free(sandbox, subscription_id, quiet=True)
        subscription_changes.cancel(sandbox, subscription_id, {})
        return
    release(sandbox, schedule["id"])


due.register("subscription_schedule", _due_at, _act, {"active", "not_started"}, rank=1)
